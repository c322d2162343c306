import FoundationEssentials
import HTTP
import Simulators
import Testing

/// Exchanges of the real API, recorded in 2021; `SFSYNC_SHARED` says where they are.
private enum Recordings {
  static let folder =
    (ProcessInfo.processInfo.environment["SFSYNC_SHARED"] ?? "../shared")
    + "/contracts/intercom/grouparoo-nock"

  static var isThere: Bool { FileManager.default.fileExists(atPath: folder) }

  static func pairs(_ name: String) throws -> [IntercomSimulator.JSON] {
    let bytes = try [UInt8](Data(contentsOf: URL(filePath: "\(folder)/\(name).json")))
    return try #require(IntercomSimulator.JSON.parse(bytes)?.array)
  }
}

@Suite(.enabled(if: Recordings.isThere, "no recordings: set SFSYNC_SHARED"))
struct RecordedTests {
  typealias JSON = IntercomSimulator.JSON

  @Test("Everything that recorded people have, simulated people have")
  func shape() throws {
    let world = Workspace()
    let id = world.person("a@x.io")
    let ours = Set((world.simulator.contact(id)?.members ?? []).map(\.key))
    var seen = 0
    for pair in try Recordings.pairs("export-record-user") {
      let body = pair["responseBody"]
      for contact in body?["data"]?.array ?? [] where contact["type"] == .string("contact") {
        seen += 1
        let missing = Set((contact.members ?? []).map(\.key)).subtracting(ours)
        #expect(missing.isEmpty)
      }
    }
    #expect(seen > 0)
  }

  @Test(
    "Recorded writes to people end with the recorded status and error",
    arguments: ["lead-quirks", "export-record-archive"])
  func replay(_ name: String) throws {
    let world = Workspace(at: 1_611_537_977)
    var ids: [String: String] = [:]
    var compared = 0
    for pair in try Recordings.pairs(name) {
      guard let step = Step(pair), step.isAboutPeople else { continue }
      var path = step.path
      for (theirs, ours) in ids { path = path.replacing(theirs, with: ours) }
      if path == step.path, path != "/contacts" { continue }
      let answer = world.call(step.method, path, step.body)
      // The same recording answered 500 where a later one said 400 (a permanent deletion).
      if step.status == 500 { continue }
      compared += 1
      #expect(answer.status == step.status, "\(step.method) \(step.path)")
      #expect(answer.code == step.code)
      if let theirs = step.id, let ours = answer.json["id"]?.string { ids[theirs] = ours }
    }
    #expect(compared > 5)
  }

  private struct Step {
    var method: Request.Method
    var path: String
    var body: String?
    var status: Int
    var code: String?
    var id: String?

    init?(_ pair: JSON) {
      guard let method = pair["method"]?.string,
        let known = Request.Method(rawValue: method.lowercased()),
        let url = pair["url"]?.string, let host = url.firstRange(of: ":443"),
        let status = pair["status"]?.integer
      else { return nil }
      self.method = known
      path = String(url[host.upperBound...])
      if let sent = pair["requestBody"], sent != .null {
        body = String(decoding: sent.bytes, as: UTF8.self)
      }
      self.status = Int(status)
      let answer = pair["responseBody"]
      code = answer?["errors"]?.array?.first?["code"]?.string
      id = answer?["id"]?.string
    }

    /// Lists and searches saw a workspace that held others, too; tags are not made by the calls.
    var isAboutPeople: Bool {
      guard path.hasPrefix("/contacts"), path != "/contacts/search", !path.hasSuffix("/tags") else {
        return false
      }
      return !path.contains("/tags/") && !(path == "/contacts" && method == .get)
        && !(body?.contains("custom_attributes") ?? false)
    }
  }
}

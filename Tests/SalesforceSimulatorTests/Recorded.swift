import FoundationEssentials
import Testing

/// Recorded exchanges, where they are at hand.
enum Recorded {
  /// The directory that holds `contracts/`: SFSYNC_SHARED, else `../shared` beside the repository.
  static let folder: String? = {
    var candidates: [String] = []
    if let named = ProcessInfo.processInfo.environment["SFSYNC_SHARED"] { candidates.append(named) }
    let parts = #filePath.split(separator: "/").dropLast(4)
    candidates.append("/" + parts.joined(separator: "/") + "/shared")
    return candidates.map { $0 + "/contracts/salesforce/" }.first {
      FileManager.default.fileExists(atPath: $0)
    }
  }()

  static var isThere: Bool { folder != nil }

  static let absence: Comment = "no recorded exchanges here: SFSYNC_SHARED names no directory"

  static func json(_ name: String) throws -> JSON {
    guard let folder else { throw Missing(what: name) }
    return try JSON.parse(Array(Data(contentsOf: URL(filePath: folder + name))))
  }
}

import HTTP
import Simulators
import Testing

@Suite struct LostAnswerTests {
  private static let lead = #"{"LastName":"A","Company":"C","Email":"a@example.com"}"#
  private static let minutes: Int64 = 60_000

  private func exchange(_ world: World, _ path: String, _ body: String) -> Exchange {
    world.org.handle(
      Request(
        .post, "https://example.my.salesforce.com/services/data/v66.0" + path,
        headers: ["Authorization": "Bearer \(world.token)"], body: Array(body.utf8)))
  }

  private func fault(_ world: World, _ fault: Fault, _ path: String) {
    world.org.faults.schedule(fault) { $0.method == .post && $0.path.hasSuffix(path) }
  }

  private static func collection(_ rows: [String], type: String = "Lead") -> String {
    let records = rows.map { #"{"attributes":{"type":"\#(type)"},\#($0)}"# }
    return #"{"records":[\#(records.joined(separator: ","))]}"#
  }

  @Test("L6: A reset before the write makes nothing, one after it makes the lead")
  func resets() throws {
    let world = World()
    fault(world, .resetBefore, "/sobjects/Lead")
    guard case .reset(written: false) = exchange(world, "/sobjects/Lead", Self.lead) else {
      Issue.record("no reset")
      return
    }
    #expect(world.org.ids(of: "Lead").isEmpty)
    fault(world, .resetAfter, "/sobjects/Lead")
    guard case .reset(written: true) = exchange(world, "/sobjects/Lead", Self.lead) else {
      Issue.record("no reset")
      return
    }
    #expect(world.org.ids(of: "Lead").count == 1)
  }

  @Test(
    "L6: A 500 or the edge's HTML after the write leaves the rows there",
    arguments: [(500, "application/json"), (502, "text/html")])
  func errorsAfter(status: Int, type: String) throws {
    let world = World()
    let bodies = [
      ("/sobjects/Lead", Self.lead),
      ("/composite/sobjects", Self.collection([#""LastName":"B","Company":"C""#])),
    ]
    for (path, body) in bodies {
      fault(world, .statusAfter(status), path)
      guard case .answer(let answer) = exchange(world, path, body) else {
        Issue.record("no answer")
        return
      }
      #expect(answer.status == status)
      #expect(answer.headers["Content-Type"]?.hasPrefix(type) == true)
    }
    #expect(world.org.ids(of: "Lead").count == 2)
  }

  @Test("L6: A truncated answer of a collection is one after the write")
  func truncated() throws {
    let world = World()
    fault(world, .truncate, "/composite/sobjects")
    let body = Self.collection([#""LastName":"B","Company":"C""#])
    guard case .truncated(let answer, let bytes) = exchange(world, "/composite/sobjects", body)
    else {
      Issue.record("not truncated")
      return
    }
    #expect(bytes < answer.body.count)
    #expect(world.org.ids(of: "Lead").count == 1)
  }

  @Test("L6: A commit can come late: nobody sees the lead until then, and its stamps are old")
  func late() throws {
    let world = World()
    world.org.faults.schedule(lateBy: 5 * Self.minutes) { $0.kind == .record }
    guard case .reset(written: true) = exchange(world, "/sobjects/Lead", Self.lead) else {
      Issue.record("no reset")
      return
    }
    world.clock.now += 4 * Self.minutes
    let find = "SELECT Id, CreatedDate FROM Lead WHERE Email = 'a@example.com'"
    #expect(try world.column(find, all: true).isEmpty)
    world.clock.now += 2 * Self.minutes
    #expect(
      try world.column(find, "CreatedDate") == ["2026-09-21T14:13:20.000+0000"])
  }

  @Test("L6: latestDateCovered stops at the start of the late transaction until it commits")
  func covered() throws {
    let world = World()
    world.org.faults.schedule(lateBy: 5 * Self.minutes) { $0.kind == .record }
    _ = exchange(world, "/sobjects/Lead", Self.lead)
    func covered() throws -> String? {
      try world.call(
        .get,
        "/sobjects/Lead/updated/?start=2026-09-21T14:00:00Z&end=2026-09-21T14:17:00Z"
      ).json["latestDateCovered"].text
    }
    world.clock.now += 4 * Self.minutes
    #expect(try covered() == "2026-09-21T14:13:00.000+0000")
    world.clock.now += 2 * Self.minutes
    #expect(try covered() == "2026-09-21T14:17:00.000+0000")
  }

  @Test("L6: Meanwhile the unique value is held, and the duplicate rule sees nothing")
  func heldValue() throws {
    let world = World {
      $0.customFields = ["Lead": [.externalID("Intercom_ID__c")]]
      $0.duplicateRule = .init(.block)
    }
    let body =
      #"{"LastName":"A","Company":"C","Email":"a@example.com","Intercom_ID__c":"p1"}"#
    world.org.faults.schedule(lateBy: 5 * Self.minutes) { $0.kind == .record }
    _ = exchange(world, "/sobjects/Lead", body)
    let again = try world.call(.post, "/sobjects/Lead", body)
    #expect(try world.code(again) == "UNABLE_TO_LOCK_ROW")
    let other = try world.call(.post, "/sobjects/Lead", Self.lead)
    #expect(other.status == 201)
    world.clock.now += 6 * Self.minutes
    let third = try world.call(.post, "/sobjects/Lead", body)
    #expect(try world.code(third) == "DUPLICATE_VALUE")
    let made = try #require(world.org.ids("Lead", where: "Intercom_ID__c", is: "p1").first)
    let message = try third.json[0]["message"].text
    #expect(message?.hasSuffix("record with id: \(made.prefix(15))") == true)
  }

  @Test("T4: Tasks of a collection can commit late, and hold their lead meanwhile")
  func lateTasks() throws {
    let world = World()
    let lead = world.org.createLead(email: nil)
    world.org.faults.schedule(lateBy: Self.minutes) { $0.kind == .collections }
    let body = Self.collection([#""WhoId":"\#(lead)","Subject":"S""#], type: "Task")
    _ = exchange(world, "/composite/sobjects", body)
    #expect(try world.column("SELECT Id FROM Task", all: true).isEmpty)
    let held = try world.call(.patch, "/sobjects/Lead/\(lead)", #"{"Title":"x"}"#)
    #expect(try world.code(held) == "UNABLE_TO_LOCK_ROW")
    world.clock.now += 2 * Self.minutes
    #expect(try world.column("SELECT WhoId FROM Task", "WhoId") == [lead])
  }

  @Test("A refusal strikes the call that its method and path choose, and no other")
  func chosen() throws {
    let world = World()
    world.org.faults.schedule(refusal: .lockedRow) {
      $0.method == .patch && $0.path.hasSuffix("/composite/sobjects")
    }
    #expect(try world.call(.post, "/sobjects/Lead", Self.lead).status == 201)
    let patch = try world.call(.patch, "/composite/sobjects", Self.collection([]))
    #expect(try world.code(patch) == "UNABLE_TO_LOCK_ROW")
  }
}

import HTTP
import Simulators
import Testing

@Suite struct ReplicationTests {
  private func window(_ world: World, _ what: String, _ start: String, _ end: String) throws -> (
    status: Int, json: JSON
  ) {
    try world.call(
      .get,
      "/sobjects/Lead/\(what)/?start=\(World.encoded(start))&end=\(World.encoded(end))")
  }

  @Test("L6: latestDateCovered is held back by an open transaction, whose row is not listed")
  func updated() throws {
    let world = World()
    let lead = world.org.createLead(email: nil)
    world.clock.now += 120_000
    world.org.createLead(email: nil, visibleAfter: 300_000)
    world.clock.now += 120_000
    let answer = try window(
      world, "updated", "2026-09-21T14:00:00+00:00", "2026-09-21T14:17:20+00:00")
    #expect(answer.json.keys == ["ids", "latestDateCovered"])
    #expect(try answer.json["ids"] == .array([.string(lead)]))
    #expect(try answer.json["latestDateCovered"].text == "2026-09-21T14:15:00.000+0000")
    world.clock.now += 300_000
    let later = try window(
      world, "updated", "2026-09-21T14:00:00Z", "2026-09-21T14:20:59Z")
    #expect(try later.json["ids"].list.count == 2)
    #expect(try later.json["latestDateCovered"].text == "2026-09-21T14:20:00.000+0000")
  }

  @Test(
    "getDeleted has the recorded keys and wants more than one minute",
    .enabled(if: Recorded.isThere, Recorded.absence))
  func deleted() throws {
    let world = World()
    let lead = world.org.createLead(email: nil)
    world.org.delete(lead)
    let answer = try window(
      world, "deleted", "2026-09-21T14:10:00Z", "2026-09-21T14:20:00Z")
    let recorded = try Recorded.json("restforce/sobject_get_deleted_success_response.json")
    #expect(answer.json.keys == recorded.keys)
    #expect(
      try answer.json["deletedRecords"][0].keys == recorded["deletedRecords"][0].keys)
    #expect(try answer.json["deletedRecords"][0]["id"].text == lead)
    let short = try window(
      world, "deleted", "2026-09-21T14:10:00Z", "2026-09-21T14:11:59Z")
    #expect(try world.code(short) == "INVALID_REPLICATION_DATE")
  }

  @Test("A window too far back, or turned round, is INVALID_REPLICATION_DATE")
  func tooFar() throws {
    let world = World()
    for (start, end) in [
      ("2026-07-01T00:00:00Z", "2026-09-21T00:00:00Z"),
      ("2026-09-21T00:00:00Z", "2026-09-20T00:00:00Z"),
    ] {
      #expect(
        try world.code(window(world, "updated", start, end)) == "INVALID_REPLICATION_DATE")
    }
  }
}

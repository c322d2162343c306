import HTTP
import Intercom
import Simulators
import SyncCore
import Testing

/// Carries requests to the simulated workspace.
final class SimulatedTransport: Transport {
  let simulator: IntercomSimulator

  init(_ simulator: IntercomSimulator) { self.simulator = simulator }

  func send(_ request: Request) async throws(TransportError) -> Response {
    switch simulator.handle(request) {
    case .answer(let response): return response
    case .refused: throw TransportError(.notSent, "refused")
    case .reset, .truncated: throw TransportError(.answerLost, "broken off")
    }
  }

  func stream(
    _ request: Request, into sink: any BodySink
  ) async throws(TransportError) -> Response {
    throw TransportError(.forbidden, "the client does not stream")
  }
}

/// The client against an independent reading of the vendor's rules.
@Suite struct SimulatorTests {
  private static let now: Int64 = 1_792_000_000_000
  private let clock = SimulatorClock(now: Self.now)

  private func world(
    _ adjust: (inout IntercomSimulator.Settings) -> Void = { _ in }
  ) -> IntercomSimulator {
    var settings = IntercomSimulator.Settings()
    adjust(&settings)
    return IntercomSimulator(clock: clock, settings: settings)
  }

  private func client(
    _ simulator: IntercomSimulator, version: String = "2.15", names: [Attribute: String] = allNames
  ) -> Intercom {
    let token = simulator.settings.accessToken
    return Intercom(
      settings: .init(version: version, attributeNames: names), accessToken: { token },
      transport: SimulatedTransport(simulator), now: { [clock] in clock.now })
  }

  private func prepare(_ intercom: Intercom) async throws {
    let plan = AttributePlan(wanted: allNames, listed: try await intercom.dataAttributes())
    for attribute in plan.toCreate { _ = try await intercom.create(attribute) }
    for twin in plan.toRevive { _ = try await intercom.revive(twin.id) }
  }

  @Test("O6, S4: our attributes are archived and revived; one in use is refused by its name")
  func archived() async throws {
    let simulator = world { $0.attributesInUse = [allNames[.title] ?? ""] }
    let intercom = client(simulator)
    try await prepare(intercom)
    let own = AttributeRemoval(wanted: allNames, listed: try await intercom.dataAttributes())
    #expect(own.toArchive.map(\.name) == Attribute.allCases.compactMap { allNames[$0] })
    for attribute in own.toArchive {
      do throws(IntercomError) {
        #expect(try await intercom.archive(attribute.id, name: attribute.name).isArchived)
        #expect(attribute.name != allNames[.title])
      } catch {
        #expect(error.failure.meaning == IntercomMeaning.attributeInUse)
        #expect(error.failure.sentence.contains(allNames[.title] ?? "?"))
        #expect(attribute.name == allNames[.title])
      }
    }
    let left = AttributeRemoval(wanted: allNames, listed: try await intercom.dataAttributes())
    #expect(left.toArchive.map(\.name) == [allNames[.title]])
    let gone = await #expect(throws: IntercomError.self) {
      _ = try await intercom.archive("1", name: "X")
    }
    #expect(gone?.failure.meaning == IntercomMeaning.attributeMissing)
    try await prepare(intercom)
    let revived = AttributeRemoval(wanted: allNames, listed: try await intercom.dataAttributes())
    #expect(revived == own)
  }

  @Test("G2: the workspace and its teammates are read")
  func workspace() async throws {
    let simulator = world { $0.timezone = "Europe/Berlin" }
    let intercom = client(simulator)
    let workspace = try await intercom.workspace()
    #expect(workspace.id == simulator.settings.workspaceID)
    #expect(workspace.timezone == "Europe/Berlin")
    simulator.addAdmin(name: "Ann", email: "ann@example.com", hasSeat: false)
    let admins = try await intercom.admins()
    #expect(admins.last?.email == "ann@example.com")
    #expect(admins.last?.hasInboxSeat == false)
  }

  @Test("S4: all attributes are made, a second start makes none, an archived one is revived")
  func attributes() async throws {
    let simulator = world()
    let intercom = client(simulator)
    try await prepare(intercom)
    var plan = AttributePlan(wanted: allNames, listed: try await intercom.dataAttributes())
    #expect(plan.existing.count == 9)
    #expect(plan.toCreate.isEmpty && plan.toRevive.isEmpty && plan.problems.isEmpty)
    simulator.archiveAttribute("SALESFORCE_STATUS")
    plan = AttributePlan(wanted: allNames, listed: try await intercom.dataAttributes())
    #expect(plan.toRevive.map(\.name) == ["SALESFORCE_STATUS"])
    try await prepare(intercom)
    plan = AttributePlan(wanted: allNames, listed: try await intercom.dataAttributes())
    #expect(plan.existing.count == 9)
  }

  @Test("S4: wrong types, company names and standard names are found out before and at the call")
  func attributeErrors() async throws {
    let simulator = world()
    let intercom = client(simulator)
    simulator.defineAttribute("SALESFORCE_STATUS", dataType: "integer")
    simulator.defineAttribute("SALESFORCE_TITLE", model: "company")
    let plan = AttributePlan(
      wanted: [.status: "SALESFORCE_STATUS", .title: "SALESFORCE_TITLE", .url: "name"],
      listed: try await intercom.dataAttributes())
    #expect(
      plan.problems.map(\.meaning.code) == [
        "IC-ATTRIBUTE-TYPE", "IC-ATTRIBUTE-OTHER-MODEL", "IC-ATTRIBUTE-STANDARD",
      ])
    for (name, code) in [
      ("SALESFORCE_STATUS", "IC-ATTRIBUTE-EXISTS"),
      ("SALESFORCE_TITLE", "IC-ATTRIBUTE-OTHER-MODEL"), ("name", "IC-ATTRIBUTE-STANDARD"),
      ("a.b", "IC-ATTRIBUTE-NAME"),
    ] {
      let error = await failure {
        _ = try await intercom.create(NewAttribute(name: name, description: ""))
      }
      #expect(error?.failure.meaning.code == code, "\(name): \(error?.failure.answer ?? "")")
    }
  }

  @Test("S4: at the limit the plan stops short, and Intercom's own refusal is understood")
  func attributeLimit() async throws {
    let simulator = world()
    let intercom = client(simulator)
    for index in 0..<249 { simulator.defineAttribute("x\(index)") }
    let plan = AttributePlan(wanted: allNames, listed: try await intercom.dataAttributes())
    #expect(plan.toCreate.map(\.name) == ["SALESFORCE_STATUS"])
    #expect(plan.problems.map(\.meaning) == [IntercomMeaning.attributeLimit])
    try await prepare(intercom)
    let error = await failure {
      _ = try await intercom.create(NewAttribute(name: "one more", description: ""))
    }
    #expect(
      error?.failure.meaning == IntercomMeaning.attributeLimit, "\(error?.failure.answer ?? "")")
  }

  @Test(
    "I1: the list gives everybody once, whatever their number", arguments: [0, 1, 150, 151, 437])
  func list(_ count: Int) async throws {
    let simulator = world()
    for index in 0..<count { simulator.createContact(.init(email: "P\(index)@x.com")) }
    let intercom = client(simulator)
    var seen: [String?] = []
    var cursor: String?
    var pages = 0
    repeat {
      let page = try await intercom.list(startingAfter: cursor)
      #expect(page.totalCount == count)
      seen += try rows(page).map { $0[.id] }
      cursor = page.next
      pages += 1
    } while cursor != nil && pages < 10
    #expect(seen.count == count)
    #expect(Set(seen) == Set(simulator.contactIDs()))
  }

  @Test(
    "S1: the search finds whoever changed since, in every zone and hour, newest first",
    arguments: ["UTC", "America/Los_Angeles", "Pacific/Auckland", "+14:00", "-12:00"])
  func search(_ zone: String) async throws {
    for hour in stride(from: Int64(0), to: 24, by: 5) {
      clock.now = Self.now + hour * 3_600_000
      let simulator = world { $0.timezone = zone }
      let intercom = client(simulator)
      for _ in 0..<160 {
        simulator.createContact(.init(email: "a@x.com"))
        clock.now += 1000
      }
      let since = clock.now - 100_000
      var stamps: [Int64] = []
      var cursor: String?
      repeat {
        let page = try await intercom.search(updatedSince: since, startingAfter: cursor)
        stamps += try rows(page).compactMap { $0[.updatedAt].flatMap { Int64($0) } }
        cursor = page.next
      } while cursor != nil
      #expect(stamps == stamps.sorted(by: >))
      #expect(stamps.filter { $0 >= since }.count == 100)
    }
  }

  @Test(
    "S8, S10: a PUT comes back as it was meant, in either version", arguments: ["2.15", "2.16"])
  func update(_ version: String) async throws {
    for listsNull in [false, true] {
      let simulator = world { $0.listsUnsetAttributes = listsNull }
      let intercom = client(simulator, version: version)
      try await prepare(intercom)
      let id = simulator.createContact(.init(role: .lead, email: " Ann@X.com"))
      let values: [(Attribute, String?)] = [
        (.status, "Öpen & <b>\"new\"</b> 'x' 🦊"), (.title, "&amp;"), (.recordID, nil),
      ]
      let answer = try await intercom.update(id, attributes: values)
      for (attribute, value) in values { #expect(answer.value(of: attribute) == value) }
      let cleared = try await intercom.update(id, attributes: [(.status, nil)])
      #expect(cleared.value(of: .status) == nil)
      #expect(cleared.value(of: .title) == "&amp;")
      #expect(try await intercom.person(id).value(of: .title) == "&amp;")
      #expect(simulator.putCount(of: id) == 2)
    }
  }

  @Test("S4: writing to a vanished attribute is one broken entry that names it")
  func vanished() async throws {
    let simulator = world()
    let intercom = client(simulator)
    let id = simulator.createContact(.init(email: "a@x.com"))
    let error = await failure { _ = try await intercom.update(id, attributes: [(.status, "x")]) }
    #expect(error?.failure.meaning == IntercomMeaning.attributeMissing)
    #expect(error?.failure.fields == ["SALESFORCE_STATUS"])
  }

  @Test("M5, M8: whoever is gone is gone for every call, and 2.16 names the survivor")
  func gone() async throws {
    let simulator = world()
    let lead = simulator.createContact(.init(role: .lead, email: "a@x.com"))
    let user = simulator.createContact(.init(email: "a@x.com", externalID: "u"))
    let archived = simulator.createContact(.init(email: "b@x.com"))
    let deleted = simulator.createContact(.init(email: "c@x.com"))
    let blocked = simulator.createContact(.init(email: "d@x.com"))
    simulator.merge(lead, into: user)
    simulator.archive(archived)
    simulator.delete(deleted)
    simulator.block(blocked)
    for version in ["2.15", "2.16"] {
      let intercom = client(simulator, version: version)
      for id in [lead, archived, deleted, blocked, "ffffffffffffffffffffffff"] {
        let calls: [(String, () async throws -> Void)] = [
          ("GET", { _ = try await intercom.person(id) }),
          ("PUT", { _ = try await intercom.update(id, attributes: []) }),
          (
            "event",
            {
              try await intercom.send(
                Event(name: "e", personID: id, createdAtSecond: 1, metadata: []))
            }
          ),
        ]
        for (name, call) in calls {
          let error = await failure(call)
          let note: Comment = "\(version) \(name) \(id) \(error?.failure.answer ?? "no error")"
          #expect(error?.isPersonGone == true, note)
          let survivor = version == "2.16" && id == lead && name != "event" ? user : nil
          #expect(error?.survivor == survivor, note)
        }
      }
    }
  }

  @Test("S6, S7: an event arrives as sent, and again as the same one")
  func event() async throws {
    let simulator = world()
    let intercom = client(simulator)
    let id = simulator.createContact(.init(role: .lead, email: "a@x.com"))
    let event = Event(
      name: "Salesforce status changed", personID: id, createdAtSecond: Self.now / 1000,
      metadata: [
        .init("from", .text("Open")), .init("to", .text("Closed")),
        .init("record", .link(url: "https://x.my.salesforce.com/00Q1", text: "Ann")),
      ])
    try await intercom.send(event)
    try await intercom.send(event)
    #expect(simulator.duplicateEvents == 1)
    #expect(simulator.received().count { $0.kind == .event } >= 1)
  }

  @Test("The cap on event names is broken, not one entry a person")
  func eventNames() async throws {
    let simulator = world { $0.eventNameLimit = 1 }
    let intercom = client(simulator)
    let id = simulator.createContact(.init(email: "a@x.com"))
    try await intercom.send(Event(name: "a", personID: id, createdAtSecond: 1, metadata: []))
    let error = await failure {
      try await intercom.send(Event(name: "b", personID: id, createdAtSecond: 1, metadata: []))
    }
    #expect(error?.failure.meaning == IntercomMeaning.eventNames)
  }

  @Test("S2: the window's end is named, and after it the call goes through")
  func rateLimit() async throws {
    let simulator = world { $0.callsPerWindow = 2 }
    let intercom = client(simulator)
    for _ in 0..<2 { _ = try await intercom.admins() }
    let failure = await failure { _ = try await intercom.admins() }?.failure
    #expect(failure?.meaning == IntercomMeaning.rateLimit)
    let wait = try #require(failure?.waitMilliseconds)
    #expect((1000...60_000).contains(wait))
    clock.now += wait
    _ = try await intercom.admins()
  }

  @Test("E2: a refused token and every kind of fault mean what they should")
  func faults() async throws {
    let simulator = world()
    let intercom = client(simulator)
    for (fault, meaning) in [
      (.refuse, IntercomMeaning.unreachable), (.resetBefore, IntercomMeaning.unreachable),
      (.resetAfter, IntercomMeaning.unreachable), (.truncate, IntercomMeaning.unreachable),
      (.html, IntercomMeaning.unreadable), (.status(429), IntercomMeaning.rateLimit),
      (.status(500), IntercomMeaning.server), (.status(503), IntercomMeaning.server),
      (.statusAfter(500), IntercomMeaning.server), (.status(408), IntercomMeaning.timeout),
      (.status(401), IntercomMeaning.token), (.status(403), IntercomMeaning.plan),
    ] as [(Fault, Meaning)] {
      simulator.schedule(fault, at: 1, of: .me)
      let error = await failure { _ = try await intercom.workspace() }
      #expect(error?.failure.meaning.code == meaning.code, "\(fault)")
    }
    simulator.refuseToken(code: "token_revoked")
    let error = await failure { _ = try await intercom.workspace() }
    #expect(error?.failure.meaning == IntercomMeaning.token)
    #expect(error?.failure.farCode == "token_revoked")
  }
}

import HTTP
import Intercom
import Simulators
import SyncCore
import Testing

/// Conversations, tags and owners against an independent reading of the vendor's rules.
@Suite struct SimulatedInboxTests {
  private static let now: Int64 = 1_792_000_000_000
  private let clock = SimulatorClock(now: Self.now)

  private func world() -> IntercomSimulator {
    IntercomSimulator(clock: clock, settings: IntercomSimulator.Settings())
  }

  private func client(
    _ simulator: IntercomSimulator, version: String = "2.15", watched: [String] = []
  ) -> Intercom {
    let token = simulator.settings.accessToken
    return Intercom(
      settings: .init(
        version: version, attributeNames: [:], watched: watched, readsCompanies: true,
        readsTeammates: true),
      accessToken: { token }, transport: SimulatedTransport(simulator),
      now: { [clock] in clock.now })
  }

  @Test("T1: the search finds what changed since, newest first, over all pages")
  func search() async throws {
    let simulator = world()
    let person = simulator.createContact(.init(email: "a@x.com"))
    var ids: [String] = []
    for index in 0..<320 {
      ids.append(try #require(simulator.startConversation(from: person, "no. \(index)")))
      clock.now += 1000
    }
    let since = clock.now - 301_000
    for version in ["2.15", "2.16"] {
      let intercom = client(simulator, version: version)
      var seen: [Conversation] = []
      var next: String?
      repeat {
        let page = try await intercom.conversations(updatedSince: since, startingAfter: next)
        seen += page.conversations
        next = page.next
      } while next != nil
      #expect(seen.map(\.updatedAt) == seen.map(\.updatedAt).sorted(by: >))
      #expect(Set(seen.filter { $0.updatedAt >= since }.map(\.id)) == Set(ids.suffix(301)))
      #expect(seen.allSatisfy { $0.people == [person] && $0.messages == nil })
      #expect(seen.allSatisfy { $0.teammateID == nil && $0.teamID == nil && $0.state == .open })
    }
  }

  @Test("T1, T4: messages, notes, tags on either, and redaction are read as they were made")
  func messages() async throws {
    let simulator = world()
    let intercom = client(simulator)
    let person = simulator.createContact(.init(role: .lead, email: "a@x.com", name: "Ann & Co"))
    let id = try #require(simulator.startConversation(from: person, "1 < 2"))
    let admin = try #require(Int(try await intercom.admins()[0].id))
    clock.now += 5000
    let note = try #require(simulator.addPart(to: id, type: "note", "inside", admin: admin))
    let reply = try #require(simulator.addPart(to: id, "gone soon"))
    simulator.tagConversation(id, "log & all")
    simulator.tagConversation(id, part: note, "log one")
    simulator.redact(reply, in: id)
    let conversation = try await intercom.conversation(id)
    #expect(conversation.id == id && conversation.people == [person])
    let tag = try #require(conversation.tags.first { $0.name == "log & all" })
    // A message's tag is among its conversation's too, as the inbox shows it.
    #expect(conversation.tags.map(\.name) == ["log & all", "log one"])
    let messages = try #require(conversation.messages)
    #expect(messages.map(\.kind) == ["source", "note", "comment"])
    #expect(messages[0].body == "<p>1 &lt; 2</p>")
    #expect(messages[0].author.kind == "lead" && messages[0].author.id == person)
    #expect(messages[0].author.name == "Ann & Co")
    #expect(messages[1].id == String(note) && messages[1].author.id == String(admin))
    #expect(messages[1].tags.map(\.name) == ["log one"])
    #expect(messages[1].createdAt == messages[0].createdAt + 5000)
    #expect(messages[2].isRedacted && !messages[1].isRedacted)
    let tags = try await intercom.tags()
    #expect(Set(tags.map(\.name)).isSuperset(of: ["log & all", "log one"]))
    #expect(tag.id == tags.first { $0.name == "log & all" }?.id)
  }

  @Test("T1: a closed conversation is closed, and tells when where its parts do")
  func closed() async throws {
    let simulator = world()
    let person = simulator.createContact(.init(email: "a@x.com"))
    let id = try #require(simulator.startConversation(from: person, "x"))
    clock.now += 9000
    simulator.closeConversation(id)
    let conversation = try await client(simulator).conversation(id)
    #expect(conversation.state == .closed)
    #expect(conversation.closedAt == conversation.createdAt + 9000)
  }

  @Test("A1: assigned once, to whom it was meant for", arguments: ["2.15", "2.16"])
  func assign(_ version: String) async throws {
    let simulator = world()
    let intercom = client(simulator, version: version)
    let person = simulator.createContact(.init(email: "a@x.com"))
    let id = try #require(
      simulator.startConversation(from: person, "x", withAIAgent: true))
    let acting = try await intercom.workspace().adminID
    let target = String(simulator.addAdmin(name: "Bo", email: "bo@x.com"))
    #expect(try await intercom.conversation(id).isWithAIAgent)
    #expect(
      try await intercom.assign(id, to: target, actingAdmin: acting).teammateID == target)
    let after = try await intercom.conversation(id)
    #expect(after.teammateID == target && !after.isWithAIAgent)
    #expect(after.messages?.last?.kind == "assignment")
  }

  @Test("A1: no such teammate, no such actor, no seat and no conversation are told apart")
  func assignErrors() async throws {
    let simulator = world()
    let intercom = client(simulator)
    let person = simulator.createContact(.init(email: "a@x.com"))
    let id = try #require(simulator.startConversation(from: person, "x"))
    let acting = try await intercom.workspace().adminID
    let seatless = String(simulator.addAdmin(name: "Cy", email: "cy@x.com", hasSeat: false))
    for (conversation, target, actor, meaning) in [
      (id, "999999", acting, IntercomMeaning.teammate),
      (id, acting, "999999", IntercomMeaning.actingAdmin),
      (id, acting, seatless, IntercomMeaning.noSeat),
      ("1", acting, acting, IntercomMeaning.conversationGone),
    ] {
      let error = await failure {
        _ = try await intercom.assign(conversation, to: target, actingAdmin: actor)
      }
      #expect(error?.failure.meaning.code == meaning.code, "\(error?.failure.answer ?? "none")")
      #expect(error?.failure.effect == Failure.Effect.none)
    }
    #expect(try await intercom.conversation(id).teammateID == nil)
  }

  @Test("A2: the owner is set and given back", arguments: ["2.15", "2.16"])
  func owner(_ version: String) async throws {
    let simulator = world()
    let intercom = client(simulator, version: version)
    let person = simulator.createContact(.init(email: "a@x.com"))
    let admin = String(simulator.addAdmin(name: "Bo", email: "bo@x.com"))
    #expect(try await intercom.details(person).teammateID == nil)
    _ = try await intercom.setTeammate(person, to: admin)
    #expect(try await intercom.details(person).teammateID == admin)
    let error = await failure { _ = try await intercom.setTeammate(person, to: "999999") }
    #expect(error?.failure.meaning == IntercomMeaning.teammate)
  }

  @Test("L1: everybody with the tag is found, over all pages, and nobody else")
  func tagged() async throws {
    let simulator = world()
    let intercom = client(simulator, watched: ["tag", "name"])
    var tagged: [String] = []
    for index in 0..<320 {
      let id = simulator.createContact(.init(email: "a\(index)@x.com", name: "A & B"))
      if index % 2 == 0 {
        simulator.tag(id, "hot")
        tagged.append(id)
      }
      if index % 3 == 0 { simulator.tag(id, "other") }
    }
    let tag = try #require(try await intercom.tags().first { $0.name == "hot" }?.id)
    var seen: [String] = []
    var next: String?
    repeat {
      let page = try await intercom.people(withTag: tag, startingAfter: next)
      seen += page.ids
      #expect(try rows(page).map { $0[.id] } == page.ids)
      #expect(try rows(page).allSatisfy { $0[.watched]?.contains("\"\(tag)\"") == true })
      next = page.next
    } while next != nil
    #expect(seen.count == tagged.count && Set(seen) == Set(tagged))
    let details = try await intercom.details(tagged[0])
    #expect(details.values["name"] == .text("A & B"))
    guard case .list(let ids) = details.values["tag"] else {
      Issue.record("no tags in the details")
      return
    }
    #expect(ids.contains(.text(tag)) && ids.count == 2)
  }

  @Test("Q1: the person's company is in the page and in the details")
  func company() async throws {
    let simulator = world()
    let intercom = client(simulator)
    let person = simulator.createContact(.init(email: "a@x.com"))
    let company = try #require(simulator.addCompany("Blue & Sun", of: person))
    simulator.addCompany("Other", of: person)
    #expect(try rows(try await intercom.list(startingAfter: nil))[0][.companyID] == company)
    #expect(try await intercom.details(person).companyID == company)
  }

  @Test("Q1: every company is listed once, by pages or by the scroll", arguments: [0, 1, 61, 130])
  func companies(_ count: Int) async throws {
    let simulator = world()
    let intercom = client(simulator)
    let person = simulator.createContact(.init(email: "a@x.com"))
    var made: Set<String> = []
    for index in 0..<count {
      made.insert(try #require(simulator.addCompany("C & \(index)", of: person)))
    }
    for start in [nil, "scroll:"] {
      var seen: [Company] = []
      var next = start
      var calls = 0
      repeat {
        let page = try await intercom.companyList(next)
        seen += page.companies
        next = page.next
        calls += 1
      } while next != nil && calls < 20
      #expect(seen.count == count && Set(seen.map(\.id)) == made)
      for company in seen.prefix(1) {
        #expect(company.values["name"]?.text?.hasPrefix("C & ") == true)
        #expect(try await intercom.company(company.id) == company)
      }
    }
    #expect(try await intercom.company("5f0000000000000000ffffff") == nil)
  }

  @Test("Q1: a scroll that another holds, or that expired, is tried again from the beginning")
  func scrolls() async throws {
    let simulator = world()
    let intercom = client(simulator)
    let person = simulator.createContact(.init(email: "a@x.com"))
    simulator.addCompany("C", of: person)
    let first = try await intercom.companyList("scroll:")
    var error = await failure { _ = try await intercom.companyList("scroll:") }
    #expect(error?.failure.meaning == IntercomMeaning.scroll)
    clock.now += 61_000
    error = await failure { _ = try await intercom.companyList(first.next) }
    #expect(error?.failure.meaning == IntercomMeaning.cursor)
    #expect(try await intercom.companyList("scroll:").companies.count == 1)
  }
}

import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// Leads whose making goes wrong half-way (L6).
extension EngineTests {
  @Suite struct LostLeadStories {
    /// What can happen to the one call that makes the lead.
    enum Mishap: String, CaseIterable, Sendable {
      case refused, resetBefore, resetAfter, truncated, html, status500, status500After, status503
      case status502After, lateCommit, veryLateCommit

      var fault: Fault? {
        switch self {
        case .refused: .refuse
        case .resetBefore: .resetBefore
        case .resetAfter: .resetAfter
        case .truncated: .truncate
        case .html: .html
        case .status500: .status(500)
        case .status500After: .statusAfter(500)
        case .status503: .status(503)
        case .status502After: .statusAfter(502)
        case .lateCommit, .veryLateCommit: nil
        }
      }
    }

    nonisolated private static func isCreation(_ call: SalesforceSimulator.CallRecord) -> Bool {
      call.kind == .record && call.method == .post
    }

    @EventLoop private static func story(hasExternalID: Bool) throws -> Story {
      let story = try Story.withRule {
        if hasExternalID { $0.leads.externalIDField = "Intercom_ID__c" }
      }
      if hasExternalID {
        story.salesforce.defineField(.externalID("Intercom_ID__c"), on: "Lead")
      }
      return story
    }

    @EventLoop
    @Test(
      "L6: whatever becomes of the answer, and whether or not the daemon dies of it, one lead is made",
      arguments: Mishap.allCases, [0, 1, 2, 3])
    func mishap(_ mishap: Mishap, _ variant: Int) async throws {
      let (hasExternalID, isKilled) = (variant & 1 != 0, variant & 2 != 0)
      let story = try Self.story(hasExternalID: hasExternalID)
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      if let fault = mishap.fault {
        story.salesforce.faults.schedule(fault, when: Self.isCreation)
      } else {
        let late: Int64 = mishap == .lateCommit ? 45_000 : 590_000
        story.salesforce.faults.schedule(lateBy: late, when: Self.isCreation)
      }
      story.grow(person)
      try await story.simulation.sync()
      await story.simulation.advance(seconds: 1)
      if isKilled {
        try story.simulation.kill()
        try story.simulation.start()
      }
      await story.simulation.advance(minutes: 30)
      #expect(story.leads.count == 1)
      #expect(story.record(of: person) == story.leads.first)
      let open = try story.store.errors(all: true, after: 0, limit: 9)
      #expect(open == [])
      let counts = try story.store.outboxCounts()
      #expect(counts.pending + counts.parked + counts.held == 0)
      let before = story.writes
      try await story.sync(isFull: true)
      #expect(story.writes == before)
    }

    @EventLoop
    @Test("L6: a lead that is lost, found and was deleted meanwhile is not made again")
    func lostAndDeleted() async throws {
      let story = try Self.story(hasExternalID: false)
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      story.salesforce.faults.schedule(.resetAfter, when: Self.isCreation)
      story.grow(person)
      try await story.simulation.sync()
      await story.simulation.advance(seconds: 1)
      let lead = try #require(story.leads.first)
      story.edit { salesforce, _ in salesforce.delete(lead) }
      await story.simulation.advance(minutes: 40)
      try await story.sync(isFull: true)
      #expect(story.leads.isEmpty)
      #expect(try story.store.outboxCounts().pending == 0)
    }

    @EventLoop
    @Test("L6: a lead whose outcome is unknown is not repeated before Salesforce is sure")
    func patience() async throws {
      let story = try Self.story(hasExternalID: false)
      let person = story.person("a@example.com", name: "A")
      try await story.begin()
      // Somebody's long transaction keeps latestDateCovered back, and nothing was written.
      story.salesforce.faults.schedule(.status(500), when: Self.isCreation)
      story.edit { salesforce, _ in
        salesforce.createLead(email: "other@example.com", visibleAfter: 600_000)
      }
      story.grow(person)
      try await story.simulation.sync()
      await story.simulation.advance(minutes: 5)
      #expect(story.leads(of: "a@example.com").isEmpty)
      await story.simulation.advance(minutes: 20)
      #expect(story.leads(of: "a@example.com").count == 1)
    }

    @EventLoop
    @Test("L6 L3: another person of the same address waits for the one whose outcome is unknown")
    func neighbours() async throws {
      let story = try Self.story(hasExternalID: false)
      let people = [
        story.person("same@example.com", name: "A"), story.person("same@example.com", name: "B"),
      ]
      try await story.begin()
      story.salesforce.faults.schedule(lateBy: 400_000, when: Self.isCreation)
      for person in people { story.grow(person) }
      try await story.simulation.sync()
      await story.simulation.advance(minutes: 40)
      #expect(story.leads.count == 1)
      #expect(people.allSatisfy { story.record(of: $0) == story.leads.first })
    }

    // MARK: Many

    /// Five hundred people come to meet a rule at once, while connections break, answers get lost,
    /// transactions commit minutes later and the daemon is killed twenty times.
    @EventLoop
    @Test(
      "L6 L1: 500 leads under fire: each exists once, and each person is linked to its own",
      arguments: [false, true])
    func fire(_ hasExternalID: Bool) async throws {
      let story = try Self.story(hasExternalID: hasExternalID)
      story.world.latencies = 5...150
      let people = (0..<500).map { story.person("p\($0)@example.com", name: "Person \($0)") }
      try await story.begin()
      let random = story.world.random
      story.world.faultAt = { request, _ in
        guard request.url.hasPrefix(SimulatedWorld.baseURL) else { return nil }
        let isCreation = request.method == .post && request.url.contains("/sobjects/Lead")
        guard random.happens(oneIn: isCreation ? 3 : 40) else { return nil }
        return random.pick([
          .refuse, .resetBefore, .resetAfter, .resetAfter, .truncate, .html, .status(500),
          .statusAfter(500), .status(503),
        ])
      }
      for person in people { story.grow(person) }
      for _ in 0..<20 {
        await story.world.clock.advance(milliseconds: random.within(300...40_000))
        if random.happens(oneIn: 2) {
          story.salesforce.faults.schedule(
            lateBy: random.within(1_000...500_000), when: Self.isCreation)
        }
        try story.simulation.kill()
        try story.simulation.start()
      }
      await story.simulation.advance(minutes: 20)
      story.world.faultAt = nil
      story.salesforce.faults.removeAll()
      await story.simulation.advance(minutes: 60)
      #expect(try await story.simulation.drainOutbox())
      await story.simulation.advance(minutes: 2)
      story.world.tick()
      #expect(story.leads.count == 500)
      let wrong = people.enumerated().filter { index, person in
        let leads = story.leads(of: "p\(index)@example.com")
        return leads.count != 1 || story.record(of: person) != leads.first
      }
      #expect(wrong.isEmpty, "\(wrong.prefix(3))")
      #expect(try story.open() == [])
      let before = story.writes
      try await story.sync(isFull: true)
      #expect(story.writes == before)
    }
  }
}

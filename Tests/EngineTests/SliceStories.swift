import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

extension EngineTests {
  @Suite struct SliceStories {
    /// Looks at the store in the turns of the loop that follow every answer.
    @EventLoop private func watch(
      _ story: Story, _ look: @escaping @EventLoop (Store) throws -> Void
    ) {
      story.world.onArrival = { _ in
        Task { @EventLoop in
          for _ in 0..<200 {
            guard let store = story.simulation.store else { return }
            try look(store)
            await EventLoop.nextTurn()
          }
        }
      }
    }

    @EventLoop private func finish(_ story: Story, leads: Int, people: [String]) async throws {
      await story.simulation.advance(minutes: 20)
      #expect(try story.store.recordCount() == leads)
      #expect(people.allSatisfy { story.record(of: $0) != nil })
      #expect(story.intercom.events.isEmpty)
    }

    @EventLoop
    @Test(
      "O1 O2: 1,400 leads of one poll are compared in pieces, and a kill between two loses none",
      arguments: [nil, 500, 1_000])
    func page(killedAt rows: Int64?) async throws {
      let story = try Story()
      try await story.begin()
      let people = (0..<14).map { story.person("p\($0)@example.com") }
      await story.simulation.advance(minutes: 10)
      for number in 0..<1_400 {
        _ = story.lead(number % 100 == 99 ? "p\(number / 100)@example.com" : nil)
      }
      var counts: [Int64] = []
      watch(story) { store in
        let count = try store.recordCount()
        if counts.last != count { counts.append(count) }
        if count == rows { try story.simulation.kill() }
      }
      if rows == nil {
        try await story.sync()
        #expect(counts.filter { $0 > 0 } == [500, 1_000, 1_400])
      } else {
        await story.simulation.advance(minutes: 10)
        #expect(story.simulation.store == nil, "\(counts)")
        story.world.onArrival = nil
        try story.simulation.start()
      }
      try await finish(story, leads: 1_400, people: people)
    }

    @EventLoop
    @Test("O1 G1: killed while deliveries are let go, the rest of them goes without Salesforce")
    func release() async throws {
      let story = try Story()
      let leads = (0..<30).map { story.lead("p\($0)@example.com") }
      let people = (0..<30).map { story.person("p\($0)@example.com") }
      try await story.begin()
      #expect(story.puts == 30)
      try story.store.releasedMax = 20
      story.edit { salesforce, _ in
        for lead in leads { salesforce.update(lead, ["Title": "Boss"]) }
      }
      watch(story) { store in
        if try store.isReleasing() { try story.simulation.kill() }
      }
      await story.simulation.advance(minutes: 10)
      #expect(story.simulation.store == nil)
      #expect(story.puts == 30)
      story.world.onArrival = nil
      story.world.answer = { request in
        request.url.hasPrefix(SimulatedWorld.baseURL) ? .refused : nil
      }
      try story.simulation.start()
      await story.simulation.advance(minutes: 5)
      #expect(story.puts == 60)
      #expect(story.intercom.events.count == 30)
      #expect(people.allSatisfy { story.value($0, "TITLE") == "Boss" })
      #expect(try story.store.outboxCounts().held == 0)
    }
  }
}

import Engine
import EventLoop
import HTTP
import Intercom
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

/// Somebody is forgotten, or everything is taken away (O6).
extension EngineTests {
  @Suite struct GoneStories {
    @EventLoop private static func forget(_ person: String, in story: Story) async throws {
      try await story.simulation.ask { engine in
        let store = engine.parts.store
        #expect(try !engine.isWriting(for: [person]))
        try store.forget(try store.traces(of: [try #require(try store.person(person))]))
        engine.forgot([person])
      }
    }

    @EventLoop
    @Test("O6, M1: who was forgotten is not looked for, and comes back as somebody never seen")
    func comesBack() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      let other = story.person("b@example.com")
      try await story.begin()
      try await Self.forget(person, in: story)
      #expect(try story.store.person(person) == nil && story.store.record(lead) == nil)
      #expect(try story.store.person(other) != nil)
      let puts = story.puts
      try await story.sync()
      #expect(story.puts == puts)
      #expect(story.record(of: person) == lead, "Intercom is not touched")
      try await story.sync(isFull: true)
      #expect(try story.store.link(of: person)?.recordID == lead)
      #expect(story.puts == puts && story.events(of: person).isEmpty, "all is as it should be")
      story.edit { org, _ in org.update(lead, ["Title": "COO"]) }
      try await story.sync()
      #expect(story.value(person, "TITLE") == "COO")
      #expect(story.changes(of: person) == ["CEO>COO"])
    }

    @EventLoop
    @Test("O6: while something is being written to somebody, the engine says so")
    func underWay() async throws {
      let story = try Story()
      let lead = story.lead("a@example.com")
      let person = story.person("a@example.com")
      try await story.begin()
      story.world.delay = { $0.isPut ? 20_000 : nil }
      story.edit { org, _ in org.update(lead, ["Title": "COO"]) }
      try await story.simulation.sync()
      await story.simulation.advance(seconds: 2)
      #expect(try story.engine.isWriting(for: [person]))
      #expect(try !story.engine.isWriting(for: ["somebody else"]))
      await story.simulation.advance(seconds: 30)
      #expect(try !story.engine.isWriting(for: [person]))
    }

    /// Runs one call of the engine to its end in virtual time.
    @EventLoop private static func outcome<Value: Sendable>(
      of story: Story, _ body: @escaping @EventLoop (Engine) async throws -> Value
    ) async throws -> Value {
      var result: Result<Value, any Error>?
      let engine = try story.engine
      Task { @EventLoop in
        do { result = .success(try await body(engine)) } catch { result = .failure(error) }
      }
      _ = await story.world.clock.run(until: { result != nil })
      return try #require(result).get()
    }

    @EventLoop
    @Test("O6, G2: the attributes of another workspace are never shown nor archived")
    func otherWorkspace() async throws {
      let story = try Story()
      try await story.begin()
      let own = try await Self.outcome(of: story) { try await $0.ownAttributes() }
      #expect(Set(own.toArchive.map(\.name)) == Set(SimulatedWorld.attributeNames))
      story.intercom.settings.workspaceID = "another1"
      await #expect(throws: Failure.self) {
        _ = try await Self.outcome(of: story) { try await $0.ownAttributes() }
      }
    }

    @EventLoop
    @Test("O6, E2: archiving waits for what passes, and takes one that is gone for archived")
    func archiving() async throws {
      let story = try Story()
      try await story.begin()
      let own = try await Self.outcome(of: story) { try await $0.ownAttributes() }
      let first = try #require(own.toArchive.first)
      var tries = 0
      story.world.faultAt = { request, _ in
        guard request.method == .put, request.url.contains("/data_attributes/") else { return nil }
        tries += 1
        return tries < 3 ? .status(503) : nil
      }
      try await Self.outcome(of: story) { try await $0.archive(first) }
      #expect(tries == 3)
      story.world.faultAt = nil
      try await Self.outcome(of: story) { try await $0.archive(.init(name: "X", id: "1")) }
      let left = try await Self.outcome(of: story) { try await $0.ownAttributes() }
      #expect(left.toArchive == Array(own.toArchive.dropFirst()))
    }

    @EventLoop
    @Test("O6: a resume takes an uninstall back, and only a resume does")
    func takenBack() async throws {
      let story = try Story()
      try await story.begin()
      try await story.simulation.ask { engine in
        let store = engine.parts.store
        try store.transaction {
          try store.set(Engine.goneKey, Engine.Uninstalled.begun.rawValue)
        }
        try engine.pause(true)
        #expect(try engine.uninstalled() == .begun)
      }
      try story.simulation.kill()
      try story.simulation.start()
      #expect(try story.engine.uninstalled() == .begun && story.engine.state() == .paused)
      try await story.simulation.ask { try $0.pause(false) }
      #expect(try story.engine.uninstalled() == nil)
    }
  }
}

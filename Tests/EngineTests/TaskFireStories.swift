import Engine
import EventLoop
import HTTP
import Simulators
import Store
import SyncCore
import TestSupport
import Testing

extension EngineTests {
  @Suite struct TaskFireStories {
    /// Everything that can go wrong with a call that makes tasks, or with one that looks them up.
    @EventLoop private static func fire(_ story: Story, _ random: SeededRandom) {
      story.world.faultAt = { request, _ in
        guard request.url.hasPrefix(SimulatedWorld.baseURL) else { return nil }
        guard request.makesTasks else {
          return random.happens(oneIn: 12) ? random.pick([.resetBefore, .status(503)]) : nil
        }
        switch random.below(9) {
        case 0: return .resetBefore
        case 1: return .resetAfter
        case 2: return .statusAfter(500)
        case 3: return .status(503)
        case 4: return .truncate
        case 5:
          story.salesforce.faults.schedule(lateBy: random.within(60_000...560_000)) { _ in true }
          return nil
        case 6: return .refuse
        default: return nil
        }
      }
    }

    @EventLoop
    @Test(
      "T4: 500 tasks under fire, late commits and 20 kills: each exists once",
      arguments: [true, false])
    func underFire(hasField: Bool) async throws {
      let random = SeededRandom(hasField ? 7 : 8)
      let story = try Story.withTasks(field: hasField)
      story.simulation.settings.pollEvery = 45_000
      story.simulation.settings.pollAtMost = 60_000
      let leads = (0..<50).map { story.lead("p\($0)@example.com") }
      let people = (0..<50).map { story.person("p\($0)@example.com") }
      try await story.begin()
      Self.fire(story, random)
      var made: [(conversation: String, lead: String)] = []
      var kills = 0
      for round in 0..<50 {
        for number in 0..<10 {
          let place = (round * 10 + number) % 50
          let conversation = story.conversation(people[place], "Question \(round) \(number)")
          story.tag(conversation)
          made.append((conversation, leads[place]))
        }
        await story.simulation.advance(seconds: Double(random.within(5...70)))
        if random.happens(oneIn: 2), kills < 20 {
          kills += 1
          try story.simulation.kill()
          await story.simulation.advance(seconds: Double(random.within(0...30)))
          try story.simulation.start()
        }
      }
      #expect(kills == 20)
      await story.simulation.advance(minutes: 30)
      story.world.faultAt = nil
      await story.simulation.advance(minutes: 40)
      var count: [String: Int] = [:]
      for task in story.tasks {
        let subject = story.task(task, "Subject") ?? ""
        count[subject + " on " + (story.task(task, "WhoId") ?? ""), default: 0] += 1
      }
      #expect(count.count == 500)
      let doubled = count.filter { $0.value != 1 }
      #expect(doubled.isEmpty, "\(doubled)")
      for (index, one) in made.enumerated() {
        let subject = "Intercom: Question \(index / 10) \(index % 10) on \(one.lead)"
        #expect(count[subject] == 1, "\(subject)")
      }
      #expect(try story.open() == [])
      #expect(story.simulation.storeFailures == [])
      let counts = try story.store.outboxCounts()
      #expect(counts.pending + counts.held + counts.parked == 0, "\(counts)")
      #expect(try await story.isAtRest())
    }

    @EventLoop
    @Test("T1 S1: a hundred tasks are one call, and an idle poll looks for conversations with one")
    func hundred() async throws {
      let story = try Story.withTasks()
      let people = (0..<100).map { story.person("p\($0)@example.com") }
      for number in 0..<100 { _ = story.lead("p\(number)@example.com") }
      try await story.begin()
      story.tag(story.conversation(people[0], "The first one learns the status"))
      try await story.sync()
      for person in people { story.tag(story.conversation(person)) }
      await story.simulation.advance(seconds: 10)
      let before = story.salesforce.apiCalls
      try await story.sync()
      #expect(story.tasks.count == 101)
      // The poll, and the tasks.
      #expect(story.salesforce.apiCalls - before == 2)
      await story.simulation.advance(minutes: 12)
      try await story.sync(isFull: true)
      let calls = (story.salesforce.apiCalls, story.intercom.calls.values.reduce(0, +))
      try await story.sync()
      #expect(story.salesforce.apiCalls - calls.0 == 1)
      #expect(story.intercom.calls.values.reduce(0, +) - calls.1 <= 2)
    }

    @EventLoop
    @Test("E1 E2: refused tasks are registered with their subject and hold back nobody")
    func refused() async throws {
      let story = try Story.withTasks()
      let people = (0..<20).map { story.person("p\($0)@example.com") }
      let leads = (0..<20).map { story.lead("p\($0)@example.com") }
      try await story.begin()
      story.salesforce.settings.validationRule = { object, fields in
        object == "Task" && fields["WhoId"] == leads[3] ? "No tasks on Mondays" : nil
      }
      story.salesforce.settings.readOnlyRecords = [leads[5]]
      story.edit { salesforce, _ in salesforce.lock(leads[7], milliseconds: 90_000) }
      for person in people { story.tag(story.conversation(person)) }
      try await story.sync()
      let refused = [3]
      for (place, lead) in leads.enumerated() where ![3, 5, 7].contains(place) {
        #expect(story.tasks(on: lead).count == 1, "\(place)")
      }
      let entries = try story.store.errors(all: true, after: 0, limit: 100)
      let entry = try #require(entries.first { $0.code == "SF-VALIDATION" })
      #expect(entry.recordID == leads[refused[0]] && entry.personID == people[refused[0]])
      #expect(entry.what.contains("conversation") && entry.answer.contains("Mondays"))
      await story.simulation.advance(minutes: 10)
      #expect(story.tasks(on: leads[7]).count == 1)
      story.salesforce.settings.validationRule = nil
      story.salesforce.settings.readOnlyRecords = []
      try await story.ask { _ = try $0.retryParked(person: nil) }
      await story.simulation.advance(minutes: 2)
      #expect(leads.allSatisfy { story.tasks(on: $0).count == 1 })
      #expect(try story.open() == [])
    }

    @EventLoop
    @Test("O4: a store that is lost and rebuilt logs nothing again", arguments: [true, false])
    func rebuilt(hasField: Bool) async throws {
      let story = try Story.withTasks(field: hasField, onClose: true)
      let ann = story.user("Ann")
      let lead = story.lead("a@example.com", owner: ann)
      let person = story.person("a@example.com")
      _ = story.teammate("Ann")
      story.simulation.settings.assign.assignsConversations = true
      try await story.begin()
      let conversation = story.conversation(person, "First")
      let open = story.conversation(person, "Open")
      try await story.sync()
      story.edit { _, intercom in intercom.assignConversation(open, admin: 0) }
      story.edit { _, intercom in intercom.closeConversation(conversation) }
      try await story.sync()
      #expect(story.tasks(on: lead).count == 1)
      try await story.simulation.stop()
      story.simulation.loseStore()
      await story.simulation.advance(minutes: 3)
      try story.simulation.start()
      await story.simulation.advance(minutes: 12)
      #expect(story.tasks.count == 1)
      #expect(story.assignee(of: open) == nil)
      _ = story.part(conversation, "Second")
      story.edit { _, intercom in intercom.closeConversation(conversation) }
      try await story.sync()
      await story.simulation.advance(minutes: 2)
      let texts = story.tasks(on: lead).compactMap { story.task($0, "Description") }
      #expect(texts.count == 2)
      #expect(texts.filter { $0.contains("First") }.count == 1)
      #expect(texts.filter { $0.contains("Second") }.count == 1)
      story.edit { _, intercom in
        intercom.openConversation(conversation)
        intercom.closeConversation(conversation)
      }
      #expect(try await story.isAtRest())
      #expect(story.tasks.count == 2)
    }

    @EventLoop
    @Test("O1: killed before and after the write, a task exists once; what was sent is looked up")
    func killed() async throws {
      for hasField in [true, false] {
        for fault in [Fault.resetBefore, .resetAfter] {
          let story = try Story.withTasks(field: hasField)
          let lead = story.lead("a@example.com")
          let person = story.person("a@example.com")
          try await story.begin()
          story.tag(story.conversation(person))
          var isOut = false
          story.world.faultAt = { request, _ in
            guard request.makesTasks, !isOut else { return nil }
            isOut = true
            return fault
          }
          let sync = Task { @EventLoop in
            try? await story.engine.sync(isFull: false, isForced: false)
          }
          _ = await story.world.clock.run(until: { isOut })
          try story.simulation.kill()
          sync.cancel()
          await story.simulation.advance(seconds: 5)
          try story.simulation.start()
          await story.simulation.advance(minutes: 20)
          #expect(story.tasks(on: lead).count == 1)
          #expect(try story.open() == [])
        }
      }
    }
  }
}

import HTTP
import Salesforce
import Simulators
import SyncCore
import Testing
import Wire

@Suite struct SimulatedOrgTests {
  @Test("S1: a poll of a simulated org is one call and brings every stream")
  func poll() async throws {
    let world = World()
    let queue = world.simulator.createQueue(name: "Inbound", email: "in@example.com")
    let lead = world.simulator.createLead(email: "A@Example.com ", fields: ["OwnerId": queue])
    let gone = world.simulator.createLead(email: "b@example.com")
    world.simulator.delete(gone)
    world.simulator.createContact(email: "c@example.com")
    world.clock.now += 1000
    let answer = try await world.poll()
    #expect(answer.failures.isEmpty, "\(answer.failures)")
    let before = world.simulator.apiCalls
    #expect(world.client.calls == before)
    let leads = try await world.rows(answer.pages[.lead])
    #expect(Set(leads.compactMap { $0[0] }) == [lead, gone])
    let first = leads.first { $0[0] == lead }
    #expect(first?[RecordColumn.email.rawValue] == "a@example.com")
    #expect(first?[RecordColumn.ownerID.rawValue] == queue)
    #expect(leads.first { $0[0] == gone }?[RecordColumn.isDeleted.rawValue] == "1")
    #expect(try await world.rows(answer.pages[.contact]).count == 1)
    #expect(try await world.rows(answer.pages[.group]).contains { $0[0] == queue })
    #expect(try await world.rows(answer.pages[.user]).isEmpty == false)
    #expect(answer.serverTime == world.clock.now / 1000 * 1000)
    _ = try await world.poll(world.clock.now)
    #expect(world.simulator.apiCalls == before + 1)
    #expect(world.client.usage.map { $0.used == world.simulator.apiCalls } == true)
  }

  @Test("S1: pages of any length bring every row once")
  func pages() async throws {
    var settings = SalesforceSimulator.Settings()
    settings.pageSize = 200
    settings.shortPages = true
    let world = World(settings)
    let ids = (0..<950).map { world.simulator.createLead(email: "x\($0)@example.com") }
    world.clock.now += 1000
    let rows = try await world.rows(try await world.poll().pages[.lead])
    #expect(rows.map { $0[0] } == ids.sorted())
    let full = try await world.rows(
      try await world.client.page(of: .lead, from: .everything(afterID: ids.sorted()[99])))
    #expect(full.count == 850)
    #expect(
      try await world.client.counts([.lead, .contact, .group]) == [
        .lead: 950, .contact: 0, .group: 0,
      ])
  }

  @Test("I3: after a dead locator the reading goes on from its key")
  func deadLocator() async throws {
    var settings = SalesforceSimulator.Settings()
    settings.pageSize = 200
    let world = World(settings)
    let ids = (0..<700).map { world.simulator.createLead(email: "x\($0)@example.com") }
    world.clock.now += 1000
    let first = try #require(try await world.poll().pages[.lead])
    world.simulator.expireLocators()
    do {
      _ = try await world.client.nextPage(of: first)
      Issue.record("a dead locator answered")
    } catch {
      #expect(error.isDeadLocator, "\(error)")
    }
    let sink = Rows()
    try first.forEachRow(sink)
    let rest = try await world.rows(
      try await world.client.page(of: .lead, from: .changes(since: 0, after: first.lastKey)))
    #expect((sink.rows + rest).map { $0[0] } == ids.sorted())
  }

  @Test("E2: an ended session, a rotated token and faults", arguments: [true, false])
  func sessions(_ rotates: Bool) async throws {
    var settings = SalesforceSimulator.Settings()
    settings.rotatesRefreshTokens = rotates
    let world = World(settings, flow: .refreshToken)
    for _ in 0..<3 {
      _ = try await world.poll()
      world.simulator.expireSessions()
    }
    for (fault, code) in [
      (Fault.refuse, "SF-UNREACHABLE"), (.resetBefore, "SF-ANSWER-LOST"),
      (.truncate, "SF-ANSWER-LOST"), (.status(500), "SF-SERVER-ERROR"),
      (.status(503), "SF-UNAVAILABLE"), (.status(420), "SF-EDGE"), (.html, "SF-UNREADABLE"),
      (.status(403), "SF-DAILY-LIMIT"),
    ] {
      _ = try await world.poll()
      world.simulator.faults.schedule(fault, at: .composite)
      do {
        _ = try await world.poll()
        Issue.record("\(fault) went unnoticed")
      } catch {
        #expect((error as? Failure)?.meaning.code == code, "\(fault): \(error)")
      }
    }
  }

  @Test("S3: conversion, merge and undelete show in the columns")
  func lives() async throws {
    let world = World()
    let a = world.simulator.createLead(email: "a@example.com")
    let b = world.simulator.createLead(email: "b@example.com")
    let c = world.simulator.createLead(email: "c@example.com")
    world.simulator.merge(into: a, from: [b])
    world.simulator.convert(lead: c)
    world.clock.now += 1000
    let answer = try await world.poll()
    let leads = try await world.rows(answer.pages[.lead])
    #expect(leads.first { $0[0] == b }?[RecordColumn.masterRecordID.rawValue] == a)
    let contact = try await world.rows(answer.pages[.contact]).first?[0]
    let converted = leads.first { $0[0] == c }
    #expect(converted?[RecordColumn.isConverted.rawValue] == "1")
    #expect(converted?[RecordColumn.convertedContactID.rawValue] == contact)
    world.simulator.hardDelete(a)
    let found = try await world.client.rows(of: .lead, ids: [a, c])
    #expect(found.missing == [a])
    #expect(found.page.rows == 1)
  }

  @Test("S1: hidden fields are left out or named")
  func hidden() async throws {
    var settings = SalesforceSimulator.Settings()
    settings.hiddenFields = ["Lead": ["Title"], "User": ["Title"]]
    settings.hiddenObjects = ["UserRole"]
    let world = World(settings)
    world.simulator.createLead(email: "a@example.com")
    world.clock.now += 1000
    let answer = try await world.poll()
    #expect(answer.failures.keys.sorted { $0.rawValue < $1.rawValue } == [.role])
    #expect(Set(world.client.missingFields) == ["Lead.Title", "User.Title"])
    world.simulator.settings.hiddenFields["Lead"] = ["Title", "Email"]
    do {
      _ = try await world.poll()
      Issue.record("a hidden e-mail address went unnoticed")
    } catch {
      #expect((error as? Failure)?.meaning.code == "SF-FIELD-HIDDEN", "\(error)")
    }
  }

  @Test("G2: the org and its versions")
  func organization() async throws {
    let world = World()
    let org = try await world.client.organization()
    #expect(org.timeZone == "Europe/London")
    #expect(try await world.client.versions().contains("62.0"))
  }

  @Test("I1: an export brings the same rows as REST")
  func bulk() async throws {
    let world = World()
    for index in 0..<500 {
      world.simulator.createLead(
        email: index % 3 == 0 ? nil : "x\(index)@Example.com",
        lastName: "Quote \" and, comma\nline \(index) é", fields: ["Title": "NA"])
    }
    let gone = world.simulator.createLead(email: "gone@example.com")
    world.simulator.delete(gone)
    world.clock.now += 1000
    let job = try await world.client.startBulk(.lead, changedSince: nil)
    #expect(try await world.client.bulkState(job) == .running)
    do {
      try await world.client.deleteBulk(job)
      Issue.record("a running job was deleted")
    } catch {
      #expect(error.meaning.code == "SF-BULK-STATE", "\(error)")
    }
    world.clock.now += 60_000
    #expect(try await world.client.bulkState(job) == .complete(rows: 501))
    let sink = Rows()
    var locator: String?
    var rows = 0
    repeat {
      let page = try await world.client.bulkPage(
        job, locator: locator, maxRecords: 200, into: sink)
      rows += page.rows
      locator = page.next
    } while locator != nil
    #expect(rows == 501)
    let rest = try await world.rows(
      try await world.client.page(of: .lead, from: .everything(afterID: nil)))
    #expect(sink.rows.sorted { ($0[0] ?? "") < ($1[0] ?? "") } == rest)
    try await world.client.deleteBulk(job)
    try await world.client.deleteBulk(job)
  }

  @Test("I1: exports of owners, and refusals that REST can do without")
  func bulkRefusals() async throws {
    var settings = SalesforceSimulator.Settings()
    settings.bulk.jobsPerDay = 1
    let world = World(settings)
    _ = try await world.client.startBulk(.contact, changedSince: 0)
    do {
      _ = try await world.client.startBulk(.lead, changedSince: nil)
      Issue.record("the quota let a second job through")
    } catch {
      #expect(error.refusesBulk, "\(error)")
    }
    world.simulator.settings.bulk.jobsPerDay = 100
    world.simulator.settings.bulk.refusedObjects = ["Lead"]
    do {
      _ = try await world.client.startBulk(.lead, changedSince: nil)
      Issue.record("a refused object was exported")
    } catch {
      #expect(error.refusesBulk, "\(error)")
    }
    world.simulator.settings.bulk.refusedObjects = []
    world.simulator.settings.bulk.failure = "it took too long"
    let job = try await world.client.startBulk(.lead, changedSince: nil)
    world.clock.now += 60_000
    #expect(try await world.client.bulkState(job) == .failed(message: "it took too long"))
  }

  @Test("E2: a lost refresh with rotation ends in a named failure, without it heals")
  func lostRefresh() async throws {
    for rotates in [true, false] {
      var settings = SalesforceSimulator.Settings()
      settings.rotatesRefreshTokens = rotates
      let world = World(settings, flow: .refreshToken)
      world.simulator.faults.schedule(.resetAfter, at: .token)
      var codes: [String] = []
      for _ in 0..<3 {
        do {
          _ = try await world.poll()
          codes.append("ok")
        } catch {
          codes.append((error as? Failure)?.meaning.code ?? "\(error)")
        }
        world.clock.now += 31_000
      }
      #expect(
        codes
          == (rotates
            ? ["SF-TOKEN-LOST", "SF-REFRESH-TOKEN", "SF-REFRESH-TOKEN"]
            : ["SF-TOKEN-LOST", "ok", "ok"]))
    }
  }

  @Test("M1: a custom match field")
  func matchField() async throws {
    var settings = SalesforceSimulator.Settings()
    settings.hiddenFields = [:]
    let world = World(settings, match: "email")
    world.simulator.createLead(email: "A@b.example")
    world.clock.now += 1000
    let rows = try await world.rows(try await world.poll().pages[.lead])
    #expect(rows.first?[RecordColumn.matchKey.rawValue] == "A@b.example")
    #expect(rows.first?[RecordColumn.email.rawValue] == "a@b.example")
  }
}

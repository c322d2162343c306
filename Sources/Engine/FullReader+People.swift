import EventLoop
import Intercom
import Store
import SyncCore
import Wire

/// The list of all people, and those that it does not bring any more (I1, M8).
@EventLoop extension FullReader {
  func readPeople() async throws {
    guard state.phase == .intercom else { return }
    if state.peopleStartedAt == nil {
      try parts.store.transaction { try save { $0.peopleStartedAt = parts.clock.now } }
    }
    if state.sweepAfter == nil { try await list() }
    if !state.isInitial { try await sweepPeople() }
    try parts.store.transaction {
      if try parts.store.cursor(PollReader.people) == nil {
        try parts.store.setCursor(PollReader.people, Cursor(since: peopleSince))
      }
      try save { $0.phase = .match }
    }
  }

  /// Whatever the two clocks differ by, nothing that changed since the list began may be missed.
  private var peopleSince: Int64 {
    min(state.peopleStartedAt ?? 0, state.startedAt) - parts.settings.overlap
  }

  private func list() async throws {
    repeat {
      let page = try await nextPeople()
      let store = parts.store
      try store.lazyTransaction {
        let comparison = try PersonComparison(
          store, kind: kind, cycle: state.cycle, sweep: state.sweep, startedAt: peopleSince)
        let sink = PageSink(columns: PersonColumn.allCases.count) { batch in
          try batch.forEach { try comparison.compare($0) }
        }
        try page.forEachRow(sink)
        try save {
          $0.startingAfter = page.next
          $0.peopleTotal = page.totalCount ?? $0.peopleTotal
          $0.peopleRead += page.rows
          // Marks that the list is through; the search for vanished people starts there.
          if page.next == nil { $0.sweepAfter = "" }
        }
      }
      try await between(state)
    } while state.startingAfter != nil
  }

  /// All companies, before anybody is planned (Q1).
  func readCompanies() async throws {
    guard state.phase == .match, state.walkedTo == nil else { return }
    try await CompanyReader(parts, cycle: state.cycle, isAsked: false).readAll { [self] in
      try await between(state)
    }
  }

  private func nextPeople() async throws -> PersonPage {
    do {
      return try await parts.pace.call(isAsked: false) {
        try await parts.intercom.list(startingAfter: state.startingAfter)
      }
    } catch let error as IntercomError {
      // A cursor that Intercom no longer knows: the list begins anew, what was read stays.
      if error.failure.meaning == IntercomMeaning.cursor {
        try parts.store.transaction {
          try save {
            $0.startingAfter = nil
            $0.peopleRead = 0
          }
        }
      }
      throw error
    }
  }

  /// People that the list did not bring are asked for by name before they are dropped (M8).
  private func sweepPeople() async throws {
    guard state.peopleRead >= state.peopleTotal ?? 0 else { return }
    var after = state.sweepAfter ?? ""
    while true {
      let unseen = try parts.store.unseenPeople(
        sweep: state.sweep, before: peopleSince, after: after, limit: 50)
      for id in unseen.ids { try await confirm(id) }
      guard let reached = unseen.reached else { return }
      after = reached
      guard !unseen.ids.isEmpty else {
        await EventLoop.nextTurn()
        continue
      }
      try parts.store.transaction { try save { $0.sweepAfter = reached } }
      try await between(state)
    }
  }

  private func confirm(_ id: String) async throws {
    let store = parts.store
    do {
      let answer = try await parts.pace.call(isAsked: false) {
        try await parts.intercom.person(id)
      }
      guard answer.id == id, !answer.isArchived, !answer.isDeleted, !answer.isBlocked else {
        return try store.transaction {
          let survivor = answer.id == id ? nil : answer.id
          try store.drop(id, survivor: survivor, cycle: state.cycle)
        }
      }
      var row = RowBuffer(columns: PersonColumn.allCases.count)
      answer.fill(&row)
      try store.transaction {
        _ = try PersonComparison(
          store, kind: .full, cycle: state.cycle, sweep: state.sweep, startedAt: peopleSince
        ).compare(row)
      }
    } catch let error as IntercomError where error.isPersonGone {
      try store.transaction {
        let survivor = try error.survivor ?? store.survivorByEmail(of: id)
        try store.drop(id, survivor: survivor, cycle: state.cycle)
      }
    }
  }
}

import Salesforce
import SyncCore
import Wire

/// Finds out on a real org what reading can tell of our beliefs: about sixteen API calls.
struct SalesforceProbe {
  let salesforce: SalesforceClient
  let list: FindingList
  /// `poll.overlap`, in milliseconds.
  let overlap: Int64
  let sleep: (_ milliseconds: Int64) async -> Void

  func run() async {
    list.add(await clock())
    list.add(await lateRows())
    for finding in await merge() { list.add(finding) }
    list.add(await idPrefixes())
    list.add(await notModified())
    list.add(await assignment(.autoAssignFalse))
    list.add(await assignment(.leadAssigned))
    for finding in await bulk() { list.add(finding) }
  }

  // MARK: Times

  /// A row stamped later than the answer that told of it refutes.
  private func clock() async -> Finding {
    do throws(Failure) {
      guard let newest = try await salesforce.newestStamp(), let time = salesforce.serverTime else {
        return .open(.serverClock, "there is no lead, or no answer bore a Date")
      }
      let ahead = (newest - time) / 1000
      guard ahead <= 2 else {
        return .refuted(.serverClock, "a lead is stamped \(ahead) s later than the answer's Date")
      }
      return .open(.serverClock, "the newest lead is stamped \(-ahead) s before the answer's Date")
    } catch {
      return .open(.serverClock, error)
    }
  }

  /// How far back everything is visible now; one look in a quiet hour proves nothing.
  private func lateRows() async -> Finding {
    do throws(Failure) {
      guard let time = salesforce.serverTime else { return .open(.lateRows) }
      let covered = try await salesforce.latestDateCovered(.lead, from: time - 600_000, to: time)
      let seconds = max(0, (time - covered) / 1000)
      let text = "everything up to \(seconds) s ago is visible now"
      guard seconds * 1000 <= overlap else {
        return .refuted(.lateRows, "\(text), and poll.overlap is shorter")
      }
      return .open(.lateRows, text)
    } catch {
      return .open(.lateRows, error)
    }
  }

  private static let sameMoment: Int64 = 10_000

  private func merge() async -> [Finding] {
    let both: [Belief] = [.mergeStampsLoser, .mergeStampsSurvivor]
    do throws(Failure) {
      guard let pair = try await salesforce.mergedPair() else {
        return both.map { .open($0, "no merged lead is in the recycle bin") }
      }
      let apart = abs(pair.survivorStamp - pair.loserStamp)
      guard apart > Self.sameMoment else {
        return both.map { .confirmed($0, "the last two merged leads bear one stamp") }
      }
      let loser: Finding =
        pair.loserStamp - pair.loserModified > Self.sameMoment
        ? .confirmed(.mergeStampsLoser, "the loser was stamped after its last edit")
        : .open(.mergeStampsLoser, "the last merge does not tell")
      let survivor: Finding =
        pair.survivorStamp < pair.loserStamp
        ? .refuted(.mergeStampsSurvivor, "the survivor's stamp is older than the loser's")
        : .open(.mergeStampsSurvivor, "the survivor was changed since")
      return [loser, survivor]
    } catch {
      return both.map { .open($0, error) }
    }
  }

  // MARK: Ids and counts

  private static let prefixes: [(SalesforceClient.OwnerTable, String, String)] = [
    (.user, "005", "users"), (.queue, "00G", "queues"), (.role, "00E", "roles"),
  ]

  private func idPrefixes() async -> Finding {
    var seen: [String] = []
    var missing: [String] = []
    do throws(Failure) {
      for (table, prefix, name) in Self.prefixes {
        let found = try await salesforce.idPrefixes(of: table)
        guard !found.isEmpty else {
          missing.append(name)
          continue
        }
        let text = "\(name) begin with \(found.sorted().joined(separator: ", "))"
        guard found == [prefix] else { return .refuted(.idPrefixes, text) }
        seen.append(text)
      }
    } catch {
      return .open(.idPrefixes, error)
    }
    guard missing.isEmpty else {
      return .open(.idPrefixes, "there are no \(missing.joined(separator: ", no "))")
    }
    return .confirmed(.idPrefixes, seen.joined(separator: ", "))
  }

  private func notModified() async -> Finding {
    do throws(Failure) {
      guard let cost = try await salesforce.costOfNotModified() else {
        return .open(.notModifiedCounts, "no answer with 304 and a count came")
      }
      let text = "three such answers moved the org's count by \(cost)"
      if cost == 0 { return .refuted(.notModifiedCounts, text) }
      return cost == 3 ? .confirmed(.notModifiedCounts, text) : .open(.notModifiedCounts, text)
    } catch {
      return .open(.notModifiedCounts, error)
    }
  }

  /// Whether it matters here at all; only a write would tell whether it is so.
  private func assignment(_ belief: Belief) async -> Finding {
    do throws(Failure) {
      guard let rule = try await salesforce.activeLeadAssignment() else {
        return .open(belief, "no assignment rule for leads is active: it does not matter here")
      }
      return .open(belief, "the assignment rule \"\(rule)\" is active: it matters here")
    } catch {
      return .open(belief, error)
    }
  }

  // MARK: Bulk

  private static let day: Int64 = 86_400_000
  private static let askAgain: Int64 = 2_000
  private static let asksMax = 30

  /// Exports the leads of one day, and deletes the export again.
  private func bulk() async -> [Finding] {
    let beliefs: [Belief] = [.bulkCSV, .bulkCount]
    guard let time = salesforce.serverTime else { return beliefs.map { .open($0) } }
    do {
      let job = try await salesforce.startBulk(.lead, changedSince: time - Self.day)
      let found = try await exported(job)
      try await salesforce.deleteBulk(job)
      return found
    } catch let failure as Failure {
      guard failure.meaning == SalesforceMeaning.unreadable else {
        return beliefs.map { .open($0, failure) }
      }
      return [.refuted(.bulkCSV, failure.answer), .open(.bulkCount)]
    } catch {
      return beliefs.map { .open($0, "\(error)") }
    }
  }

  private func exported(_ job: BulkJob) async throws -> [Finding] {
    for _ in 0..<Self.asksMax {
      switch try await salesforce.bulkState(job) {
      case .running: await sleep(Self.askAgain)
      case .failed(let message):
        return [.open(.bulkCSV, "the export failed: \(message)"), .open(.bulkCount)]
      case .complete(let rows):
        guard rows > 0 else {
          return [.open(.bulkCSV, "no lead changed in a day"), .open(.bulkCount)]
        }
        let counter = RowCounter()
        _ = try await salesforce.bulkPage(job, locator: nil, into: counter)
        let text = "\(CheckText.number(counter.rows)) leads of a day were exported and read"
        return [.confirmed(.bulkCSV, text), .open(.bulkCount, "\(text); the job said \(rows)")]
      }
    }
    return [.open(.bulkCSV, "the export took more than a minute"), .open(.bulkCount)]
  }
}

/// Counts rows and keeps none.
private final class RowCounter: RowSink {
  private(set) var rows = 0

  func take(_ row: borrowing RowBuffer) throws { rows += 1 }
  func flush() throws {}
}

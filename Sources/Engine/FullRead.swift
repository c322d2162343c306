import FoundationEssentials
import Salesforce
import Store
import SyncCore

/// Where a full comparison stands; kept in the store with every page, so that a kill costs no more
/// than the page under way (I3).
package struct FullRead: Codable, Equatable {
  /// The very first one: nothing is news, and the guard has nothing to guard.
  var isInitial: Bool
  var cycle: Int64
  /// Marks the rows that this read has seen.
  var sweep: Int64
  /// The server's clock when Salesforce was first asked, in milliseconds UTC.
  var startedAt: Int64
  /// Ours, when Intercom was first asked.
  var peopleStartedAt: Int64?
  var phase = Progress.Phase.salesforce
  /// Rows that Salesforce counted, by stream.
  var counts: [String: Int] = [:]
  /// Rows read so far, by stream.
  var read: [String: Int] = [:]
  /// The stream under way; those before it are done.
  var stream: Stream? = .lead
  var bulkJob: BulkJob?
  var bulkLocator: String?
  /// Bulk was refused: the rest of this read is by REST (I1).
  var isBulkRefused = false
  /// The last id that REST brought.
  var afterID: String?
  /// Intercom's cursor.
  var startingAfter: String?
  var peopleTotal: Int?
  var peopleRead = 0
  /// Where the search for vanished rows stands.
  var sweepAfter: String?
  /// The last person that the walk has planned.
  var walkedTo: String?
  var walked = 0
  /// Deliveries that this read released.
  var owed: Int64 = 0
  /// The store was put back from a backup: this read takes what it finds as the base (O4).
  var isRestored: Bool?
  /// And has done so: from here on what changes is news again.
  var isRebased: Bool?

  /// Before both sides are known there is nothing that a poll could bring to anyone; and what a
  /// backup does not know is no news.
  var allowsPolls: Bool {
    isRestored == true ? isRebased == true : !isInitial || phase == .match
  }

  private static let key = "full_read"

  static func load(_ store: Store) throws -> FullRead? {
    guard let text = try store.get(key) else { return nil }
    return try? JSONDecoder().decode(FullRead.self, from: Data(text.utf8))
  }

  func save(_ store: Store) throws {
    let data = try JSONEncoder().encode(self)
    try store.set(Self.key, String(decoding: data, as: UTF8.self))
  }

  static func remove(_ store: Store) throws { try store.set(key, nil) }

  var rowsCounted: Int64 { Int64(counts.values.reduce(0, +)) }
  var rowsRead: Int64 { Int64(read.values.reduce(0, +)) }

  /// Whether every row that Salesforce counted was seen, so that the others are gone (M6).
  func isComplete(_ stream: Stream) -> Bool {
    guard let counted = counts[stream.rawValue] else { return false }
    return read[stream.rawValue] ?? 0 >= counted
  }
}

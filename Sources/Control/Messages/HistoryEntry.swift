/// One thing that happened to a person: one entry of `history`.
package struct HistoryEntry: Codable, Sendable, Hashable {
  package var at: Timestamp
  /// The side that was written to, or where it happened: `salesforce` or `intercom`.
  package var side: String
  /// In plain words.
  package var what: String
  package var changes: [String: Change]
  /// How it ended.
  package var result: String
  /// Intercom contact id.
  @Nullable package var contact: String?
  /// Salesforce id.
  @Nullable package var record: String?

  package init(
    at: Timestamp, side: String, what: String, changes: [String: Change] = [:], result: String,
    contact: String? = nil, record: String? = nil
  ) {
    self.at = at
    self.side = side
    self.what = what
    self.changes = changes
    self.result = result
    self.contact = contact
    self.record = record
  }
}

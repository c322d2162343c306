/// How a cycle ended: the last reply of `Sync`.
package struct SyncResult: Codable, Sendable, Hashable {
  /// False when the caller did not wait: the cycle has been asked for, no more.
  package var finished: Bool
  /// Deliveries that the other side accepted.
  package var settled: Int64
  package var parked: Int64
  /// Sides that are stopped: `salesforce`, `intercom`.
  package var broken: [String]
  /// The guard stopped the cycle (G1).
  package var guarded: Bool
  /// One sentence for whatever else went wrong.
  package var failures: [String]

  package init(
    finished: Bool, settled: Int64 = 0, parked: Int64 = 0, broken: [String] = [],
    guarded: Bool = false, failures: [String] = []
  ) {
    self.finished = finished
    self.settled = settled
    self.parked = parked
    self.broken = broken
    self.guarded = guarded
    self.failures = failures
  }

  /// Everything that was owed arrived.
  package var isClean: Bool { parked == 0 && broken.isEmpty && !guarded && failures.isEmpty }
}

/// A person pinned to a record, or no longer.
package struct Pin: Codable, Sendable, Hashable {
  package var contact: String
  @Nullable package var record: String?

  package init(contact: String, record: String? = nil) {
    self.contact = contact
    self.record = record
  }
}

/// What a reload changed.
package struct ReloadResult: Codable, Sendable, Hashable {
  /// One sentence each; empty when the file says what already runs.
  package var changes: [String]

  package init(changes: [String]) {
    self.changes = changes
  }
}

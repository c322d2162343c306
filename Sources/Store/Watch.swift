package import SyncCore

/// Which values of people are looked at, and who was read since that is so.
extension Store {
  static let watchEpochKey = "watch_epoch"
  private static let watchKey = "watch"
  private static let comparedKey = "compared_by"

  /// Takes over what is looked at from the configuration; a change has everybody read anew.
  ///
  /// Until then the snapshot lacks what is new of everybody, which must not be taken for nothing
  /// (L1a, Q3). Another text of `compared`, which tells what people and records are compared by,
  /// has everybody compared anew without counting as unknown.
  package func syncWatch(_ definition: String, compared: String = "") throws(SQLError) {
    let by = "\(settings.preference) \(settings.matchesByExternalID)\n\(compared)"
    if try get(Self.comparedKey) != by {
      try set(Self.comparedKey, by)
      try set("full_at", nil)
    }
    guard try get(Self.watchKey) != definition else { return }
    watchEpoch = try next(Self.watchEpochKey)
    try set(Self.watchKey, definition)
    // A full read under way has read some people by the old set: it begins anew.
    for key in ["full_at", "full_read"] { try set(key, nil) }
  }

  /// Whether the person was read since the present set of values is looked at: what its values lack
  /// is nothing then.
  package func isWatched(_ person: Person) -> Bool { person.watchEpoch == watchEpoch }

  /// Whether all that there is to know of the person's company is known.
  package func knowsCompany(of person: Person) throws(SQLError) -> Bool {
    guard let id = person.companyID else { return true }
    return try company(id) != nil
  }
}

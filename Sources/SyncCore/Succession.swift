/// What has become of a record that a person was linked to: merged, converted or gone (M4, M5, M6).
package struct Succession: Sendable, Equatable {
  /// The live record at the end of the chain; nil when the chain ends in nothing.
  package var record: Record?
  /// The chain went through a conversion, from this lead.
  package var convertedFrom: Record?
  /// The chain went through a merge.
  package var isMerged: Bool
  /// The chain names a record that the snapshot does not hold: not read yet, or never to be seen.
  package var isOpen: Bool

  /// Longer chains are taken for a loop; each hop is one merge or conversion by hand.
  package static let hopsMax = 32

  /// Follows MasterRecordId and ConvertedContactId from `start` through `lookup`.
  package static func follow(
    _ start: Record, lookup: (String) throws -> Record?
  ) rethrows -> Succession {
    var result = Succession(record: start, convertedFrom: nil, isMerged: false, isOpen: false)
    var current = start
    for _ in 0..<hopsMax {
      if current.isLive {
        result.record = current
        return result
      }
      guard let id = successor(of: current) else { break }
      guard let next = try lookup(id) else {
        result.isOpen = true
        break
      }
      if current.isDeleted { result.isMerged = true } else { result.convertedFrom = current }
      current = next
    }
    result.record = nil
    return result
  }

  private static func successor(of record: Record) -> String? {
    record.isDeleted ? record.masterRecordID : record.convertedContactID
  }
}

package import SyncCore
package import Wire

/// One person as Intercom gives it back, after a read or a write.
package struct PersonAnswer {
  /// Differs from the id asked for where Intercom follows a merge by itself.
  package let id: String
  /// `updated_at` in milliseconds UTC (S11).
  package let updatedAt: Int64?
  package let isArchived: Bool
  package let isDeleted: Bool
  package let isBlocked: Bool

  private let row: RowBuffer

  /// Fills `row` as a page would, in the columns of ``PersonColumn``.
  package func fill(_ row: inout RowBuffer) { row = self.row }

  /// The value that the workspace now holds for `attribute`, HTML escapes undone; nil for none.
  package func value(of attribute: Attribute) -> String? {
    row.string(PersonColumn.attributes.lowerBound + attribute.rawValue)
  }

  init(_ body: [UInt8], scanner: PersonScanner) throws(PersonShapeError) {
    var row = RowBuffer(columns: PersonColumn.allCases.count)
    let facts: PersonScanner.Facts
    do {
      facts = try JSONReader.reading(body) { reader throws(JSONError) in
        try scanner.read(&reader, into: &row)
      }
    } catch {
      throw .json(error)
    }
    guard !facts.isError else { throw .errorList }
    guard let id = row.string(PersonColumn.id.rawValue) else { throw .noID }
    self.id = id
    updatedAt = facts.updatedAt
    isArchived = facts.isArchived
    isDeleted = facts.isDeleted
    isBlocked = facts.isBlocked
    self.row = row
  }
}

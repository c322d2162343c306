/// Runs a plan over the committed rows.
struct SOQLEvaluator {
  let plan: SOQLPlan
  let reader: OrgReader
  /// Whether deleted and archived rows are seen (queryAll).
  let includesDeleted: Bool

  /// The rows that answer, in order, as positions in the table.
  func rows() -> [UInt32] {
    if isNaturalOrder { return window(natural()) }
    if let keyed = stampKeys() { return window(keyed) }
    return window(sorted(matching()))
  }

  func matches(_ row: OrgRow) -> Bool {
    guard includesDeleted || !isOutOfSight(row) else { return false }
    guard let test = plan.test else { return true }
    return holds(test, row)
  }

  /// Deleted, or a task that was archived.
  private func isOutOfSight(_ row: OrgRow) -> Bool {
    if row.isDeleted { return true }
    guard plan.table === reader.org.task, let cell = plan.table.schema.cell("IsArchived") else {
      return false
    }
    return row.has(cell)
  }

  // MARK: Candidates

  private var isNaturalOrder: Bool {
    guard let first = plan.order.first else { return true }
    guard case .id? = first.path.direct?.slot else { return false }
    return !first.isDescending
  }

  private var needed: Int? { plan.limit.map { $0 + plan.offset } }

  private func natural() -> [UInt32] {
    var found: [UInt32] = []
    let enough = needed ?? .max
    guard enough > 0 else { return [] }
    visit { index, row in
      guard matches(row) else { return true }
      found.append(UInt32(index))
      return found.count < enough
    }
    return found
  }

  private func matching() -> [UInt32] {
    var found: [UInt32] = []
    visit { index, row in
      if matches(row) { found.append(UInt32(index)) }
      return true
    }
    return found
  }

  private func visit(_ body: (Int, OrgRow) -> Bool) {
    let table = plan.table
    if let serials = Self.serials(plan.test) {
      for index in serials.compactMap({ table.index(serial: $0) }).sorted() {
        guard let row = table.visible(index, now: reader.now) else { continue }
        guard body(index, row) else { return }
      }
      return
    }
    let first = Self.start(plan.test).flatMap { table.index(serial: $0) } ?? 0
    let stamp = table.pending.isEmpty ? Self.minimumStamp(plan.test) : .min
    table.rows.withUnsafeBufferPointer { rows in
      for index in min(first, rows.count)..<rows.count where rows[index].stamp >= stamp {
        guard let row = table.visible(index, now: reader.now) else { continue }
        guard body(index, row) else { return }
      }
    }
  }

  /// The stamp below which no row can match, so that a poll passes over a million rows quickly.
  private static func minimumStamp(_ test: SOQLTest?) -> Int64 {
    switch test {
    case .stamp(.greaterOrEqual, let moment), .stamp(.greater, let moment),
      .stamp(.equal, let moment):
      moment
    case .all(let parts): parts.lazy.map { minimumStamp($0) }.max() ?? .min
    default: .min
    }
  }

  /// The only ids that can match, where the condition says so.
  private static func serials(_ test: SOQLTest?) -> Set<UInt32>? {
    switch test {
    case .ids(let serials): serials
    case .id(.equal, let serial): [serial]
    case .all(let parts): parts.lazy.compactMap { serials($0) }.first
    default: nil
    }
  }

  /// The id from which rows can match (`Id > …`).
  private static func start(_ test: SOQLTest?) -> UInt32? {
    switch test {
    case .id(.greater, let serial): serial
    case .all(let parts): parts.lazy.compactMap { start($0) }.first
    default: nil
    }
  }

  private func window(_ rows: [UInt32]) -> [UInt32] {
    let rest = rows.dropFirst(plan.offset)
    return Array(plan.limit.map { rest.prefix($0) } ?? rest)
  }

  // MARK: Order

  /// `ORDER BY SystemModstamp, Id` without building values: the order of every poll.
  private func stampKeys() -> [UInt32]? {
    guard case .stamp? = plan.order.first?.path.direct?.slot,
      plan.order.first?.isDescending == false, plan.order.count <= 2
    else { return nil }
    if plan.order.count == 2 {
      guard case .id? = plan.order[1].path.direct?.slot, !plan.order[1].isDescending else {
        return nil
      }
    }
    struct Key {
      var stamp: Int64
      var index: UInt32
      static func isBefore(_ a: Key, _ b: Key) -> Bool {
        a.stamp != b.stamp ? a.stamp < b.stamp : a.index < b.index
      }
    }
    let kept = needed ?? .max
    let room = kept > 1_000_000_000 ? Int.max : max(kept * 2, 4096)
    var keys: [Key] = []
    visit { index, row in
      guard matches(row) else { return true }
      keys.append(Key(stamp: row.stamp, index: UInt32(index)))
      if keys.count >= room {
        keys.sort(by: Key.isBefore)
        keys.removeLast(keys.count - kept)
      }
      return true
    }
    keys.sort(by: Key.isBefore)
    return keys.map(\.index)
  }

  private func sorted(_ rows: [UInt32]) -> [UInt32] {
    let keyed = rows.map { index -> (UInt32, [OrgValue]) in
      guard let row = plan.table.visible(Int(index), now: reader.now) else { return (index, []) }
      return (index, plan.order.map { reader.value($0.path, plan.table, row) })
    }
    return keyed.sorted { left, right in
      for ((a, b), order) in zip(zip(left.1, right.1), plan.order) {
        let difference = compare(a, b, order)
        if difference != 0 { return difference < 0 }
      }
      return left.0 < right.0
    }.map(\.0)
  }

  private func compare(_ a: OrgValue, _ b: OrgValue, _ order: SOQLPlanOrder) -> Int {
    if a == .null || b == .null {
      guard a != b else { return 0 }
      let nullFirst = order.nullsLast ? 1 : -1
      return a == .null ? nullFirst : -nullFirst
    }
    let difference = Self.difference(a, b) ?? 0
    return order.isDescending ? -difference : difference
  }

  // MARK: Conditions

  private func holds(_ test: SOQLTest, _ row: OrgRow) -> Bool {
    switch test {
    case .all(let parts): parts.allSatisfy { holds($0, row) }
    case .any(let parts): parts.contains { holds($0, row) }
    case .not(let part): !holds(part, row)
    case .stamp(let operation, let moment): Self.test(operation, row.stamp, moment)
    case .equals(let cell, let folded): Self.isEqual(row, cell, folded)
    case .id(let operation, let serial): Self.test(operation, Int64(row.serial), Int64(serial))
    case .ids(let serials): serials.contains(row.serial)
    case .compare(let path, let operation, let values):
      Self.test(operation, reader.value(path, plan.table, row), values, isExact(path))
    }
  }

  private func isExact(_ path: SOQLPath) -> Bool {
    guard case .column(let column) = path.last else { return false }
    return column.field.kind == .id || column.field.kind == .reference
      || column.field.traits.contains(.caseSensitive)
  }

  private static func isEqual(_ row: OrgRow, _ cell: UInt8, _ folded: [UInt8]) -> Bool {
    guard let range = row.range(of: cell), range.count == folded.count else { return false }
    for (offset, byte) in folded.enumerated() {
      let own = row.cells[range.lowerBound + offset]
      guard (own >= 0x41 && own <= 0x5A ? own | 0x20 : own) == byte else { return false }
    }
    return true
  }

  private static func test(_ operation: SOQLOperator, _ a: Int64, _ b: Int64) -> Bool {
    switch operation {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    default: false
    }
  }

  private static func test(
    _ operation: SOQLOperator, _ value: OrgValue, _ literals: [OrgValue], _ isExact: Bool
  ) -> Bool {
    switch operation {
    case .isIn: return literals.contains { isSame(value, $0, isExact) }
    case .isNotIn: return !literals.contains { isSame(value, $0, isExact) }
    case .like:
      guard case .text(let text) = value, case .text(let pattern)? = literals.first else {
        return false
      }
      return SOQLPattern.matches(text, pattern)
    case .includes, .excludes:
      guard case .text(let text) = value else { return operation == .excludes }
      let chosen = Set(text.split(separator: ";").map { $0.lowercased() })
      let isIncluded = literals.contains { literal in
        guard case .text(let wanted) = literal else { return false }
        return wanted.split(separator: ";").allSatisfy { chosen.contains($0.lowercased()) }
      }
      return isIncluded == (operation == .includes)
    case .equal: return literals.first.map { isSame(value, $0, isExact) } ?? false
    case .notEqual: return literals.first.map { !isSame(value, $0, isExact) } ?? false
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard let literal = literals.first, let difference = difference(value, literal) else {
        return false
      }
      return test(operation, Int64(difference), 0)
    }
  }

  private static func isSame(_ a: OrgValue, _ b: OrgValue, _ isExact: Bool) -> Bool {
    if case .text(let left) = a, case .text(let right) = b, !isExact {
      return left.lowercased() == right.lowercased()
    }
    return a == b
  }

  /// Negative, zero or positive; nil where the two cannot be compared.
  private static func difference(_ a: OrgValue, _ b: OrgValue) -> Int? {
    switch (a, b) {
    case (.number(let a), .number(let b)): return a < b ? -1 : a > b ? 1 : 0
    case (.time(let a), .time(let b)): return a < b ? -1 : a > b ? 1 : 0
    case (.bool(let a), .bool(let b)): return a == b ? 0 : a ? 1 : -1
    case (.text(let a), .text(let b)):
      if OrgID.normalised(a) == a, OrgID.normalised(b) == b {
        let isBefore = a.utf8.lexicographicallyPrecedes(b.utf8)
        return a == b ? 0 : isBefore ? -1 : 1
      }
      let (a, b) = (a.lowercased(), b.lowercased())
      return a < b ? -1 : a > b ? 1 : 0
    default: return nil
    }
  }
}

/// LIKE: `%` stands for any text, `_` for one character; case does not matter.
enum SOQLPattern {
  static func matches(_ text: String, _ pattern: String) -> Bool {
    var parts: [Part] = []
    var isEscaped = false
    for character in pattern.lowercased().unicodeScalars {
      if isEscaped {
        parts.append(.one(character))
        isEscaped = false
      } else if character.value == UInt32(SOQLLexer.escapeMark) {
        isEscaped = true
      } else if character == "%" {
        parts.append(.anything)
      } else {
        parts.append(character == "_" ? .any : .one(character))
      }
    }
    return match(Array(text.lowercased().unicodeScalars), parts)
  }

  private enum Part: Equatable {
    case one(Unicode.Scalar)
    case any
    case anything
  }

  private static func match(_ text: [Unicode.Scalar], _ parts: [Part]) -> Bool {
    var (at, part) = (0, 0)
    var retry: (at: Int, part: Int)?
    while at < text.count {
      if part < parts.count, parts[part] == .anything {
        retry = (at, part + 1)
        part += 1
      } else if part < parts.count, parts[part] == .any || parts[part] == .one(text[at]) {
        at += 1
        part += 1
      } else if let last = retry {
        retry = (last.at + 1, last.part)
        at = last.at + 1
        part = last.part
      } else {
        return false
      }
    }
    return parts[part...].allSatisfy { $0 == .anything }
  }
}

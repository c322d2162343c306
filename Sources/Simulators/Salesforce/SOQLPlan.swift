/// A field that a statement names, with the look-ups that lead to it.
struct SOQLPath {
  enum Last {
    case column(OrgColumn)
    /// A field of the pseudo object Name, behind a look-up with several targets.
    case named(String)
  }

  /// As the answer writes it: `Owner.Name`.
  var name: String
  var hops: [OrgColumn]
  var last: Last

  var kind: OrgField.Kind {
    switch last {
    case .column(let column): column.field.kind
    case .named(let name): name == "IsActive" ? .boolean : .string
    }
  }

  /// The column of the row itself, where no look-up is between.
  var direct: OrgColumn? {
    guard hops.isEmpty, case .column(let column) = last else { return nil }
    return column
  }
}

/// The shape of an answer's row.
indirect enum SOQLNode {
  case field(String, SOQLPath.Last)
  case relation(String, OrgColumn, [SOQLNode])
}

/// A condition with its fields and literals resolved.
indirect enum SOQLTest {
  case all([SOQLTest])
  case any([SOQLTest])
  case not(SOQLTest)
  case compare(SOQLPath, SOQLOperator, [OrgValue])
  /// The most frequent one: SystemModstamp against a moment.
  case stamp(SOQLOperator, Int64)
  /// Equality with an ASCII text, folded to lower case, in a column of the row itself.
  case equals(UInt8, [UInt8])
  case id(SOQLOperator, UInt32)
  case ids(Set<UInt32>)
}

struct SOQLPlanOrder {
  var path: SOQLPath
  var isDescending: Bool
  var nullsLast: Bool
}

struct SOQLAggregate {
  var function: String
  var path: SOQLPath
  var alias: String
}

/// A statement that was found right, ready to run.
struct SOQLPlan {
  var table: OrgTable
  var nodes: [SOQLNode]
  /// The SELECT list in its order, for CSV.
  var columns: [SOQLPath]
  var test: SOQLTest?
  var order: [SOQLPlanOrder]
  var limit: Int?
  var offset: Int
  var isCount: Bool
  var aggregates: [SOQLAggregate]
}

/// What the running user may see.
struct OrgScope {
  var org: Org
  var hiddenFields: [String: Set<String>]
  var hiddenObjects: Set<String>

  func isHidden(_ field: OrgField, of table: OrgTable) -> Bool {
    hiddenFields[table.schema.name]?.contains(field.name) ?? false
  }

  func table(_ name: String) -> OrgTable? {
    guard let table = org.table(name), !hiddenObjects.contains(table.schema.name) else {
      return nil
    }
    return table
  }
}

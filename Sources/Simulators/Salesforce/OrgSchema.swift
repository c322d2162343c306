/// Where the value of a field is kept.
enum OrgSlot: Equatable {
  case id, isDeleted, createdAt, modifiedAt, stamp
  /// Computed from first and last name.
  case name
  case photo
  /// The compound of the fields that begin with this prefix.
  case address(prefix: String)
  /// Whether the task's status is a closed one.
  case isClosed
  /// Whether that column has a value.
  case isSet(UInt8)
  case cell(UInt8)
}

/// One field with its place.
struct OrgColumn {
  var field: OrgField
  var slot: OrgSlot
}

/// One object: its fields in the order of describe.
struct OrgSchema {
  var name: String
  var label: String
  var labelPlural: String
  var prefix: String
  var columns: [OrgColumn]
  var isReplicateable = true
  var isEditable = true
  var isMergeable = false
  /// Whether Bulk API 2.0 reads it.
  var isBulkReadable = true

  let prefixBytes: [UInt8]
  /// What new rows get where the caller says nothing.
  let defaults: [(name: String, value: String)]
  /// By name as it is written, and by name in lower case.
  private let positions: [String: Int]
  /// The cells of the fields that have one, by name as it is written.
  private let cells: [String: UInt8]

  init(
    _ name: String, label: String? = nil, plural: String? = nil, prefix: String,
    fields: [OrgField], isReplicateable: Bool = true, isEditable: Bool = true,
    isMergeable: Bool = false, isBulkReadable: Bool = true
  ) {
    self.name = name
    self.label = label ?? name
    labelPlural = plural ?? name + "s"
    self.prefix = prefix
    prefixBytes = Array(prefix.utf8)
    self.isReplicateable = isReplicateable
    self.isEditable = isEditable
    self.isMergeable = isMergeable
    self.isBulkReadable = isBulkReadable
    var columns: [OrgColumn] = []
    var positions: [String: Int] = [:]
    for (index, field) in fields.prefix(255).enumerated() {
      positions[field.name.lowercased()] = index
      columns.append(OrgColumn(field: field, slot: .cell(UInt8(index))))
    }
    for index in columns.indices {
      columns[index].slot = Self.slot(name, columns[index].field, index, positions)
    }
    var cells: [String: UInt8] = [:]
    for (index, column) in columns.enumerated() {
      positions[column.field.name] = index
      if case .cell(let cell) = column.slot { cells[column.field.name] = cell }
    }
    self.columns = columns
    self.positions = positions
    self.cells = cells
    defaults = columns.compactMap { column in
      column.field.defaultValue.map { (column.field.name, $0) }
    }
  }

  /// The same object with other fields; those that it has stay where they are.
  func with(fields: [OrgField]) -> OrgSchema {
    OrgSchema(
      name, label: label, plural: labelPlural, prefix: prefix, fields: fields,
      isReplicateable: isReplicateable, isEditable: isEditable, isMergeable: isMergeable,
      isBulkReadable: isBulkReadable)
  }

  /// The column of a field, whatever its case.
  func column(_ name: String) -> OrgColumn? { index(name).map { columns[$0] } }

  func index(_ name: String) -> Int? { positions[name] ?? positions[name.lowercased()] }

  /// The column of a field that the program itself names.
  func cell(_ name: String) -> UInt8? { cells[name] }

  /// The column and the field that a relation such as `Owner` starts from.
  func relation(_ name: String) -> OrgColumn? {
    columns.first { $0.field.relationshipName?.lowercased() == name.lowercased() }
  }

  private static func slot(
    _ object: String, _ field: OrgField, _ index: Int, _ positions: [String: Int]
  ) -> OrgSlot {
    switch field.name {
    case "Id": return .id
    case "IsDeleted": return .isDeleted
    case "CreatedDate": return .createdAt
    case "LastModifiedDate": return .modifiedAt
    case "SystemModstamp": return .stamp
    case "Name" where positions["lastname"] != nil: return .name
    case "PhotoUrl": return .photo
    case "IsClosed" where object == "Task": return .isClosed
    case "IsEmailBounced": return .isSet(UInt8(positions["emailbounceddate"] ?? 0))
    default: break
    }
    if field.kind == .address {
      return .address(prefix: String(field.name.dropLast("Address".count)))
    }
    return .cell(UInt8(index))
  }
}

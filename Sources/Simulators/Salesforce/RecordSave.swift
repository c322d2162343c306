import HTTP

/// What a write asks for beside its fields.
struct SaveOptions {
  /// nil where the header is missing, which means yes.
  var assigns: Bool
  /// Whether a duplicate rule that only alerts may be passed over.
  var savesDuplicates: Bool
  var actor: String
  /// Whether the answer has no room for the matching records.
  var isCollection = false

  init(_ call: OrgCall) {
    assigns = call.headers["Sforce-Auto-Assign"]?.lowercased() != "false"
    let header = call.headers["Sforce-Duplicate-Rule-Header"]?.lowercased() ?? ""
    savesDuplicates = header.filter { $0 != " " }.contains("allowsave=true")
    actor = call.userID
  }
}

extension SalesforceSimulator {
  /// Creates a record, or changes the one at `place`; returns its id.
  func save(
    _ table: OrgTable, at place: Org.Location?, _ members: [OrgMember], _ options: SaveOptions
  ) throws(OrgError) -> String {
    guard table.schema.isEditable, !settings.readOnlyObjects.contains(table.schema.name) else {
      throw OrgError(
        "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY",
        "entity type cannot be inserted: \(table.schema.label)", fields: [])
    }
    if let place { try checkWritable(place) }
    var fields = try values(table, members, isUpdate: place != nil)
    if place == nil { setDefaults(table, &fields, options) }
    try checkRequired(table, fields, isUpdate: place != nil)
    try checkOwner(table, fields)
    if table === org.task { try prepareTask(&fields, isUpdate: place != nil) }
    try checkUnique(table, fields, place)
    try checkRule(table, fields, place)
    try checkDuplicates(table, fields, place, options)
    assign(table, &fields, options)
    let change = Org.Change(actor: options.actor, visibleAfter: commitDelay)
    guard let place else {
      let id = org.insert(table, fields, change)
      if table === org.task { touchWho(fields) }
      writes += 1
      return id
    }
    org.update(place, fields, change)
    writes += 1
    return place.id
  }

  /// Refuses what the state of a record forbids.
  func checkWritable(_ place: Org.Location) throws(OrgError) {
    guard place.table.isShared(place.index) else { throw .crossReference }
    if place.row.isDeleted { throw .deleted }
    try checkLock(place)
    if settings.readOnlyRecords.contains(place.id) {
      throw OrgError(
        "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id", fields: [])
    }
    if settings.approvalRecords.contains(place.id) {
      throw OrgError(
        "ENTITY_IS_LOCKED",
        "This record is locked. If you need to edit it, contact your admin.", fields: [])
    }
    guard place.table === org.lead, !settings.mayEditConverted,
      let cell = org.lead.schema.cell("IsConverted"), place.row.has(cell)
    else { return }
    throw .converted
  }

  /// Refuses what would have to wait for somebody else's transaction.
  func checkLock(_ place: Org.Location) throws(OrgError) {
    let isBusy = busyRows[place.id].map { clock.now < $0 } ?? false
    guard isBusy || place.table.isHeld(place.index, now: clock.now) else { return }
    throw OrgError(
      "UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record", fields: [])
  }

  // MARK: Fields

  func values(
    _ table: OrgTable, _ members: [OrgMember], isUpdate: Bool
  ) throws(OrgError) -> [String: String?] {
    let name = table.schema.name
    var fields: [String: String?] = [:]
    var unwritable: [String] = []
    for member in members where member.key != "attributes" && member.key.lowercased() != "id" {
      guard let column = table.schema.column(member.key),
        !scope.isHidden(column.field, of: table)
      else {
        throw OrgError(
          "INVALID_FIELD", "No such column '\(member.key)' on sobject of type \(name)")
      }
      let needed: OrgField.Traits = isUpdate ? .updateable : .createable
      let isLocked = settings.lockedFields[name]?.contains(column.field.name) ?? false
      guard column.field.traits.contains(needed), !isLocked else {
        unwritable.append(column.field.name)
        continue
      }
      let text = try OrgFieldValue(field: column.field, org: org).text(of: member.value)
      fields.updateValue(text, forKey: column.field.name)
    }
    guard unwritable.isEmpty else {
      throw OrgError(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "Unable to create/update fields: \(unwritable.joined(separator: ", ")). Please check the "
          + "security settings of this field and verify that it is read/write for your profile or "
          + "permission set.", fields: unwritable)
    }
    return fields
  }

  private func setDefaults(
    _ table: OrgTable, _ fields: inout [String: String?], _ options: SaveOptions
  ) {
    for (name, value) in table.schema.defaults where (fields[name] ?? nil) == nil {
      fields[name] = value
    }
    if table.schema.column("OwnerId") != nil, (fields["OwnerId"] ?? nil) == nil {
      fields["OwnerId"] = options.actor
    }
  }

  private func checkRequired(
    _ table: OrgTable, _ fields: [String: String?], isUpdate: Bool
  ) throws(OrgError) {
    let missing = table.schema.columns.map(\.field).filter { field in
      guard field.traits.isDisjoint(with: [.nillable]), field.traits.contains(.createable),
        field.kind != .boolean
      else { return false }
      guard let given = fields[field.name] else { return !isUpdate }
      return given == nil
    }.map(\.name)
    guard missing.isEmpty else {
      throw OrgError(
        "REQUIRED_FIELD_MISSING",
        "Required fields are missing: [\(missing.joined(separator: ", "))]", fields: missing)
    }
  }

  private func checkOwner(_ table: OrgTable, _ fields: [String: String?]) throws(OrgError) {
    guard let owner = fields["OwnerId"] ?? nil, let place = org.locate(owner),
      place.table === org.user, let active = org.user.schema.cell("IsActive"),
      !place.row.has(active)
    else { return }
    throw OrgError(
      "INACTIVE_OWNER_OR_USER",
      "operation performed with inactive user [\(owner)] as owner of "
        + table.schema.name.lowercased(), fields: [])
  }

  // MARK: Rules

  private func checkUnique(
    _ table: OrgTable, _ fields: [String: String?], _ place: Org.Location?
  ) throws(OrgError) {
    for column in table.schema.columns where column.field.traits.contains(.unique) {
      guard let value = fields[column.field.name] ?? nil,
        let other = find(table, column, value), other.index != place?.index
      else { continue }
      // The index entry of an open transaction makes the second writer wait for its end.
      try checkLock(other)
      throw OrgError(
        "DUPLICATE_VALUE",
        "duplicate value found: \(column.field.name) duplicates value on record with id: "
          + other.id.prefix(15), fields: [])
    }
  }

  /// The live record whose unique field has that value; the index holds what is not committed too.
  func find(_ table: OrgTable, _ column: OrgColumn, _ value: String) -> Org.Location? {
    matches(table, column, value).first
  }

  func matches(_ table: OrgTable, _ column: OrgColumn, _ value: String) -> [Org.Location] {
    let isExact = column.field.traits.contains(.caseSensitive)
    let wanted = isExact ? value : value.lowercased()
    return table.rows.indices.lazy.filter { index in
      let row = table.rows[index]
      guard !row.isDeleted, !row.isPurged, let own = table.text(column, row) else { return false }
      return (isExact ? own : own.lowercased()) == wanted
    }.map { Org.Location(table: table, index: $0) }
  }

  private func checkRule(
    _ table: OrgTable, _ fields: [String: String?], _ place: Org.Location?
  ) throws(OrgError) {
    guard let rule = settings.validationRule else { return }
    var all: [String: String] = [:]
    for column in table.schema.columns {
      let old = place.flatMap { table.text(column, $0.row) }
      all[column.field.name] = fields[column.field.name] ?? old
    }
    guard let message = rule(table.schema.name, all) else { return }
    throw OrgError("FIELD_CUSTOM_VALIDATION_EXCEPTION", message, fields: [])
  }

  /// An active assignment rule gives the lead away unless the header says FALSE, on updates too.
  private func assign(
    _ table: OrgTable, _ fields: inout [String: String?], _ options: SaveOptions
  ) {
    guard table === org.lead, options.assigns, let owner = settings.assignmentRuleOwner else {
      return
    }
    fields["OwnerId"] = owner
  }
}

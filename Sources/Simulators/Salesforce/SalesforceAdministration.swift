/// What an administrator changes in the set-up of the org.
extension SalesforceSimulator {
  /// Adds a custom field, or replaces the field of that name; `Activity` stands for Task.
  ///
  /// False where there is no such object, or no room.
  @discardableResult
  package func defineField(_ field: OrgField, on object: String) -> Bool {
    guard let table = org.table(object == "Activity" ? "Task" : object) else { return false }
    var fields = table.schema.columns.map(\.field)
    if let index = table.schema.index(field.name) {
      fields[index] = field
    } else {
      guard fields.count < 255 else { return false }
      fields.append(field)
    }
    replaceFields(of: table, by: fields)
    return true
  }

  /// Changes what may be done with a field; false where there is none of that name.
  @discardableResult
  package func changeField(
    _ name: String, of object: String, _ edit: (inout OrgField) -> Void
  ) -> Bool {
    guard let table = org.table(object == "Activity" ? "Task" : object),
      let index = table.schema.index(name)
    else { return false }
    var fields = table.schema.columns.map(\.field)
    edit(&fields[index])
    replaceFields(of: table, by: fields)
    return true
  }

  private func replaceFields(of table: OrgTable, by fields: [OrgField]) {
    table.schema = table.schema.with(fields: fields)
    schemaChangedAt = clock.now / 1000 * 1000
  }

  /// Replaces the values of Task.Status, as an administrator of another language has them.
  package func setTaskStatuses(_ statuses: [OrgTaskStatus]) {
    settings.taskStatuses = statuses
    for index in org.taskStatus.rows.indices {
      org.purge(Org.Location(table: org.taskStatus, index: index))
    }
    org.fillTaskStatuses(statuses, Org.Change(actor: integrationUserID))
    changeField("Status", of: "Task") { field in
      field.values = statuses.map(\.apiName)
      field.defaultValue = statuses.first(where: \.isDefault)?.apiName
    }
  }

  /// Another transaction holds the row from now on for that many milliseconds.
  package func lock(_ id: String, milliseconds: Int64) {
    guard let place = org.locate(id) else { return }
    busyRows[place.id] = clock.now + milliseconds
  }

  /// Keeps a record from the running user, or shares it again: rules still find it, and its unique
  /// values are still taken.
  package func share(_ id: String, _ isShared: Bool) {
    guard let place = org.locate(id) else { return }
    if isShared {
      place.table.unshared.remove(place.index)
    } else {
      place.table.unshared.insert(place.index)
    }
  }

  /// The platform's own run: closed tasks that are due, or were made, over a year ago.
  package func archiveOldTasks() {
    let limit = clock.now - 365 * OrgTime.day
    let due = org.task.schema.cell("ActivityDate")
    for row in org.task.rows where !row.isDeleted && !row.isPurged {
      let day = due.flatMap { row.text($0) }.flatMap(OrgTime.parseDay)
      guard (day ?? row.createdAt) < limit, value(org.task.id(row), "IsClosed") != nil else {
        continue
      }
      archive(task: org.task.id(row))
    }
  }
}

extension OrgField {
  /// A custom field of one of the kinds that an administrator chooses from.
  ///
  /// `values` of a picklist are its active ones. A required field has no default unless one is
  /// given; `isUnique` makes an external id too.
  package static func custom(
    _ name: String, _ kind: Kind, length: Int = 0, label: String? = nil, values: [String] = [],
    isRequired: Bool = false, isRestricted: Bool = false, isUnique: Bool = false,
    defaultValue: String? = nil, precision: Int = 18, scale: Int = 2
  ) -> OrgField {
    var traits: Traits = [.custom, .createable, .updateable, .filterable, .sortable]
    if !isRequired { traits.insert(.nillable) }
    if isRestricted { traits.insert(.restricted) }
    if isUnique { traits.formUnion([.unique, .externalID, .idLookup]) }
    if defaultValue != nil { traits.insert(.defaulted) }
    if kind == .boolean {
      traits.insert(.defaulted)
      traits.remove(.nillable)
    }
    if kind == .multipicklist { traits.remove(.sortable) }
    if kind == .textarea { traits.subtract([.filterable, .sortable]) }
    let usual =
      switch kind {
      case .string, .picklist, .url: 255
      case .email: 80
      case .phone: 40
      case .multipicklist: 4099
      case .textarea: 32_768
      default: 0
      }
    return OrgField(
      name, kind, length == 0 ? usual : length, label: label, traits: traits, values: values,
      defaultValue: defaultValue, precision: precision, scale: scale)
  }
}

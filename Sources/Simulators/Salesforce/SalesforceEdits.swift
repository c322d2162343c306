/// Changes as people and automation make them inside the org, past the API.
///
/// Each sets the stamps of the present second. `visibleAfter` keeps the transaction open for that
/// many milliseconds: others see the old version until then.
extension SalesforceSimulator {
  package typealias Fields = [String: String?]

  private func change(_ visibleAfter: Int64, isModification: Bool = true) -> Org.Change {
    Org.Change(
      actor: integrationUserID, visibleAfter: max(visibleAfter, settings.visibilityLag),
      isModification: isModification)
  }

  /// Makes a record; booleans are `1` or nil, moments milliseconds; ids are not checked.
  @discardableResult
  package func create(
    _ object: String, _ fields: Fields, visibleAfter: Int64 = 0
  ) -> String {
    guard let table = org.table(object) else { return "" }
    var fields = fields
    if table.schema.cell("OwnerId") != nil, fields["OwnerId"] == nil {
      fields["OwnerId"] = integrationUserID
    }
    for (name, value) in table.schema.defaults where fields[name] == nil {
      fields[name] = value
    }
    return org.insert(table, fields, change(visibleAfter))
  }

  @discardableResult
  package func createLead(
    email: String?, lastName: String = "Lead", company: String = "Company", fields: Fields = [:],
    visibleAfter: Int64 = 0
  ) -> String {
    var all: Fields = ["Email": email, "LastName": lastName, "Company": company]
    all.merge(fields) { $1 }
    return create("Lead", all, visibleAfter: visibleAfter)
  }

  @discardableResult
  package func createContact(
    email: String?, lastName: String = "Contact", fields: Fields = [:], visibleAfter: Int64 = 0
  ) -> String {
    var all: Fields = ["Email": email, "LastName": lastName]
    all.merge(fields) { $1 }
    return create("Contact", all, visibleAfter: visibleAfter)
  }

  /// Changes fields of any record; nil clears.
  package func update(_ id: String, _ fields: Fields, visibleAfter: Int64 = 0) {
    guard let place = org.locate(id) else { return }
    org.update(place, fields, change(visibleAfter))
  }

  /// Moves the stamp of a record and nothing else, as the platform's own upkeep does.
  package func touch(_ id: String, visibleAfter: Int64 = 0) {
    guard let place = org.locate(id) else { return }
    org.update(place, [:], change(visibleAfter, isModification: false))
  }

  /// Archives a closed task: only queryAll shows it from now on.
  package func archive(task id: String) {
    guard let place = org.locate(id), place.table === org.task else { return }
    org.update(place, ["IsArchived": "1"], change(0, isModification: false))
  }

  /// Puts a record into the recycle bin.
  package func delete(_ id: String, visibleAfter: Int64 = 0) {
    guard let place = org.locate(id), !place.row.isDeleted else { return }
    org.setDeleted(place, true, change(visibleAfter))
  }

  /// Removes a record past the recycle bin: nothing shows it any more.
  package func hardDelete(_ id: String) {
    guard let place = org.locate(id) else { return }
    org.purge(place)
  }

  /// Purges everything that is in the recycle bin.
  package func emptyRecycleBin() {
    for table in org.tables {
      for index in table.rows.indices where table.rows[index].isDeleted {
        org.purge(Org.Location(table: table, index: index))
      }
    }
  }

  package func undelete(_ id: String, visibleAfter: Int64 = 0) {
    guard let place = org.locate(id), place.row.isDeleted else { return }
    org.update(place, ["MasterRecordId": nil], change(visibleAfter))
    guard let cleared = org.locate(id) else { return }
    org.setDeleted(cleared, false, change(visibleAfter))
  }

  /// Merges records of one object: the victims are deleted and name the survivor; tasks move.
  package func merge(into survivor: String, from victims: [String], visibleAfter: Int64 = 0) {
    guard let winner = org.locate(survivor) else { return }
    for victim in victims {
      guard let place = org.locate(victim), place.table === winner.table else { continue }
      org.update(place, ["MasterRecordId": winner.id], change(visibleAfter))
      guard let marked = org.locate(victim) else { continue }
      org.setDeleted(marked, true, change(visibleAfter))
      moveTasks(from: place.id, to: winner.id, visibleAfter)
    }
    touch(survivor, visibleAfter: visibleAfter)
  }

  /// Converts a lead into a new contact at a new account, in one transaction.
  ///
  /// With `into` the contact is one that exists. Returns the contact's id.
  @discardableResult
  package func convert(
    lead id: String, into existing: String? = nil, visibleAfter: Int64 = 0
  ) -> String? {
    guard let place = org.locate(id), place.table === org.lead, let status = convertedStatus
    else { return nil }
    func text(_ field: String) -> String? {
      place.table.schema.column(field).flatMap { place.table.text($0, place.row) }
    }
    let change = change(visibleAfter)
    var owner = text("OwnerId")
    if owner?.hasPrefix("00G") == true { owner = integrationUserID }
    let contact: String
    let account: String?
    if let existing, let found = org.locate(existing) {
      contact = found.id
      account = found.table.schema.column("AccountId").flatMap { found.table.text($0, found.row) }
      org.update(found, [:], change)
    } else {
      let made = org.insert(
        org.account, ["Name": text("Company"), "OwnerId": owner], change)
      account = made
      var fields: Fields = ["AccountId": made, "OwnerId": owner]
      for name in ["FirstName", "LastName", "Salutation", "Email", "Phone", "Title", "LeadSource"] {
        fields[name] = text(name)
      }
      contact = org.insert(org.contact, fields, change)
    }
    org.update(
      place,
      [
        "IsConverted": "1", "Status": status, "ConvertedDate": OrgTime.dayString(clock.now),
        "ConvertedContactId": contact, "ConvertedAccountId": account,
      ], change)
    moveTasks(from: place.id, to: contact, visibleAfter)
    return contact
  }

  private var convertedStatus: String? {
    settings.leadStatuses.first(where: \.isConverted)?.apiName
  }

  private func moveTasks(from old: String, to new: String, _ visibleAfter: Int64) {
    guard let who = org.task.schema.cell("WhoId") else { return }
    for index in org.task.rows.indices where org.task.rows[index].text(who) == old {
      org.update(
        Org.Location(table: org.task, index: index), ["WhoId": new], change(visibleAfter))
    }
  }

  // MARK: People

  @discardableResult
  package func createUser(
    firstName: String? = nil, lastName: String, email: String, role: String? = nil,
    title: String? = nil, isActive: Bool = true, type: String = "Standard"
  ) -> String {
    create(
      "User",
      [
        "FirstName": firstName, "LastName": lastName, "Email": email, "Username": email,
        "Alias": String(lastName.prefix(8)), "UserRoleId": role, "Title": title,
        "IsActive": isActive ? "1" : nil, "UserType": type,
        "TimeZoneSidKey": settings.timeZone,
      ])
  }

  /// Moves the User's stamp, and nobody else's.
  package func renameUser(_ id: String, firstName: String?, lastName: String) {
    update(id, ["FirstName": firstName, "LastName": lastName])
  }

  package func setUserRole(_ id: String, _ role: String?) { update(id, ["UserRoleId": role]) }

  package func deactivateUser(_ id: String) { update(id, ["IsActive": nil]) }

  package func activateUser(_ id: String) { update(id, ["IsActive": "1"]) }

  @discardableResult
  package func createQueue(name: String, email: String? = nil) -> String {
    create("Group", ["Name": name, "Email": email, "Type": "Queue", "DeveloperName": name])
  }

  package func renameQueue(_ id: String, _ name: String) { update(id, ["Name": name]) }

  @discardableResult
  package func createRole(name: String) -> String { create("UserRole", ["Name": name]) }

  package func renameRole(_ id: String, _ name: String) { update(id, ["Name": name]) }

  /// Roles have no recycle bin.
  package func deleteRole(_ id: String) {
    for index in org.user.rows.indices {
      guard let cell = org.user.schema.cell("UserRoleId"),
        org.user.rows[index].text(cell) == OrgID.normalised(id)
      else { continue }
      org.update(Org.Location(table: org.user, index: index), ["UserRoleId": nil], change(0))
    }
    hardDelete(id)
  }

  // MARK: Looking

  /// A field's text as the org has it now, whatever a query would see; nil where it is empty.
  package func value(_ id: String, _ field: String) -> String? {
    guard let place = org.locate(id), let column = place.table.schema.column(field) else {
      return nil
    }
    return reader.text(column, place.table, place.row)
  }

  /// The ids of every live record of an object, in order.
  package func ids(of object: String) -> [String] {
    guard let table = org.table(object) else { return [] }
    return table.rows.filter { !$0.isDeleted && !$0.isPurged }.map { table.id($0) }
  }

  /// Whether others see the record: its transaction is committed.
  package func isCommitted(_ id: String) -> Bool {
    org.locate(id).map { $0.table.committed($0.index, now: clock.now) != nil } ?? false
  }

  /// Whether a record is there and not in the recycle bin.
  package func isAlive(_ id: String) -> Bool { org.locate(id).map { !$0.row.isDeleted } ?? false }

  /// The ids of an object's live records that the predicate chooses, in order.
  package func ids(_ object: String, where field: String, is value: String?) -> [String] {
    guard let table = org.table(object), let column = table.schema.column(field) else { return [] }
    return table.rows.filter {
      !$0.isDeleted && !$0.isPurged && reader.text(column, table, $0) == value
    }.map { table.id($0) }
  }

  /// The running user's id.
  package var runningUserID: String { integrationUserID }

  /// The organization's id.
  package var orgID: String { organizationID }
}

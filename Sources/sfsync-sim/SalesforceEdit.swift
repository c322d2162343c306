import Simulators

extension Stage {
  /// `{"side":"salesforce","do":"update","id":…,"fields":{…}}` and its like; the answer names the
  /// record that was made, if any.
  ///
  /// - `create` `object`, `fields`, [`visible_after_ms`]; `update` `id`, `fields`,
  ///   [`visible_after_ms`]; `touch`, `delete`, `hard-delete`, `undelete`, `archive-task` `id`;
  ///   `merge` `id`, `from` (ids); `convert` `id`, [`into`]; `archive-old-tasks`.
  /// - `create-user` `last_name`, `email`, [`first_name`, `role`, `title`, `active`, `user_type`];
  ///   `rename-user`, `set-user-role`, `deactivate-user`, `activate-user` `id`; `create-role`,
  ///   `create-queue` `name`, [`email`]; `rename-queue`, `rename-role`, `delete-role` `id`.
  /// - `lock-row` `id`, [`ms`]: another transaction holds it; `read-only`, `approval-lock` `id`,
  ///   [`on`]: this record only; `share` `id`, `on` false: the API's user does not see it.
  /// - The set-up: see `setUp`. `expire-sessions`.
  func edit(_ body: JSON) throws -> JSON {
    let made: String? =
      switch try body.needed("side") {
      case "salesforce": try editSalesforce(body, try body.needed("do"))
      case "intercom": try editIntercom(body, try body.needed("do"))
      default: throw ControlError("'side' is salesforce or intercom")
      }
    return .of(("ok", .bool(true)), ("id", .text(made)))
  }

  private func editSalesforce(_ body: JSON, _ verb: String) throws -> String? {
    let org = world.salesforce
    switch verb {
    case "create":
      return org.create(
        try body.needed("object"), Self.fields(body),
        visibleAfter: body["visible_after_ms"]?.integer ?? 0)
    case "create-user":
      return org.createUser(
        firstName: body["first_name"]?.string, lastName: try body.needed("last_name"),
        email: try body.needed("email"), role: body["role"]?.string,
        title: body["title"]?.string, isActive: body["active"]?.bool ?? true,
        type: body["user_type"]?.string ?? "Standard")
    case "create-role": return org.createRole(name: try body.needed("name"))
    case "create-queue":
      return org.createQueue(name: try body.needed("name"), email: body["email"]?.string)
    case "convert": return org.convert(lead: try known(body, "id"), into: body["into"]?.string)
    case "expire-sessions": org.expireSessions()
    case "archive-old-tasks": org.archiveOldTasks()
    default:
      guard try !setUp(body, verb) else { return nil }
      try changeRecord(body, verb)
    }
    return nil
  }

  private func changeRecord(_ body: JSON, _ verb: String) throws {
    let org = world.salesforce
    let id = try known(body, "id")
    switch verb {
    case "update":
      org.update(
        id, Self.fields(body), visibleAfter: body["visible_after_ms"]?.integer ?? 0)
    case "touch": org.touch(id)
    case "delete": org.delete(id)
    case "hard-delete": org.hardDelete(id)
    case "undelete": org.undelete(id)
    case "merge":
      org.merge(into: id, from: body["from"]?.array?.compactMap(\.string) ?? [])
    case "rename-user":
      org.renameUser(
        id, firstName: body["first_name"]?.string, lastName: try body.needed("last_name"))
    case "set-user-role": org.setUserRole(id, body["role"]?.string)
    case "deactivate-user": org.deactivateUser(id)
    case "activate-user": org.activateUser(id)
    case "archive-task": org.archive(task: id)
    case "lock-row": org.lock(id, milliseconds: body["ms"]?.integer ?? 60_000)
    case "share": org.share(id, body["on"]?.bool ?? true)
    case "read-only": toggle(body, &org.settings.readOnlyRecords, org.value(id, "Id") ?? id)
    case "approval-lock": toggle(body, &org.settings.approvalRecords, org.value(id, "Id") ?? id)
    case "rename-queue": org.renameQueue(id, try body.needed("name"))
    case "rename-role": org.renameRole(id, try body.needed("name"))
    case "delete-role": org.deleteRole(id)
    default: throw ControlError("Salesforce has no edit '\(verb)'")
    }
  }

  /// `on` false takes the name out again.
  func toggle(_ body: JSON, _ names: inout Set<String>, _ name: String) {
    if body["on"]?.bool ?? true { names.insert(name) } else { names.remove(name) }
  }

  private func known(_ body: JSON, _ key: String) throws -> String {
    let id = try body.needed(key)
    guard world.salesforce.value(id, "Id") != nil else {
      throw ControlError("There is no record with that id", status: 404)
    }
    return id
  }

  /// `fields` as the simulator holds them: true is `1`, false and null are nothing.
  private static func fields(_ body: JSON) -> SalesforceSimulator.Fields {
    var fields: SalesforceSimulator.Fields = [:]
    for member in body["fields"]?.members ?? [] {
      if let flag = member.value.bool {
        fields.updateValue(flag ? "1" : nil, forKey: member.key)
      } else {
        fields.updateValue(member.value.scalarText, forKey: member.key)
      }
    }
    return fields
  }
}

import Simulators

extension Stage {
  /// `{"side":"salesforce","do":"update","id":…,"fields":{…}}` and its like; the answer names the
  /// record that was made, if any.
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
      return org.create(try body.needed("object"), Self.fields(body))
    case "create-user":
      return org.createUser(
        firstName: body["first_name"]?.string, lastName: try body.needed("last_name"),
        email: try body.needed("email"), role: body["role"]?.string, title: body["title"]?.string)
    case "create-role": return org.createRole(name: try body.needed("name"))
    case "create-queue":
      return org.createQueue(name: try body.needed("name"), email: body["email"]?.string)
    case "convert": return org.convert(lead: try known(body, "id"), into: body["into"]?.string)
    case "expire-sessions": org.expireSessions()
    default: try changeRecord(body, verb)
    }
    return nil
  }

  private func changeRecord(_ body: JSON, _ verb: String) throws {
    let org = world.salesforce
    let id = try known(body, "id")
    switch verb {
    case "update": org.update(id, Self.fields(body))
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
    case "rename-queue": org.renameQueue(id, try body.needed("name"))
    case "rename-role": org.renameRole(id, try body.needed("name"))
    case "delete-role": org.deleteRole(id)
    default: throw ControlError("Salesforce has no edit '\(verb)'")
    }
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

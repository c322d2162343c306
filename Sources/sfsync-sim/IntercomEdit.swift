import Simulators

extension Stage {
  /// `{"side":"intercom","do":"update","id":…,"field":"email","value":…}` and its like.
  func editIntercom(_ body: JSON, _ verb: String) throws -> String? {
    let workspace = world.intercom
    switch verb {
    case "create":
      return workspace.createContact(
        .init(
          role: body["role"]?.string == "lead" ? .lead : .user, email: body["email"]?.string,
          name: body["name"]?.string, phone: body["phone"]?.string,
          externalID: body["external_id"]?.string))
    case "add-admin":
      return String(
        workspace.addAdmin(
          name: try body.needed("name"), email: try body.needed("email"),
          hasSeat: body["has_inbox_seat"]?.bool ?? true))
    case "add-tag": return String(workspace.addTag(try body.needed("name")))
    case "define-attribute":
      return String(
        workspace.defineAttribute(
          try body.needed("name"), dataType: body["data_type"]?.string ?? "string",
          model: body["model"]?.string ?? "contact"))
    case "archive-attribute":
      try found(
        workspace.archiveAttribute(
          try body.needed("name"), body["archived"]?.bool ?? true))
    case "refuse-token": workspace.refuseToken(code: body["code"]?.string)
    case "part":
      let part = workspace.addPart(
        to: try body.needed("id"), type: body["type"]?.string ?? "comment",
        body["text"]?.string, admin: body["admin"]?.integer.map { Int(clamping: $0) })
      try found(part != nil)
      return part.map(String.init)
    case "close": try found(workspace.closeConversation(try body.needed("id")))
    case "tag-conversation":
      try found(
        workspace.tagConversation(
          try body.needed("id"), part: body["part"]?.integer.map { Int(clamping: $0) },
          try body.needed("tag")))
    default: return try editPerson(body, verb)
    }
    return nil
  }

  private func editPerson(_ body: JSON, _ verb: String) throws -> String? {
    let workspace = world.intercom
    let id = try body.needed("id")
    switch verb {
    case "update":
      try found(workspace.update(id, try body.needed("field"), body["value"] ?? .null))
    case "set-attribute":
      try found(workspace.setAttribute(id, try body.needed("name"), body["value"] ?? .null))
    case "archive": try found(workspace.archive(id))
    case "unarchive": try found(workspace.unarchive(id))
    case "delete": try found(workspace.delete(id))
    case "block": try found(workspace.block(id))
    case "merge": try found(workspace.merge(id, into: try body.needed("into")))
    case "tag": try found(workspace.tag(id, try body.needed("tag")))
    case "note": return workspace.addNote(try body.needed("text"), to: id).map(String.init)
    case "company": return workspace.addCompany(try body.needed("name"), of: id)
    case "conversation": return workspace.startConversation(from: id, try body.needed("text"))
    default: throw ControlError("Intercom has no edit '\(verb)'")
    }
    return nil
  }

  private func found(_ done: Bool) throws {
    guard done else { throw ControlError("There is nothing by that id or name", status: 404) }
  }
}

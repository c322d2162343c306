import Simulators

extension Stage {
  /// `{"side":"intercom","do":"update","id":…,"field":"email","value":…}` and its like.
  ///
  /// - People: `create` [`role`, `email`, `name`, `phone`, `external_id`, `created_at`,
  ///   `attributes`, `utm`, `tags`, `company`]; `update` `id`, `field` (`email`, `name`, `phone`,
  ///   `external_id`, `owner_id`), `value`; `set-attribute`, `set-utm` `id`, `name`, `value`;
  ///   `tag`, `untag` `id`, `tag` (a name); `note` `id`, `text`; `archive`, `unarchive`, `delete`,
  ///   `block` `id`; `merge` `id`, `into`.
  /// - Companies: `company` `id` (the person's), `name`, [`fields`, `attributes`]; `leave-company`
  ///   `id`, `company`; `set-company` `id` (the company's), [`fields` (`name`, `website`,
  ///   `industry`, `size`, `plan`, `monthly_spend`), `attributes`]; `delete-company` `id`.
  /// - The workspace: `add-admin` `name`, `email`, [`has_inbox_seat`]; `set-admin` `id`,
  ///   [`has_inbox_seat`, `email`]; `remove-admin` `id`; `add-team` `name`, [`admins`]; `add-tag`,
  ///   `delete-tag` `name`; `rename-tag` `name`, `to`; `define-attribute` `name`, [`data_type`,
  ///   `model`]; `archive-attribute` `name`, [`archived`]; `refuse-token` [`code`].
  /// - Conversations: `conversation` `id` (the person's), `text`, [`ai_agent`, `admin`], and what
  ///   `editConversation` tells.
  func editIntercom(_ body: JSON, _ verb: String) throws -> String? {
    let workspace = world.intercom
    switch verb {
    case "create": return try createPerson(body)
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
    case "add-team":
      return String(
        workspace.addTeam(
          name: try body.needed("name"),
          admins: (body["admins"]?.array ?? []).compactMap { $0.integer.map { Int($0) } }))
    case "set-admin":
      try found(
        workspace.setAdmin(
          Int(try body.needed("id")) ?? 0, hasSeat: body["has_inbox_seat"]?.bool,
          email: body["email"]?.string))
    case "remove-admin": try found(workspace.removeAdmin(Int(try body.needed("id")) ?? 0))
    case "delete-tag": try found(workspace.deleteTag(try body.needed("name")))
    case "rename-tag":
      try found(workspace.renameTag(try body.needed("name"), try body.needed("to")))
    case "set-company":
      let id = try body.needed("id")
      try found(workspace.company(id) != nil)
      try setCompany(id, body)
    case "delete-company": try found(workspace.deleteCompany(try body.needed("id")))
    default:
      let (isKnown, made) = try editConversation(body, verb)
      return isKnown ? made : try editPerson(body, verb)
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
    case "untag": try found(workspace.untag(id, try body.needed("tag")))
    case "set-utm":
      try found(workspace.setUTM(id, try body.needed("name"), body["value"] ?? .null))
    case "company":
      let company = workspace.addCompany(try body.needed("name"), of: id)
      if let company { try setCompany(company, body) }
      return company
    case "leave-company": try found(workspace.leaveCompany(try body.needed("company"), id))
    case "conversation":
      let text = try body.needed("text")
      if let admin = body["admin"]?.integer {
        return workspace.startConversation(with: id, text, admin: Int(clamping: admin))
      }
      return workspace.startConversation(
        from: id, text, withAIAgent: body["ai_agent"]?.bool ?? false)
    default: throw ControlError("Intercom has no edit '\(verb)'")
    }
    return nil
  }

  private func createPerson(_ body: JSON) throws -> String {
    let workspace = world.intercom
    let id = workspace.createContact(
      .init(
        role: body["role"]?.string == "lead" ? .lead : .user, email: body["email"]?.string,
        name: body["name"]?.string, phone: body["phone"]?.string,
        externalID: body["external_id"]?.string, createdAt: body["created_at"]?.integer))
    for member in body["attributes"]?.members ?? [] {
      try found(workspace.setAttribute(id, member.key, member.value))
    }
    for member in body["utm"]?.members ?? [] {
      try found(workspace.setUTM(id, member.key, member.value))
    }
    for tag in body["tags"]?.array ?? [] { workspace.tag(id, tag.string ?? "") }
    if let company = body["company"]?.string { workspace.addCompany(company, of: id) }
    return id
  }

  /// `fields` and `attributes` of a company.
  private func setCompany(_ id: String, _ body: JSON) throws {
    for key in ["fields", "attributes"] {
      for member in body[key]?.members ?? [] {
        try found(world.intercom.updateCompany(id, member.key, member.value))
      }
    }
  }

  func found(_ done: Bool) throws {
    guard done else { throw ControlError("There is nothing by that id or name", status: 404) }
  }
}

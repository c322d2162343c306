import Simulators

extension Stage {
  /// What people do with a conversation, all with its `id`; false for a verb of another thing.
  ///
  /// - `reply` `text`, [`admin`, `type`, `attachments` (names)]: a message, the person's own
  ///   without `admin`; the answer names the part. `conversation-note` `text`, [`admin`]: seen by
  ///   teammates only. `part` `type`, [`text`, `admin`]: a part of any kind.
  /// - `close`, `open` [`admin`]; `snooze` `until` (seconds), [`admin`].
  /// - `assign` [`admin`, `team`, `by`]: by hand; 0 leaves it to nobody.
  /// - `tag-conversation`, `untag-conversation` `tag` (a name), [`part`]: a message of it.
  /// - `redact` `part` (the first message by its `source.id`); `delete-conversation`.
  /// - `ai-agent` [`resolution`, `answered`]: `escalated` hands over, without one it is under way.
  /// - `join` `person`; `title` [`text`]; `hide-source`: its `source` is null from then on.
  func editConversation(_ body: JSON, _ verb: String) throws -> (isKnown: Bool, made: String?) {
    let workspace = world.intercom
    func id() throws -> String { try body.needed("id") }
    func number(_ key: String) -> Int? { body[key]?.integer.map { Int(clamping: $0) } }
    switch verb {
    case "reply", "part":
      return (true, try addPart(body, body["type"]?.string ?? "comment", number("admin")))
    case "conversation-note":
      return (true, try addPart(body, "note", number("admin") ?? workspace.tokenAdmin))
    case "close": try found(workspace.closeConversation(try id(), admin: number("admin")))
    case "open": try found(workspace.openConversation(try id(), admin: number("admin")))
    case "snooze":
      try found(
        workspace.snoozeConversation(
          try id(), until: Int64(try body.needed("until")) ?? 0, admin: number("admin")))
    case "assign":
      try found(
        workspace.assignConversation(
          try id(), admin: number("admin"), team: number("team"), by: number("by")))
    case "tag-conversation":
      try found(
        workspace.tagConversation(try id(), part: number("part"), try body.needed("tag")))
    case "untag-conversation":
      try found(
        workspace.untagConversation(try id(), part: number("part"), try body.needed("tag")))
    case "redact":
      try found(workspace.redact(Int(try body.needed("part")) ?? 0, in: try id()))
    case "delete-conversation": try found(workspace.deleteConversation(try id()))
    case "ai-agent":
      try found(
        workspace.setAgent(
          of: try id(), resolution: body["resolution"]?.string,
          answered: body["answered"]?.bool ?? true))
    case "join": try found(workspace.addContact(try body.needed("person"), to: try id()))
    case "title": try found(workspace.setTitle(of: try id(), body["text"]?.string))
    case "hide-source": try found(workspace.hideSource(of: try id()))
    default: return (false, nil)
    }
    return (true, nil)
  }

  private func addPart(_ body: JSON, _ type: String, _ admin: Int?) throws -> String? {
    let part = world.intercom.addPart(
      to: try body.needed("id"), type: type, body["text"]?.string, admin: admin,
      attachments: (body["attachments"]?.array ?? []).compactMap(\.string))
    try found(part != nil)
    return part.map(String.init)
  }
}

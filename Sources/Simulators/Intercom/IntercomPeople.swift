import HTTP

extension IntercomSimulator {
  /// A teammate, or the bot.
  struct Admin {
    var id: Int
    var name: String
    var email: String
    var hasSeat = true
    var teams: [Int] = []

    /// The bot is listed among the admins, and owns nobody.
    var isBot: Bool { name == "Operator" }

    var json: JSON {
      .of(
        ("type", .string("admin")), ("id", .string(String(id))), ("name", .string(name)),
        ("email", .string(email)), ("job_title", .string("")),
        ("away_mode_enabled", .bool(false)), ("away_mode_reassign", .bool(false)),
        ("has_inbox_seat", .bool(hasSeat)), ("team_ids", .array(teams.map { .int(Int64($0)) })))
    }
  }

  struct Team {
    var id: Int
    var name: String
    var admins: [Int]

    var json: JSON {
      .of(
        ("type", .string("team")), ("id", .string(String(id))), ("name", .string(name)),
        ("admin_ids", .array(admins.map { .int(Int64($0)) })))
    }
  }

  struct Tag {
    var id: Int
    var name: String

    var json: JSON {
      .of(("type", .string("tag")), ("id", .string(String(id))), ("name", .string(name)))
    }
  }

  func me(_ call: Call) -> Answer {
    let me = admins[0]
    return Answer(
      .of(
        ("type", .string("admin")), ("id", .string(String(me.id))), ("email", .string(me.email)),
        ("name", .string(me.name)), ("email_verified", .bool(true)),
        (
          "app",
          .of(
            ("type", .string("app")), ("id_code", .string(settings.workspaceID)),
            ("name", .string(settings.workspaceName)), ("created_at", .int(1_400_000_000)),
            ("secure", .bool(false)), ("identity_verification", .bool(false)),
            ("timezone", .string(settings.timezone)), ("region", .string(settings.region)))
        ),
        ("avatar", .of(("type", .string("avatar")), ("image_url", .null))),
        ("has_inbox_seat", .bool(me.hasSeat))))
  }

  func listAdmins(_ call: Call) throws(Refusal) -> Answer {
    if call.path.count == 1 {
      return Answer(
        .of(("type", .string("admin.list")), ("admins", .array(admins.map(\.json)))))
    }
    guard call.path.count == 2, let admin = admins.first(where: { String($0.id) == call.path[1] })
    else { throw Refusal(404, "admin_not_found", "Admin not found") }
    return Answer(admin.json)
  }

  func listTeams(_ call: Call) throws(Refusal) -> Answer {
    if call.path.count == 1 {
      return Answer(.of(("type", .string("team.list")), ("teams", .array(teams.map(\.json)))))
    }
    guard call.path.count == 2, let team = teams.first(where: { String($0.id) == call.path[1] })
    else { throw Refusal(404, "team_not_found", "Team not found") }
    return Answer(team.json)
  }

  // MARK: Tags

  func listTags(_ call: Call) throws(Refusal) -> Answer {
    if call.path[0] == "contacts" {
      let index = try live(call.path[1], call)
      let mine = people.contact(index)?.rare.first?.tags ?? []
      return tagList(tags.filter { mine.contains($0.id) })
    }
    guard call.path.count == 2 else { return tagList(tags) }
    guard let tag = tags.first(where: { String($0.id) == call.path[1] }) else {
      throw .resourceNotFound
    }
    return Answer(tag.json)
  }

  private func tagList(_ tags: [Tag]) -> Answer {
    Answer(.of(("type", .string("list")), ("data", .array(tags.map(\.json)))))
  }

  /// Tags people and takes tags away; neither moves the person's `updated_at`.
  func writeTag(_ call: Call) throws(Refusal) -> Answer {
    guard call.path[0] == "contacts" else { return try writeTagItself(call) }
    let index = try live(call.path[1], call)
    let asked =
      call.method == .post ? try call.object()["id"]?.scalarText : call.path.dropFirst(3).first
    guard let asked, let tag = tags.first(where: { String($0.id) == asked }) else {
      throw .resourceNotFound
    }
    let has = people.contact(index)?.rare.first?.tags.contains(tag.id) ?? false
    if call.method == .post, !has {
      people.change(index, touching: false) { $0.extras.tags.append(tag.id) }
    } else if call.method == .delete {
      guard has else { throw .resourceNotFound }
      people.change(index, touching: false) { contact in
        contact.extras.tags.removeAll { $0 == tag.id }
      }
    }
    writes += 1
    keep(.tagWrite, index, call.bytes)
    return Answer(tag.json)
  }

  private func writeTagItself(_ call: Call) throws(Refusal) -> Answer {
    if call.method == .delete, call.path.count == 2 {
      tags.removeAll { String($0.id) == call.path[1] }
      return Answer(status: 200)
    }
    guard call.method == .post, call.path.count == 1,
      let name = try call.object()["name"]?.string, !name.isEmpty
    else { throw .invalid("invalid tag parameters") }
    writes += 1
    let id = addTag(name)
    return Answer(Tag(id: id, name: name).json)
  }

  // MARK: Notes

  func notes(_ call: Call) throws(Refusal) -> Answer {
    let index = try live(call.path[1], call)
    if call.method == .post {
      let body = try call.object()
      guard let text = body["body"]?.string else {
        throw Refusal(400, "parameter_missing", "body is required")
      }
      let author = body["admin_id"]?.integer.map { Int($0) } ?? admins[0].id
      guard admins.contains(where: { $0.id == author }) else { throw .resourceNotFound }
      writes += 1
      let id = addNote(text, to: index, author: author)
      let note = Contact.Note(id: id, body: text, at: people.second, author: Int32(author))
      return Answer(noteJSON(note, index))
    }
    let notes = people.contact(index)?.rare.first?.notes ?? []
    return Answer(Self.shortList(notes.reversed().map { noteJSON($0, index) }))
  }

  private func noteJSON(_ note: Contact.Note, _ index: UInt32) -> JSON {
    .of(
      ("type", .string("note")), ("id", .string(String(note.id))), ("created_at", .int(note.at)),
      (
        "contact", .of(("type", .string("contact")), ("id", .string(people.id(index))))
      ),
      ("author", admins.first { $0.id == Int(note.author) }?.json ?? .null),
      ("body", .string(note.body)))
  }

  static func shortList(_ rows: [JSON]) -> JSON {
    .of(
      ("type", .string("list")), ("data", .array(rows)), ("total_count", .int(Int64(rows.count))),
      (
        "pages",
        .of(
          ("type", .string("pages")), ("next", .null), ("page", .int(1)), ("per_page", .int(50)),
          ("total_pages", .int(1)))
      ))
  }
}

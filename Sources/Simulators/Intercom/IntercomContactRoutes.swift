import HTTP

extension IntercomSimulator {
  var contactWriter: ContactWriter { contactWriter(has216: false) }

  func contactWriter(has216: Bool) -> ContactWriter {
    ContactWriter(
      identities: people.identities, workspace: JSON.string(settings.workspaceID).bytes,
      keys: attributes.map { $0.model == .contact && !$0.archived ? $0.renderedKey : [] },
      escapesHTML: settings.escapesHTML, listsUnset: settings.listsUnsetAttributes,
      has216: has216, companies: companies)
  }

  func answer(_ index: UInt32, _ call: Call) throws(Refusal) -> Answer {
    guard let contact = people.contact(index) else { throw .userNotFound }
    var writer = Writer(reserving: 3072)
    contactWriter(has216: call.has216).write(contact, index, into: &writer)
    return Answer(writer)
  }

  /// A person by Intercom id who can still be read and written.
  func live(_ id: String, _ call: Call) throws(Refusal) -> UInt32 {
    guard let index = people.index(id: id), let contact = people.contact(index) else {
      throw .userNotFound
    }
    if contact.flags.contains(.merged), call.has216 {
      throw Refusal(
        410, "contact_merged",
        "This contact has been merged. See the 'Link' header for the canonical contact.",
        headers: ["Link": "</contacts/\(people.id(canonical(index)))>; rel=\"canonical\""])
    }
    guard contact.isLive else { throw .userNotFound }
    return index
  }

  /// The end of a chain of merges; the vendor follows three hops.
  private func canonical(_ index: UInt32) -> UInt32 {
    var index = index
    for _ in 0..<3 {
      guard let next = people.contact(index)?.rare.first?.mergedInto else { break }
      index = next
    }
    return index
  }

  func getContact(_ call: Call, _ kind: Kind) throws(Refusal) -> Answer {
    guard kind == .find else { return try answer(live(call.path[1], call), call) }
    guard call.path.count == 3, let index = people.index(externalID: call.path[2]) else {
      throw .userNotFound
    }
    return try answer(live(people.id(index), call), call)
  }

  func listContacts(_ call: Call) throws(Refusal) -> Answer {
    let size = try Self.pageSize(call.query["per_page"].map { .string($0) }, default: 10)
    var index: UInt32 = 0
    var page = 1
    if let cursor = call.query["starting_after"] {
      let parts = cursor.split(separator: "-")
      guard parts.count == 3, parts[0] == "c", let after = UInt32(parts[1], radix: 16),
        let number = Int(parts[2], radix: 16), number >= 1
      else { throw Refusal(400, "client_error", "bad 'starting_after' parameter") }
      index = after == .max ? .max : after + 1
      page = number
    }
    var writer = Writer(reserving: size * 2700 + 256)
    writer.raw("{\"type\":\"list\",\"data\":[")
    let shape = contactWriter(has216: call.has216)
    var written = 0
    var last: UInt32 = 0
    while written < size, let contact = people.contact(index) {
      if contact.isLive {
        if written > 0 { writer.raw(",") }
        shape.write(contact, index, into: &writer)
        written += 1
        last = index
      }
      index += 1
    }
    while let contact = people.contact(index), !contact.isLive { index += 1 }
    let next =
      people.contact(index) == nil
      ? nil : "c-\(String(last, radix: 16))-\(String(page + 1, radix: 16))"
    writer.raw("],\"total_count\":")
    writer.int(people.liveCount)
    Self.pages(page: page, size: size, total: people.liveCount, next: next, into: &writer)
    writer.raw("}")
    return Answer(writer)
  }

  /// Writes `,"pages":{…}`; `next` is absent on the last page, as in recordings.
  static func pages(
    page: Int, size: Int, total: Int, next: String?, into writer: inout Writer
  ) {
    writer.raw(",\"pages\":{\"type\":\"pages\"")
    if let next {
      writer.raw(",\"next\":{\"page\":")
      writer.int(page + 1)
      writer.raw(",\"starting_after\":")
      writer.string(next)
      writer.raw("}")
    }
    writer.raw(",\"page\":")
    writer.int(page)
    writer.raw(",\"per_page\":")
    writer.int(size)
    writer.raw(",\"total_pages\":")
    writer.int((total + size - 1) / size)
    writer.raw("}")
  }

  static func pageSize(_ asked: JSON?, default size: Int) throws(Refusal) -> Int {
    guard let asked, asked != .null else { return size }
    guard let number = asked.integer, number > 0 else { throw .invalid("per_page is invalid") }
    guard number <= 150 else { throw .invalid("Per Page is too big") }
    return Int(number)
  }

  // MARK: Writing

  func createContact(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    let keys = ["role", "email", "external_id"]
    guard keys.contains(where: { body[$0].map { !$0.isNull } ?? false }) else {
      throw Refusal(400, "parameter_missing", "One of role, email or external_id is required")
    }
    let isUser = (body["role"]?.string ?? "user") == "user"
    if isUser {
      try refuseClash(
        externalID: body["external_id"]?.scalarText, email: body["email"]?.string, except: nil)
    }
    var contact = Contact(createdAt: people.second)
    contact.flags = isUser ? [.user] : [.ownUUID]
    try apply(body, to: &contact)
    let index = people.append(contact)
    writes += 1
    keep(.create, index, call.bytes)
    return try answer(index, call)
  }

  func putContact(_ call: Call) throws(Refusal) -> Answer {
    let index = try live(call.path[1], call)
    let body = try call.object()
    guard var edited = people.contact(index) else { throw .userNotFound }
    if let role = body["role"]?.string {
      if edited.isUser, role == "lead" {
        throw Refusal(
          400, "client_error", "Contact with user role can't be converted to a lead")
      }
      if role == "user" { edited.flags.insert(.user) }
    }
    if edited.isUser {
      let external = body["external_id"]?.scalarText
      let email = body["email"]?.string
      if external != nil || email != nil {
        try refuseClash(
          externalID: external ?? people.externalID(index), email: email ?? edited.email,
          except: index)
      }
    }
    try apply(body, to: &edited)
    edited.puts &+= 1
    people.change(index) { contact in
      edited.nextSameEmail = contact.nextSameEmail
      contact = edited
    }
    writes += 1
    keep(.put, index, call.bytes)
    return try answer(index, call)
  }

  /// A user conflicts by external id, or by e-mail where one of the two has no external id.
  private func refuseClash(
    externalID: String?, email: String?, except: UInt32?
  ) throws(Refusal) {
    var clash: UInt32?
    if let externalID, let found = people.index(externalID: externalID), found != except {
      clash = found
    }
    if clash == nil, let email {
      clash = people.indexes(email: email).first { index in
        guard index != except, let other = people.contact(index), other.isUser,
          !other.flags.contains(.merged)
        else { return false }
        return externalID == nil || other.externalID == nil && !other.flags.contains(.ownUUID)
      }
    }
    guard let clash, let other = people.contact(clash), !other.flags.contains(.merged) else {
      return
    }
    let words = other.isLive ? "A contact" : "An archived contact"
    throw Refusal(
      409, "conflict",
      "\(words) matching those details already exists with id=\(people.id(clash))")
  }

  /// Sets what the body names; the whole write is refused for one bad part of it.
  private func apply(_ body: JSON, to contact: inout Contact) throws(Refusal) {
    for member in body.members ?? [] {
      switch member.key {
      case "email": contact.email = member.value.string
      case "name": contact.name = member.value.string
      case "phone": contact.phone = member.value.string
      case "external_id":
        // A lead's id is Intercom's own; what is sent is ignored.
        guard contact.isUser, let id = member.value.scalarText else { continue }
        contact.externalID = id
        contact.flags.remove(.ownUUID)
      case "owner_id": contact.owner = try owner(member.value)
      case "unsubscribed_from_emails":
        if member.value.bool == true {
          contact.flags.insert(.unsubscribed)
        } else {
          contact.flags.remove(.unsubscribed)
        }
      case "signed_up_at": contact.signedUpAt = Self.second(member.value)
      case "last_seen_at": contact.lastSeenAt = Self.second(member.value)
      case "email_verified":
        guard body["email"]?.string != nil || contact.email != nil else {
          throw .invalid("email_verified needs an email")
        }
      case "custom_attributes": try applyAttributes(member.value, to: &contact)
      default: continue
      }
    }
  }

  private static func second(_ value: JSON) -> UInt32 {
    value.integer.flatMap { UInt32(exactly: $0) } ?? 0
  }

  private func owner(_ value: JSON) throws(Refusal) -> Int32 {
    if value.isNull { return 0 }
    guard let id = value.integer, let owner = Int32(exactly: id),
      admins.contains(where: { $0.id == Int(owner) && !$0.isBot })
    else { throw .invalid("The owner specified is not a member of the workspace") }
    return owner
  }

  // MARK: Archive, delete, block

  func deleteContact(_ call: Call) throws(Refusal) -> Answer {
    let index = try live(call.path[1], call)
    people.change(index) { $0.flags.formUnion([.archived, .deleted]) }
    writes += 1
    keep(.delete, index, call.bytes)
    return shortAnswer(index, "deleted", true)
  }

  func archiveContact(_ call: Call) throws(Refusal) -> Answer {
    let verb = call.path[2]
    guard call.path.count == 3, let index = people.index(id: call.path[1]),
      let contact = people.contact(index), !contact.flags.contains(.merged)
    else { throw .userNotFound }
    switch verb {
    case "archive":
      guard contact.isLive else { throw .userNotFound }
      people.change(index) { $0.flags.insert(.archived) }
    case "unarchive":
      if contact.flags.contains(.deleted) {
        throw Refusal(
          400, "bad_request", "User has been marked for permanent deletion and is not restorable.")
      }
      if contact.flags.contains(.blocked) {
        throw Refusal(400, "not_restorable", "Blocked users are not restorable")
      }
      people.change(index) { $0.flags.remove(.archived) }
    default:
      guard contact.isLive else { throw .userNotFound }
      people.change(index) { $0.flags.formUnion([.archived, .blocked]) }
      closeConversations(of: index)
    }
    writes += 1
    keep(.archive, index, call.bytes)
    if verb == "block" { return shortAnswer(index, "blocked", true) }
    return shortAnswer(index, "archived", verb == "archive")
  }

  private func shortAnswer(_ index: UInt32, _ key: String, _ value: Bool) -> Answer {
    Answer(
      .of(
        ("type", .string("contact")), ("id", .string(people.id(index))),
        ("external_id", .text(people.externalID(index))), (key, .bool(value))))
  }

  // MARK: Merge

  func mergeContacts(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    guard let from = body["from"]?.string, let into = body["into"]?.string else {
      throw Refusal(400, "parameter_missing", "from and into are required")
    }
    let lead = try live(from, call)
    let user = try live(into, call)
    guard let source = people.contact(lead), let target = people.contact(user), !source.isUser,
      target.isUser
    else { throw Refusal(400, "invalid_merge", "Only a lead can be merged into a user") }
    if call.has216, body["skip_duplicate_validation"] != .bool(true),
      !Self.sharesIdentifier(source, target)
    {
      throw Refusal(
        400, "invalid_merge",
        "Contacts can only be merged when they are duplicates (matching email or phone). "
          + "Pass skip_duplicate_validation=true to override this check.")
    }
    merge(lead, into: user)
    writes += 1
    keep(.merge, lead, call.bytes)
    return try answer(user, call)
  }

  private static func sharesIdentifier(_ a: Contact, _ b: Contact) -> Bool {
    if let one = a.email, let two = b.email, one.lowercased() == two.lowercased() { return true }
    return a.phone != nil && a.phone == b.phone
  }

  func merge(_ lead: UInt32, into user: UInt32) {
    guard let source = people.contact(lead) else { return }
    people.change(lead) { contact in
      contact.flags.insert(.merged)
      contact.extras.mergedInto = user
    }
    people.change(user) { contact in
      for held in source.attributes where contact.value(of: held.key) == nil {
        contact.set(held.key, held.value)
      }
      let theirs = source.extras.tags.filter { !contact.extras.tags.contains($0) }
      if !theirs.isEmpty { contact.extras.tags += theirs }
      if contact.phone == nil { contact.phone = source.phone }
      let firms = source.extras.companies.filter { !contact.extras.companies.contains($0) }
      if !firms.isEmpty { contact.extras.companies += firms }
    }
    moveConversations(from: lead, to: user)
  }
}

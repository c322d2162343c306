/// What people do in the workspace by hand; none of it counts as a call.
extension IntercomSimulator {
  /// What a new person has; `createdAt` and `lastSeenAt` are seconds since 1970.
  package struct NewContact: Sendable {
    package enum Role: String, Sendable { case user, lead }

    package var role = Role.user
    package var email: String?
    package var name: String?
    package var phone: String?
    /// For users only; nil leaves it to Intercom for leads, and empty for users.
    package var externalID: String?
    package var createdAt: Int64?
    package var lastSeenAt: UInt32 = 0

    package init(
      role: Role = .user, email: String? = nil, name: String? = nil, phone: String? = nil,
      externalID: String? = nil, createdAt: Int64? = nil, lastSeenAt: UInt32 = 0
    ) {
      self.role = role
      self.email = email
      self.name = name
      self.phone = phone
      self.externalID = externalID
      self.createdAt = createdAt
      self.lastSeenAt = lastSeenAt
    }
  }

  package var contactCount: Int { people.liveCount }

  package func reserve(contacts: Int) { people.reserve(contacts) }

  @discardableResult
  package func createContact(_ new: NewContact) -> String {
    var contact = Contact(createdAt: new.createdAt ?? people.second)
    contact.flags = new.role == .user ? [.user] : [.ownUUID]
    contact.email = new.email
    contact.name = new.name
    contact.phone = new.phone
    if new.role == .user { contact.externalID = new.externalID }
    contact.lastSeenAt = new.lastSeenAt
    contact.signedUpAt = new.role == .user ? UInt32(clamping: contact.createdAt) : 0
    return people.id(people.append(contact))
  }

  /// The ids of the people that exist, from the `first`-th created on.
  package func contactIDs(from first: Int = 0, limit: Int = .max) -> [String] {
    var ids: [String] = []
    for index in max(0, first)..<max(first, people.contacts.count) where ids.count < limit {
      if people.contacts[index].isLive { ids.append(people.id(UInt32(index))) }
    }
    return ids
  }

  /// One person as the API shows it (2.15); nil when there is none by that id, whatever its state.
  package func contact(_ id: String) -> JSON? {
    guard let index = people.index(id: id), let contact = people.contact(index) else { return nil }
    var writer = Writer(reserving: 3072)
    contactWriter.write(contact, index, into: &writer)
    return JSON.parse(writer.bytes)
  }

  /// Sets one of `email`, `name`, `phone`, `external_id`, `owner_id`; false for an unknown person
  /// or field.
  @discardableResult
  package func update(_ id: String, _ field: String, _ value: JSON) -> Bool {
    guard let index = people.index(id: id),
      ["email", "name", "phone", "external_id", "owner_id"].contains(field)
    else { return false }
    people.change(index) { contact in
      switch field {
      case "email": contact.email = value.string
      case "name": contact.name = value.string
      case "phone": contact.phone = value.string
      case "owner_id": contact.owner = value.integer.flatMap { Int32(exactly: $0) } ?? 0
      default:
        contact.externalID = value.string
        contact.flags.remove(.ownUUID)
      }
    }
    return true
  }

  /// Sets an attribute by hand, defining it (of the value's type) when it does not exist.
  @discardableResult
  package func setAttribute(_ id: String, _ name: String, _ value: JSON) -> Bool {
    guard let index = people.index(id: id), var contact = people.contact(index) else {
      return false
    }
    if !attributes.contains(where: { $0.name == name && $0.model == .contact }) {
      _ = define(name, model: .contact, dataType: Self.dataType(of: value))
    }
    do throws(Refusal) {
      try applyAttributes(.object([.init(key: name, value: value)]), to: &contact)
    } catch {
      return false
    }
    let edited = contact.attributes
    people.change(index) { $0.attributes = edited }
    return true
  }

  static func dataType(of value: JSON) -> String {
    switch value {
    case .bool: "boolean"
    case .int: "integer"
    case .double: "float"
    default: "string"
    }
  }

  /// Defines an attribute without a call; `model` is `contact` or `company`.
  @discardableResult
  package func defineAttribute(
    _ name: String, dataType: String = "string", model: String = "contact", archived: Bool = false
  ) -> Int {
    let place = define(name, model: .init(rawValue: model) ?? .contact, dataType: dataType)
    attributes[place].archived = archived
    return attributes[place].id
  }

  /// Archives an attribute, or revives it, as an administrator does in the settings.
  @discardableResult
  package func archiveAttribute(_ name: String, _ archived: Bool = true) -> Bool {
    guard let place = attributes.firstIndex(where: { $0.name == name }) else { return false }
    attributes[place].archived = archived
    return true
  }

  @discardableResult
  package func archive(_ id: String) -> Bool { flag(id, [.archived]) }

  @discardableResult
  package func delete(_ id: String) -> Bool { flag(id, [.archived, .deleted]) }

  @discardableResult
  package func block(_ id: String) -> Bool {
    if let index = people.index(id: id) { closeConversations(of: index) }
    return flag(id, [.archived, .blocked])
  }

  @discardableResult
  package func unarchive(_ id: String) -> Bool {
    guard let index = people.index(id: id) else { return false }
    people.change(index) { $0.flags.remove(.archived) }
    return true
  }

  private func flag(_ id: String, _ flags: Contact.Flags) -> Bool {
    guard let index = people.index(id: id) else { return false }
    people.change(index) { $0.flags.formUnion(flags) }
    return true
  }

  /// What Intercom does by itself when a lead logs in: the lead's id vanishes.
  @discardableResult
  package func merge(_ lead: String, into user: String) -> Bool {
    guard let from = people.index(id: lead), let into = people.index(id: user), from != into else {
      return false
    }
    merge(from, into: into)
    return true
  }

  @discardableResult
  package func addAdmin(name: String, email: String, hasSeat: Bool = true) -> Int {
    nextID += 1
    admins.append(Admin(id: nextID, name: name, email: email, hasSeat: hasSeat))
    return nextID
  }

  /// The teammate whose token it is.
  package var tokenAdmin: Int { admins[0].id }

  /// Changes a teammate; nil leaves as it is.
  @discardableResult
  package func setAdmin(_ id: Int, hasSeat: Bool? = nil, email: String? = nil) -> Bool {
    guard let place = admins.firstIndex(where: { $0.id == id }) else { return false }
    if let hasSeat { admins[place].hasSeat = hasSeat }
    if let email { admins[place].email = email }
    return true
  }

  /// A teammate leaves; the token's own admin stays.
  @discardableResult
  package func removeAdmin(_ id: Int) -> Bool {
    guard let place = admins.firstIndex(where: { $0.id == id }), place > 0 else { return false }
    admins.remove(at: place)
    return true
  }

  @discardableResult
  package func addTeam(name: String, admins: [Int]) -> Int {
    nextID += 1
    teams.append(Team(id: nextID, name: name, admins: admins))
    return nextID
  }

  @discardableResult
  package func addTag(_ name: String) -> Int {
    if let known = tags.first(where: { $0.name == name }) { return known.id }
    nextID += 1
    tags.append(Tag(id: nextID, name: name))
    return nextID
  }

  @discardableResult
  package func tag(_ id: String, _ name: String) -> Bool {
    guard let index = people.index(id: id) else { return false }
    let tag = addTag(name)
    people.change(index, touching: false) { contact in
      if !contact.extras.tags.contains(tag) { contact.extras.tags.append(tag) }
    }
    return true
  }

  @discardableResult
  package func untag(_ id: String, _ name: String) -> Bool {
    guard let index = people.index(id: id), let tag = tags.first(where: { $0.name == name }),
      people.contact(index)?.extras.tags.contains(tag.id) == true
    else { return false }
    people.change(index, touching: false) { $0.extras.tags.removeAll { $0 == tag.id } }
    return true
  }

  @discardableResult
  package func deleteTag(_ name: String) -> Bool {
    guard let place = tags.firstIndex(where: { $0.name == name }) else { return false }
    tags.remove(at: place)
    return true
  }

  @discardableResult
  package func renameTag(_ name: String, _ new: String) -> Bool {
    guard let place = tags.firstIndex(where: { $0.name == name }) else { return false }
    tags[place].name = new
    return true
  }

  /// Sets one of the five `utm_…` values; null takes it away.
  @discardableResult
  package func setUTM(_ id: String, _ name: String, _ value: JSON) -> Bool {
    guard let index = people.index(id: id), name.hasPrefix("utm_") else { return false }
    people.change(index) { contact in
      contact.extras.utm.removeAll { $0.key == name }
      if !value.isNull { contact.extras.utm.append(.init(key: name, value: value)) }
    }
    return true
  }

  @discardableResult
  package func addNote(_ body: String, to id: String) -> Int? {
    people.index(id: id).map { addNote(body, to: $0, author: admins[0].id) }
  }

  func addNote(_ body: String, to index: UInt32, author: Int) -> Int {
    nextID += 1
    let note = Contact.Note(id: nextID, body: body, at: people.second, author: Int32(author))
    people.change(index, touching: false) { $0.extras.notes.append(note) }
    return nextID
  }
}

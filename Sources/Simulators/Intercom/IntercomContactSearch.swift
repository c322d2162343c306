extension IntercomSimulator {
  /// The last result, so that the pages of one search need not be computed anew.
  struct SearchCache {
    var query: JSON?
    var sort: JSON?
    var generation = -1
    var zoned216 = false
    var hits: [Hit] = []
  }

  struct Hit {
    var key: Int64
    var index: UInt32
  }

  /// `POST /contacts/search`: dates by whole days of the workspace's zone, and `>` from the next
  /// day's midnight (the vendor's text of every version to 2.16).
  func searchContacts(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    people.settleIndex()
    let pagination = body["pagination"]
    let size = try Self.pageSize(pagination?["per_page"], default: 50)
    let order = try Self.order(body["sort"], call)
    let hits = try hits(body, order, call)
    let (start, page) = try Self.start(
      pagination?["starting_after"], in: hits, ascending: order.ascending)
    let end = min(start + size, hits.count)
    var writer = Writer(reserving: size * 2700 + 256)
    writer.raw("{\"type\":\"list\",\"data\":[")
    let shape = contactWriter(has216: call.has216)
    for place in start..<end {
      guard let contact = people.visible(hits[place].index) else { continue }
      if place > start { writer.raw(",") }
      shape.write(contact, hits[place].index, into: &writer)
    }
    writer.raw("],\"total_count\":")
    writer.int(hits.count)
    let next =
      end < hits.count
      ? "s:\(hits[end - 1].key):\(hits[end - 1].index):\(page + 1)" : nil
    Self.pages(page: page, size: size, total: hits.count, next: next, into: &writer)
    writer.raw("}")
    return Answer(writer)
  }

  // MARK: Order and pages

  private struct Order {
    var field: String
    var ascending: Bool
  }

  private static let sortable = [
    "created_at", "updated_at", "signed_up_at", "last_seen_at", "last_contacted_at",
    "last_replied_at", "name", "email", "id",
  ]

  private static func order(_ sort: JSON?, _ call: Call) throws(Refusal) -> Order {
    guard let sort, sort != .null else { return Order(field: "id", ascending: true) }
    let field = sort["field"]?.string ?? "id"
    let order = sort["order"]?.string ?? "descending"
    guard ["ascending", "descending"].contains(order) else {
      guard call.has216 else { return Order(field: field, ascending: false) }
      throw Refusal(
        400, "invalid_sort_order",
        "Invalid sort order '\(order)'. Must be one of: ascending, descending")
    }
    guard sortable.contains(field) else {
      throw Refusal(400, "invalid_field", "'\(field)' can't be sorted by")
    }
    return Order(field: field, ascending: order == "ascending")
  }

  /// The place after the cursor, by key rather than by number: rows that moved meanwhile neither
  /// hide nor repeat others.
  private static func start(
    _ cursor: JSON?, in hits: [Hit], ascending: Bool
  ) throws(Refusal) -> (Int, Int) {
    guard let cursor, cursor != .null else { return (0, 1) }
    let parts = cursor.string?.split(separator: ":") ?? []
    guard parts.count == 4, parts[0] == "s", let key = Int64(parts[1]),
      let index = UInt32(parts[2]), let page = Int(parts[3]), page >= 1
    else { throw Refusal(400, "client_error", "bad 'starting_after' parameter") }
    let last = Hit(key: key, index: index)
    var low = 0
    var high = hits.count
    while low < high {
      let middle = (low + high) / 2
      let isAfter = ascending ? precedes(last, hits[middle]) : precedes(hits[middle], last)
      if isAfter { high = middle } else { low = middle + 1 }
    }
    return (low, page)
  }

  private static func precedes(_ a: Hit, _ b: Hit) -> Bool {
    a.key != b.key ? a.key < b.key : a.index < b.index
  }

  // MARK: Matching

  private func hits(_ body: JSON, _ order: Order, _ call: Call) throws(Refusal) -> [Hit] {
    let query = body["query"]
    if searches.query == query, searches.sort == (body["sort"] ?? .null),
      searches.generation == people.generation, searches.zoned216 == call.has216
    {
      return searches.hits
    }
    let grammar = SearchGrammar(
      kind: contactField, days: call.version > 20 ? nil : zone, has216: call.has216)
    let filter = try Self.parse(query, grammar)
    var hits = recentHits(filter, order) ?? scan(filter, order)
    hits.sort(by: Self.precedes)
    // A clock that was set back can log one person twice for one second.
    hits = hits.enumerated().filter { place, hit in
      place == 0 || hits[place - 1].index != hit.index
    }.map(\.element)
    if !order.ascending { hits.reverse() }
    searches = SearchCache(
      query: query, sort: body["sort"] ?? .null, generation: people.generation,
      zoned216: call.has216, hits: hits)
    return hits
  }

  private func scan(_ filter: Filter, _ order: Order) -> [Hit] {
    var hits: [Hit] = []
    for index in candidates(filter) {
      guard let contact = people.visible(index), contact.isLive,
        filter.matches({ self.value($0, contact, index) })
      else { continue }
      hits.append(Hit(key: key(order.field, contact, index), index: index))
    }
    if order.field == "name" || order.field == "email" { rankTexts(&hits, order.field) }
    return hits
  }

  /// The result of the commonest search of all, the polling one, without a look at anybody.
  private func recentHits(_ filter: Filter, _ order: Order) -> [Hit]? {
    let single: Filter =
      if case .all(let filters) = filter, filters.count == 1 { filters[0] } else { filter }
    guard case .leaf(let leaf) = single, leaf.field == "updated_at", order.field == leaf.field,
      case .within(let low, let high) = leaf.test, low < high
    else { return nil }
    return people.changed(in: low..<high).map { Hit(key: $0.second, index: $0.index) }
  }

  /// Everybody who could match: by the log of changes or by e-mail where the query allows it.
  private func candidates(_ filter: Filter) -> [UInt32] {
    let leaves: [Filter.Leaf] =
      switch filter {
      case .leaf(let leaf): [leaf]
      case .all(let filters):
        filters.compactMap { if case .leaf(let leaf) = $0 { leaf } else { nil } }
      case .any: []
      }
    for leaf in leaves {
      switch (leaf.field, leaf.test) {
      case ("updated_at", .within(let low, let high)) where low < high:
        return people.changed(in: low..<high).map(\.index)
      case ("email", .equal(.text(let email))):
        return Array(Set(people.indexes(email: email) + people.lagging)).sorted()
      case ("id", .equal(.text(let id))): return people.index(id: id).map { [$0] } ?? []
      default: continue
      }
    }
    return Array(0..<UInt32(people.contacts.count))
  }

  private func key(_ field: String, _ contact: Contact, _ index: UInt32) -> Int64 {
    switch field {
    case "created_at": contact.createdAt
    case "updated_at": contact.updatedAt
    case "signed_up_at": Int64(contact.signedUpAt)
    case "last_seen_at": Int64(contact.lastSeenAt)
    case "last_contacted_at": Int64(contact.rare.first?.lastContactedAt ?? 0)
    case "last_replied_at": Int64(contact.rare.first?.lastRepliedAt ?? 0)
    default: Int64(index)
    }
  }

  private func rankTexts(_ hits: inout [Hit], _ field: String) {
    let texts = hits.map { hit in
      let contact = people.visible(hit.index)
      return ((field == "name" ? contact?.name : contact?.email) ?? "").lowercased()
    }
    let order = texts.indices.sorted { texts[$0] < texts[$1] }
    for (rank, place) in order.enumerated() { hits[place].key = Int64(rank) }
  }

  // MARK: Fields

  private static let texts: Set<String> = [
    "id", "role", "name", "avatar", "owner_id", "email", "email_domain", "phone",
    "formatted_phone", "external_id", "language_override", "browser", "browser_version",
    "browser_language", "os", "location.country", "location.region", "location.city",
    "android_app_name", "android_app_version", "android_device", "android_os_version",
    "android_sdk_version", "ios_app_name", "ios_app_version", "ios_device", "ios_os_version",
    "ios_sdk_version",
  ]

  private static let dates: Set<String> = [
    "created_at", "signed_up_at", "updated_at", "last_seen_at", "last_contacted_at",
    "last_replied_at", "last_email_opened_at", "last_email_clicked_at", "android_last_seen_at",
    "ios_last_seen_at",
  ]

  private func contactField(_ field: String) -> (SearchGrammar.FieldKind, UInt16)? {
    if Self.texts.contains(field) { return (.text, .max) }
    if Self.dates.contains(field) { return (.date, .max) }
    switch field {
    case "unsubscribed_from_emails", "marked_email_as_spam", "has_hard_bounced":
      return (.truth, .max)
    case "tag_id": return (.tag, .max)
    case "segment_id": return (.list, .max)
    default: break
    }
    guard field.hasPrefix("custom_attributes.") else { return nil }
    let name = field.dropFirst("custom_attributes.".count)
    guard
      let place = attributes.firstIndex(where: {
        $0.name == name && $0.model == .contact && !$0.archived
      })
    else { return nil }
    let isDate = ["date", "datetime"].contains(attributes[place].dataType)
    return (isDate ? .date : .text, UInt16(place))
  }

  private func value(
    _ leaf: Filter.Leaf, _ contact: Contact, _ index: UInt32
  ) -> Filter.Operand {
    if leaf.attribute != .max {
      switch contact.value(of: leaf.attribute) ?? .null {
      case .null: return .null
      case .text(let text): return .text(text)
      case .int(let value): return .number(Double(value))
      case .double(let value): return .number(value)
      case .bool(let value): return .truth(value)
      }
    }
    switch leaf.field {
    case "updated_at": return .number(Double(contact.updatedAt))
    case "created_at": return .number(Double(contact.createdAt))
    case "signed_up_at", "last_seen_at", "last_contacted_at", "last_replied_at":
      let second = key(leaf.field, contact, index)
      return second == 0 ? .null : .number(Double(second))
    case "id": return .text(people.id(index))
    case "role": return .text(contact.isUser ? "user" : "lead")
    case "name": return Self.text(contact.name)
    case "email": return Self.text(contact.email)
    case "email_domain":
      return Self.text(contact.email?.split(separator: "@").last.map(String.init))
    case "phone", "formatted_phone": return Self.text(contact.phone)
    case "external_id": return Self.text(people.externalID(index))
    case "owner_id": return contact.owner == 0 ? .null : .text(String(contact.owner))
    case "unsubscribed_from_emails": return .truth(contact.flags.contains(.unsubscribed))
    case "marked_email_as_spam": return .truth(contact.flags.contains(.spam))
    case "has_hard_bounced": return .truth(contact.flags.contains(.bounced))
    case "tag_id": return .list(contact.rare.first?.tags.map(String.init) ?? [])
    case "segment_id": return .list([])
    default: return .null
    }
  }

  private static func text(_ value: String?) -> Filter.Operand {
    value.map { .text($0) } ?? .null
  }
}

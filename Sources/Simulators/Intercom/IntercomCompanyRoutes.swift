import HTTP

extension IntercomSimulator {
  /// The one scroll that an app may have open.
  struct CompanyScroll {
    var id: String
    var next: Int
    var usedAt: Int64
  }

  /// A scroll that is not used for a minute expires.
  static let scrollLifetime: Int64 = 60_000
  /// "There is a limit of 10,000 Companies that can be returned" by pages.
  static let companiesMax = 10_000

  private static let companyNotFound = Refusal(404, "company_not_found", "Company Not Found")

  func companies(_ call: Call) throws(Refusal) -> Answer {
    if call.path[0] == "contacts" { return try companiesOfContact(call) }
    switch (call.method, call.path.count) {
    case (.get, 1): return try findCompanies(call)
    case (.post, 1): return try writeCompany(call)
    case (.get, 2) where call.path[1] == "scroll": return try scrollCompanies(call)
    case (.post, 2) where call.path[1] == "list": return try companyPage(call)
    case (_, 2): break
    default: throw .resourceNotFound
    }
    guard let place = knownCompany(call.path[1]) else { throw Self.companyNotFound }
    switch call.method {
    case .get: return Answer(companyJSON(place))
    case .put:
      try set(place, call.object())
      writes += 1
      return Answer(companyJSON(place))
    case .delete:
      deleteCompany(call.path[1])
      writes += 1
      return Answer(
        .of(
          ("id", .string(call.path[1])), ("object", .string("company")), ("deleted", .bool(true))))
    default: throw .resourceNotFound
    }
  }

  // MARK: Of one person

  private func companiesOfContact(_ call: Call) throws(Refusal) -> Answer {
    let index = try live(call.path[1], call)
    if call.method == .get {
      let mine = people.contact(index)?.rare.first?.companies ?? []
      return Answer(
        Self.shortList(mine.filter { !companies[$0].isDeleted }.map { companyJSON($0) }))
    }
    let asked =
      call.method == .post ? try call.object()["id"]?.scalarText : call.path.dropFirst(3).first
    guard let asked else {
      throw Refusal(400, "parameter_not_found", "company not specified")
    }
    guard let place = knownCompany(asked) else { throw Self.companyNotFound }
    switch call.method {
    case .post: attach(place, to: index)
    case .delete: detach(place, from: index)
    default: throw .resourceNotFound
    }
    writes += 1
    keep(.companies, index, call.bytes)
    return Answer(companyJSON(place))
  }

  // MARK: Lists

  private func findCompanies(_ call: Call) throws(Refusal) -> Answer {
    guard call.query["name"] != nil || call.query["company_id"] != nil else {
      return try companyPage(call)
    }
    let place = companies.firstIndex {
      !$0.isDeleted && (call.query["name"] ?? $0.name) == $0.name
        && (call.query["company_id"] ?? $0.companyID) == $0.companyID
    }
    guard let place else { throw Self.companyNotFound }
    return Answer(companyJSON(place))
  }

  /// Companies of nobody are in no list.
  private var listedCompanies: [Int] {
    companies.indices.filter { !companies[$0].isDeleted && companies[$0].users > 0 }
  }

  /// By the last request of their people, the newest first unless `order` says `asc`.
  private func companyPage(_ call: Call) throws(Refusal) -> Answer {
    let size = try Self.pageSize(call.query["per_page"].map { .string($0) }, default: 15)
    let page = Int(call.query["starting_after"] ?? call.query["page"] ?? "1") ?? 0
    guard page >= 1, page <= Self.companiesMax else { throw .invalid("page is invalid") }
    guard (page - 1) * size < Self.companiesMax else {
      throw .invalid("page is beyond the \(Self.companiesMax) companies that can be listed")
    }
    var rows = listedCompanies.sorted {
      (companies[$0].updatedAt, $0) < (companies[$1].updatedAt, $1)
    }
    if call.query["order"] != "asc" { rows.reverse() }
    let start = min((page - 1) * size, rows.count)
    let end = min(start + size, rows.count)
    var writer = Writer(reserving: size * 600 + 256)
    writer.raw("{\"type\":\"list\",\"data\":")
    writer.json(.array(rows[start..<end].map { companyJSON($0) }))
    writer.raw(",\"total_count\":")
    writer.int(rows.count)
    Self.pages(
      page: page, size: size, total: rows.count, next: end < rows.count ? "\(page + 1)" : nil,
      into: &writer)
    writer.raw("}")
    return Answer(writer)
  }

  private func scrollCompanies(_ call: Call) throws(Refusal) -> Answer {
    if let open = companyScroll, clock.now - open.usedAt > Self.scrollLifetime {
      if open.id == call.query["scroll_param"] { companyScroll = nil }
      if call.query["scroll_param"] == nil { companyScroll = nil }
    }
    if let asked = call.query["scroll_param"] {
      guard companyScroll?.id == asked else {
        throw Refusal(404, "not_found", "scroll parameter not found")
      }
    } else {
      guard companyScroll == nil else {
        throw Refusal(400, "scroll_exists", "scroll already exists for this workspace")
      }
      nextID += 1
      companyScroll = CompanyScroll(
        id: String(people.identities.mix(UInt64(nextID)), radix: 16), next: 0, usedAt: clock.now)
    }
    guard var scroll = companyScroll else { throw .resourceNotFound }
    let rows = listedCompanies.filter { $0 >= scroll.next }.prefix(100)
    scroll.next = (rows.last ?? companies.count) + 1
    scroll.usedAt = clock.now
    companyScroll = rows.isEmpty ? nil : scroll
    return Answer(
      .of(
        ("type", .string("list")), ("data", .array(rows.map { companyJSON($0) })),
        ("pages", .null), ("total_count", .null), ("scroll_param", .string(scroll.id))))
  }

  // MARK: Writing

  /// Creates, or changes the company with that `company_id`.
  private func writeCompany(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    guard let asked = body["company_id"]?.scalarText ?? body["name"]?.string else {
      throw Refusal(400, "bad_request", "bad parameters: company_id or name is required")
    }
    let known = companies.firstIndex { !$0.isDeleted && $0.companyID == asked }
    let place = known ?? makeCompany(body["name"]?.string ?? asked, companyID: asked)
    try set(place, body)
    writes += 1
    return Answer(companyJSON(place))
  }

  private func set(_ place: Int, _ body: JSON) throws(Refusal) {
    for member in body.members ?? [] {
      switch member.key {
      case "name", "website", "industry", "size", "plan", "monthly_spend":
        setCompany(place, member.key, member.value)
      case "custom_attributes":
        for attribute in member.value.members ?? [] {
          guard attributes.contains(where: { $0.name == attribute.key && $0.model == .company })
          else { throw .invalid("Custom attribute '\(attribute.key)' does not exist") }
          setCompany(place, attribute.key, attribute.value)
        }
      default: continue
      }
    }
  }
}

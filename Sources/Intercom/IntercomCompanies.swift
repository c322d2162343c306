import HTTP
package import SyncCore

/// A company of the workspace; a person may be in several.
package struct Company: Sendable, Equatable {
  /// Intercom's own id, not the `company_id` that the workspace's owner gave.
  package var id: String
  /// Its fields and custom attributes that have one value, by their bare names, HTML escapes
  /// undone; where a custom attribute bears a field's name, the field counts unless it is null.
  package var values: Values

  package init(id: String, values: Values) {
    self.id = id
    self.values = values
  }
}

extension Company {
  /// Without those that change by the mere use of the product, such as `session_count`.
  private static let fields = [
    "name", "website", "industry", "size", "monthly_spend", "company_id",
  ]

  /// Nil for what is no company.
  init?(_ tree: JSONTree) {
    guard let id = tree["id"]?.id, tree["type"]?.text != "error.list" else { return nil }
    var values: Values = [:]
    for (name, member) in tree["custom_attributes"]?.members ?? [:] { values[name] = member.value }
    for name in Self.fields {
      guard let value = tree[name]?.value, value != .null || values[name] == nil else { continue }
      values[name] = value
    }
    // `{}` where there is none, `{"id":…,"name":…}` where there is one.
    if let plan = tree["plan"]?["name"]?.value ?? tree["plan"]?.value { values["plan"] = plan }
    self.init(id: id, values: values)
  }
}

extension Intercom {
  /// One company, nil when there is none of this id any more (`GET /companies/{id}`).
  package func company(_ id: String) async throws(IntercomError) -> Company? {
    let answered: (response: Response, judge: Judge)
    do {
      answered = try await call(
        .company, "read the company \(id)", .get, "/companies/" + id.percentEncoded)
    } catch {
      guard error.failure.meaning == IntercomMeaning.companyGone else { throw error }
      return nil
    }
    let tree = try tree(answered)
    if tree["deleted"]?.flag == true { return nil }
    guard let company = Company(tree) else {
      throw answered.judge.unreadable(answered.response, "the answer is no company")
    }
    return company
  }

  /// One page of all companies that have people; begin with nil, go on with the answer's `next`.
  ///
  /// `POST /companies/list` ends after 10,000 companies, and of `GET /companies/scroll` an app may
  /// have one open, which dies after a minute and cannot be resumed (OpenAPI 2.15). So the list is
  /// used while the count that it gives fits into it, and the scroll, from its beginning, where it
  /// does not. Ordered by last use, the list may miss a company that moves to its top while it is
  /// read; the people of that one bring it at their next change.
  package func companyList(
    _ next: String?
  ) async throws(IntercomError) -> (companies: [Company], next: String?) {
    switch CompanyCursor(next) {
    case .page(let page): try await companyPage(page)
    case .scroll(let place): try await companyScroll(place)
    }
  }

  /// The greatest page that the list takes, less than that of other lists.
  private static let companyPageSize = 60
  /// What the list gives at most.
  private static let companyListMax = 10_000

  private func companyPage(
    _ page: Int
  ) async throws(IntercomError) -> (companies: [Company], next: String?) {
    let answered = try await call(
      .companies, "read the list of companies", .post,
      "/companies/list?per_page=\(Self.companyPageSize)&page=\(page)&order=desc")
    let tree = try tree(answered)
    if page == 1, let total = tree["total_count"]?.id.flatMap({ Int($0) }),
      total > Self.companyListMax
    {
      return ([], CompanyCursor.scroll(nil).text)
    }
    let companies = try companies(tree, answered)
    guard !companies.isEmpty, page <= Self.companyListMax / Self.companyPageSize,
      hasPage(after: page, tree["pages"])
    else { return (companies, nil) }
    return (companies, CompanyCursor.page(page + 1).text)
  }

  /// `next` is null, an address or an object, and not in every version; `total_pages` counts too.
  private func hasPage(after page: Int, _ pages: JSONTree?) -> Bool {
    if let total = pages?["total_pages"]?.id.flatMap({ Int($0) }) { return page < total }
    return pages?["next"].map { $0.text != nil || !$0.members.isEmpty } ?? false
  }

  private func companyScroll(
    _ place: String?
  ) async throws(IntercomError) -> (companies: [Company], next: String?) {
    let path = "/companies/scroll"
    let answered = try await call(
      place == nil ? .companies : .scroll, "scroll through the companies", .get,
      place.map { path + "?scroll_param=" + $0.percentEncoded } ?? path)
    let tree = try tree(answered)
    let companies = try companies(tree, answered)
    guard !companies.isEmpty, let place = tree["scroll_param"]?.id else { return (companies, nil) }
    return (companies, CompanyCursor.scroll(place).text)
  }

  private func companies(
    _ tree: JSONTree, _ answered: (response: Response, judge: Judge)
  ) throws(IntercomError) -> [Company] {
    guard case .list(let items) = tree["data"] ?? tree["companies"] else {
      throw answered.judge.unreadable(answered.response, "the answer has no list of companies")
    }
    let companies = items.compactMap { Company($0) }
    guard companies.count == items.count else {
      throw answered.judge.unreadable(answered.response, "the answer has a company without an id")
    }
    return companies
  }
}

/// Where the reading of the companies goes on.
private enum CompanyCursor {
  case page(Int)
  /// Nil begins a scroll.
  case scroll(String?)

  init(_ text: String?) {
    guard let text else {
      self = .page(1)
      return
    }
    if text.hasPrefix("scroll:") {
      let place = text.dropFirst("scroll:".count)
      self = .scroll(place.isEmpty ? nil : String(place))
    } else {
      self = .page(Int(text.dropFirst("page:".count)) ?? 1)
    }
  }

  var text: String {
    switch self {
    case .page(let page): "page:\(page)"
    case .scroll(let place): "scroll:" + (place ?? "")
    }
  }
}

/// Companies as people in the workspace keep them; none of it counts as a call.
///
/// A change of a company moves nobody's `updated_at`: there is no feed of changed companies.
extension IntercomSimulator {
  struct Company {
    var id: String
    /// The id of the system that made it.
    var companyID: String
    var name: String
    var createdAt: Int64
    var updatedAt: Int64
    var website: String?
    var industry: String?
    var plan: String?
    var size: Int64?
    var monthlySpend: Int64 = 0
    var attributes: [JSON.Member] = []
    var users = 0
    var isDeleted = false

    func json(workspace: String, escaping: Bool) -> JSON {
      func text(_ value: String) -> JSON {
        .string(escaping ? IntercomSimulator.html(value) : value)
      }
      var members: [JSON.Member] = []
      func add(_ key: String, _ value: JSON) { members.append(.init(key: key, value: value)) }
      add("type", .string("company"))
      add("company_id", .string(companyID))
      add("id", .string(id))
      add("app_id", .string(workspace))
      add("name", text(name))
      add("remote_created_at", .int(createdAt))
      add("created_at", .int(createdAt))
      add("updated_at", .int(updatedAt))
      add("last_request_at", .int(updatedAt))
      add("monthly_spend", .int(monthlySpend))
      add("session_count", .int(0))
      add("user_count", .int(Int64(users)))
      // What was never set is left out, as in the description's examples.
      if let size { add("size", .int(size)) }
      if let website { add("website", .string(website)) }
      if let industry { add("industry", text(industry)) }
      add("tags", .of(("type", .string("tag.list")), ("tags", .array([]))))
      add("segments", .of(("type", .string("segment.list")), ("segments", .array([]))))
      add(
        "plan",
        plan.map {
          .of(("type", .string("plan")), ("id", .string("1")), ("name", .string($0)))
        } ?? .object([]))
      add(
        "custom_attributes",
        .object(
          attributes.map { member in
            .init(key: member.key, value: member.value.string.map { text($0) } ?? member.value)
          }))
      return .object(members)
    }
  }

  func companyJSON(_ place: Int) -> JSON {
    companies[place].json(workspace: settings.workspaceID, escaping: settings.escapesHTML)
  }

  /// Makes a company of nobody, and says where it is.
  func makeCompany(_ name: String, companyID: String? = nil) -> Int {
    nextID += 1
    let company = Company(
      id: "5f" + String(repeating: "0", count: 14)
        + String(repeating: "0", count: max(0, 8 - String(nextID, radix: 16).count))
        + String(nextID, radix: 16),
      companyID: companyID ?? String(nextID), name: name, createdAt: people.second,
      updatedAt: people.second)
    companyPlaces[company.id] = companies.count
    companies.append(company)
    return companies.count - 1
  }

  func knownCompany(_ id: String) -> Int? {
    companyPlaces[id].flatMap { companies[$0].isDeleted ? nil : $0 }
  }

  /// Puts a person into a company, which is made when there is none of that name.
  @discardableResult
  package func addCompany(_ name: String, of id: String) -> String? {
    guard let index = people.index(id: id) else { return nil }
    let known = companies.firstIndex { $0.name == name && !$0.isDeleted }
    let place = known ?? makeCompany(name)
    attach(place, to: index)
    return companies[place].id
  }

  func attach(_ place: Int, to index: UInt32) {
    guard people.contact(index)?.extras.companies.contains(place) == false else { return }
    people.change(index) { $0.extras.companies.append(place) }
    companies[place].users += 1
  }

  func detach(_ place: Int, from index: UInt32) {
    guard people.contact(index)?.extras.companies.contains(place) == true else { return }
    people.change(index) { $0.extras.companies.removeAll { $0 == place } }
    companies[place].users -= 1
  }

  /// Takes a person out of a company, by the company's id.
  @discardableResult
  package func leaveCompany(_ company: String, _ id: String) -> Bool {
    guard let index = people.index(id: id), let place = knownCompany(company),
      people.contact(index)?.extras.companies.contains(place) == true
    else { return false }
    detach(place, from: index)
    return true
  }

  /// Sets one of `name`, `website`, `industry`, `size`, `plan`, `monthly_spend`, or else a custom
  /// attribute, which null takes away.
  @discardableResult
  package func updateCompany(_ id: String, _ field: String, _ value: JSON) -> Bool {
    guard let place = knownCompany(id) else { return false }
    let standard = ["name", "website", "industry", "size", "plan", "monthly_spend"]
    if !standard.contains(field), !attributes.contains(where: { $0.name == field }) {
      _ = define(field, model: .company, dataType: Self.dataType(of: value))
    }
    setCompany(place, field, value)
    return true
  }

  func setCompany(_ place: Int, _ field: String, _ value: JSON) {
    switch field {
    case "name": companies[place].name = value.string ?? companies[place].name
    case "website": companies[place].website = value.string
    case "industry": companies[place].industry = value.string
    case "plan": companies[place].plan = value.string
    case "size": companies[place].size = value.integer
    case "monthly_spend": companies[place].monthlySpend = value.integer ?? 0
    default:
      companies[place].attributes.removeAll { $0.key == field }
      companies[place].attributes.append(.init(key: field, value: value))
    }
    companies[place].updatedAt = people.second
  }

  @discardableResult
  package func deleteCompany(_ id: String) -> Bool {
    guard let place = knownCompany(id) else { return false }
    companies[place].isDeleted = true
    for index in people.contacts.indices
    where people.contacts[index].rare.first?.companies.contains(place) == true {
      detach(place, from: UInt32(index))
    }
    return true
  }

  /// One company as the API shows it.
  package func company(_ id: String) -> JSON? { knownCompany(id).map { companyJSON($0) } }
}

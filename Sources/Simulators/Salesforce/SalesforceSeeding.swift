extension SalesforceSimulator {
  /// What ``seed(_:)`` makes.
  package struct Population: Sendable {
    package var leads: Int
    package var contacts: Int
    package var users = 20
    package var queues = 3
    package var roles = 5
    /// Whether some records are deleted, merged and converted.
    package var hasHistory = true
    /// Over how many days before now the stamps lie.
    package var days: Int64 = 700

    package init(leads: Int, contacts: Int) {
      self.leads = leads
      self.contacts = contacts
    }
  }

  /// The address of the n-th person of a seeded world, in lower case.
  ///
  /// Leads have the addresses 0 up to `leads`, contacts those that follow; every tenth contact
  /// shares the address of a lead, every fiftieth lead that of the lead before.
  package static func seededEmail(_ number: Int) -> String {
    "person\(number)@example.com"
  }

  /// Fills the org: every script, empty and over-long fields, several records for one address.
  package func seed(_ population: Population) {
    var random = OrgRandom(seed: settings.seed &* 31 &+ 7)
    let roles = (0..<population.roles).map { createRole(name: "Role \($0)") }
    var owners = (0..<population.users).map { number in
      createUser(
        firstName: Self.names[number % Self.names.count], lastName: "Owner \(number)",
        email: "owner\(number)@example.com",
        role: number % 4 == 3 ? nil : roles.randomElement(using: &random),
        title: number % 2 == 0 ? "Account Executive" : nil, isActive: number % 9 != 8)
    }
    if owners.isEmpty { owners = [integrationUserID] }
    let queues = (0..<population.queues).map {
      createQueue(name: "Queue \($0)", email: $0 == 0 ? "queue@example.com" : nil)
    }
    fill(org.lead, population.leads, owners + queues, population, &random) { number in
      number % 50 == 49 ? number - 1 : number
    }
    fill(org.contact, population.contacts, owners, population, &random) { number in
      number % 10 == 9 && population.leads > 0
        ? number % population.leads : population.leads + number
    }
    if population.hasHistory { makeHistory(population) }
  }

  private func fill(
    _ table: OrgTable, _ count: Int, _ owners: [String], _ population: Population,
    _ random: inout OrgRandom, _ person: (Int) -> Int
  ) {
    table.reserve(count)
    let schema = table.schema
    let cells = Seeder.Cells(schema)
    let seconds = population.days * 86_400
    for number in 0..<count {
      let age = Int64.random(in: 1...max(1, seconds), using: &random)
      var row = OrgRow(serial: table.nextSerial, at: org.second - age * 1000)
      row.modifiedAt = row.createdAt + Int64.random(in: 0..<age, using: &random) * 1000
      row.stamp = row.modifiedAt
      var seeder = Seeder(row: row)
      let choice = Int(truncatingIfNeeded: random.next() >> 33)
      seeder.set(cells.lastName, Self.names[choice % Self.names.count])
      if choice % 3 != 0 { seeder.set(cells.firstName, Self.names[choice / 7 % Self.names.count]) }
      if number % 97 != 96 {
        let email = Self.seededEmail(person(number))
        seeder.set(cells.email, number % 41 == 40 ? email.uppercased() : email)
      }
      if number % 1009 == 1008 {
        seeder.set(cells.title, Self.longTitle)
      } else if choice % 4 != 0 {
        seeder.set(cells.title, Self.titles[choice / 11 % Self.titles.count])
      }
      seeder.set(cells.company, Self.companies[choice / 13 % Self.companies.count])
      seeder.set(cells.source, OrgSchemas.sources[choice / 17 % OrgSchemas.sources.count])
      let open = settings.leadStatuses.filter { !$0.isConverted }
      if !open.isEmpty { seeder.set(cells.status, open[choice / 19 % open.count].apiName) }
      seeder.set(cells.owner, owners[choice / 23 % owners.count])
      seeder.set(cells.createdBy, integrationUserID)
      seeder.set(cells.modifiedBy, integrationUserID)
      table.append(seeder.row)
    }
  }

  /// Deleted, merged and converted rows, as far as the population has them.
  private func makeHistory(_ population: Population) {
    let lead = org.lead
    let first = lead.rows.count - population.leads
    for number in stride(from: 300, to: population.leads, by: 301) {
      var row = lead.rows[first + number]
      row.isDeleted = true
      lead.replace(first + number, by: row)
    }
    for number in stride(from: 400, to: population.leads - 1, by: 401) {
      merge(
        into: lead.id(lead.rows[first + number + 1]), from: [lead.id(lead.rows[first + number])])
    }
    for number in stride(from: 200, to: population.leads, by: 203) {
      let id = lead.id(lead.rows[first + number])
      if isAlive(id) { convert(lead: id) }
    }
  }

  /// Builds one row without looking twice.
  private struct Seeder {
    struct Cells {
      let lastName, firstName, email, title, company, source, status, owner: UInt8?
      let createdBy, modifiedBy: UInt8?

      init(_ schema: OrgSchema) {
        lastName = schema.cell("LastName")
        firstName = schema.cell("FirstName")
        email = schema.cell("Email")
        title = schema.cell("Title")
        company = schema.cell("Company")
        source = schema.cell("LeadSource")
        status = schema.cell("Status")
        owner = schema.cell("OwnerId")
        createdBy = schema.cell("CreatedById")
        modifiedBy = schema.cell("LastModifiedById")
      }
    }

    var row: OrgRow

    mutating func set(_ cell: UInt8?, _ text: String) {
      guard let cell else { return }
      var text = text
      text.withUTF8 { row.append(cell, $0) }
    }
  }

  private static let names = [
    "Ann", "O'Brien", "Müller", "Łukasz", "Ольга", "Νίκος", "محمد", "דוד", "अमित", "สมชาย", "김민준",
    "李小龍", "さくら", "Nguyễn", "Þór", "Žofie", "Van der Berg", "a\"b", "<b>Bold</b>", "Zoë & Co",
  ]
  private static let titles = [
    "CEO", "Head of Sales", "Geschäftsführer", "Директор", "営業部長", "مدير", "Ingénieur principal",
    "VP, \"Growth\"", "R&D <Lead>", "👩‍💻 Developer", "Null", "NA", "0",
  ]
  private static let companies = [
    "Example Ltd", "Müller & Söhne GmbH", "株式会社サンプル", "ООО Ромашка", "Acme, Inc.", "\"Quoted\" SA",
  ]
  /// More than 255 UTF-16 units, with graphemes that must not be cut.
  private static let longTitle =
    String(repeating: "Very senior ", count: 20) + String(repeating: "👨‍👩‍👧‍👦", count: 10)
}

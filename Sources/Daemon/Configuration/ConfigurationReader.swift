import SyncCore

/// Goes through the tables of a document in the order of the manual.
struct ConfigurationReader {
  let document: TOMLDocument
  var configuration: Configuration
  var warnings: [String] = []

  /// Starts with the keys that have no default.
  init(_ document: TOMLDocument) throws(ConfigurationError) {
    self.document = document
    let section = try ConfigurationSection(document, "salesforce")
    let isEmpty = if case .text("")? = section.entries["login_url"] { true } else { false }
    guard !isEmpty, let url = try section.server("login_url") else {
      throw section.refusal(
        "login_url", allowed: "the org's My Domain, such as https://example.my.salesforce.com")
    }
    let clientID = try section.text(
      "client_id", allowed: "the consumer key of the External Client App",
      where: { ConfigurationText.isPlain($0) && !$0.contains(" ") })
    guard let clientID else {
      throw section.refusal(
        "client_id", allowed: "the consumer key of the External Client App")
    }
    configuration = Configuration(loginURL: url, clientID: clientID)
  }

  mutating func readAll() throws(ConfigurationError) {
    try readSalesforce()
    try readIntercom()
    try readPoll()
    try readMatch()
    try readAttributes()
    try readEvents()
    try readLeads()
    try readMapping()
    try readTasksAndAssign()
    try readGuard()
    try readMail()
    try readPlaces()
  }

  mutating func warn(_ section: ConfigurationSection, _ key: String, _ sentence: String) {
    let line = document.line(of: section.path + [key]).map { ":\($0)" } ?? ""
    warnings.append("\(document.file)\(line): \(section.name).\(key) \(sentence)")
  }

  // MARK: - The sides

  private mutating func readSalesforce() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "salesforce")
    try section.choice("flow", into: &configuration.salesforce.flow)
    try section.optional(
      "username", into: &configuration.salesforce.username,
      allowed: "the integration user's name, such as \"sync@example.com\"",
      where: ConfigurationText.isEmailAddress)
    if let audience = try section.server("audience") {
      configuration.salesforce.audience = audience.description
    }
    try section.choice("environment", into: &configuration.salesforce.environment)
    try section.text(
      "api_version", into: &configuration.salesforce.apiVersion,
      allowed: "a version as a text, such as \"62.0\"",
      where: { ConfigurationText.isVersion($0, integral: true) })
    try section.share("daily_share", into: &configuration.salesforce.dailyShare)
    try checkFlow(section)
  }

  private mutating func checkFlow(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) {
    let salesforce = configuration.salesforce
    if salesforce.flow == .jwtBearer {
      guard salesforce.username != nil else {
        throw section.refusal(
          "username", section.entries["username"] == nil ? "missing" : "empty",
          allowed: "the integration user's name, which flow = \"jwt-bearer\" needs")
      }
    } else {
      if salesforce.username != nil {
        warn(section, "username", "is not used: it belongs to flow = \"jwt-bearer\"")
      }
    }
    let shared = ["login.salesforce.com", "test.salesforce.com"]
    if shared.contains(salesforce.loginURL.host), salesforce.flow == .clientCredentials {
      throw section.refusal(
        "login_url", TOMLText.quoted(salesforce.loginURL.description),
        allowed: "the org's My Domain, such as https://example.my.salesforce.com: "
          + "Salesforce refuses flow = \"client-credentials\" on this host")
    }
  }

  private mutating func readIntercom() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "intercom")
    if let url = try section.server("api_url") { configuration.intercom.apiURL = url }
    if let url = try section.server("app_url") { configuration.intercom.appURL = url }
    try section.text(
      "api_version", into: &configuration.intercom.apiVersion,
      allowed: "a version as a text, such as \"2.15\"",
      where: { ConfigurationText.isVersion($0, integral: false) })
    try section.share("rate_share", into: &configuration.intercom.rateShare)
  }

  private mutating func readPoll() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "poll")
    try section.duration("every", into: &configuration.poll.every)
    try section.duration("at_most", into: &configuration.poll.atMost)
    try section.duration("overlap", into: &configuration.poll.overlap)
    try section.duration("reconcile", into: &configuration.poll.reconcile)
    try section.count("bulk_above", into: &configuration.poll.bulkAbove)

    let poll = configuration.poll
    if poll.atMost < poll.every {
      if section.entries["at_most"] != nil {
        throw section.refusal(
          "at_most", allowed: "a duration not below poll.every, \"\(TimeSpan.text(poll.every))\"")
      }
      configuration.poll.atMost = poll.every
    }
    let isLocal =
      configuration.salesforce.loginURL.isLoopback && configuration.intercom.apiURL.isLoopback
    if poll.every < 300_000, !isLocal {
      warn(
        section, "every",
        "is \"\(TimeSpan.text(poll.every))\": each poll costs API calls on both sides; "
          + "\"5m\" or more is advised")
    }
  }

  private mutating func readMatch() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "match")
    try section.choice("prefer", into: &configuration.match.prefer)
    let allowed =
      "\"email\" or { intercom = \"external_id\", salesforce = \"Intercom_ID__c\" }"
    switch section.entries["by"] {
    case nil, .text("email")?: break
    case .table(let entries)?:
      let by = ConfigurationSection(
        document, name: "match.by", path: ["match", "by"], entries)
      let name = "the API name of a field: letters, digits and underscores"
      guard
        let intercom = try by.text(
          "intercom", allowed: name, where: ConfigurationText.isAPIName),
        let salesforce = try by.text(
          "salesforce", allowed: name, where: ConfigurationText.isAPIName)
      else {
        let absent = ConfigurationSchema.matchBy.first { entries[$0] == nil } ?? "intercom"
        throw by.refusal(absent, allowed: name)
      }
      configuration.match.by = .externalID(intercom: intercom, salesforce: salesforce)
    default: throw section.refusal("by", allowed: allowed)
    }
  }

  // MARK: - Names in Intercom

  private mutating func readAttributes() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "attributes")
    for attribute in Attribute.allCases {
      try section.optional(
        attribute.key, into: &configuration.attributes[attribute],
        allowed: "a name of at most 190 characters without . and $",
        where: ConfigurationText.isIntercomName)
    }
    try refuseTwins(
      section,
      Attribute.allCases.map { ($0.key, configuration.attributes[$0]) })
  }

  private mutating func readEvents() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "events")
    let allowed = "a name of at most 190 characters without . and $"
    let isName = ConfigurationText.isIntercomName
    try section.optional(
      "owner", into: &configuration.events.owner, allowed: allowed, where: isName)
    try section.optional(
      "status", into: &configuration.events.status, allowed: allowed, where: isName)
    try section.optional(
      "title", into: &configuration.events.title, allowed: allowed, where: isName)
    try section.optional(
      "converted", into: &configuration.events.converted, allowed: allowed, where: isName)
    let events = configuration.events
    try refuseTwins(
      section,
      [
        ("owner", events.owner), ("status", events.status), ("title", events.title),
        ("converted", events.converted),
      ])
  }

  /// Two keys that name one thing would overwrite each other in Intercom.
  private func refuseTwins(
    _ section: ConfigurationSection, _ names: [(key: String, name: String?)]
  ) throws(ConfigurationError) {
    var seen: [String: String] = [:]
    for (key, name) in names {
      guard let name else { continue }
      if let twin = seen[name.lowercased()] {
        // The key that stands in the file is the one to blame, not a default.
        let (guilty, other) = section.entries[key] == nil ? (twin, key) : (key, twin)
        throw section.refusal(
          guilty, TOMLText.quoted(name),
          allowed: "a name that \(section.name).\(other) does not have already")
      }
      seen[name.lowercased()] = key
    }
  }
}

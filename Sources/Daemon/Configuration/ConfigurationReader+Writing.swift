import SyncCore

/// The tables about what goes from Intercom to Salesforce, and the rest.
extension ConfigurationReader {
  mutating func readLeads() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "leads")
    let line = "a text on one line, not empty"
    try section.text(
      "source", into: &configuration.leads.source, allowed: line,
      where: ConfigurationText.isPlain)
    try section.text(
      "placeholder", into: &configuration.leads.placeholder, allowed: line,
      where: ConfigurationText.isPlain)
    try section.optional(
      "external_id_field", into: &configuration.leads.externalIDField,
      allowed: "the API name of a field: letters, digits and underscores",
      where: ConfigurationText.isAPIName)
    try section.optional(
      "tag", into: &configuration.leads.tag, allowed: "the name of a tag",
      where: ConfigurationText.isPlain)
    try section.flag("allow_duplicates", into: &configuration.leads.allowDuplicates)
    configuration.leads.defaults = try defaults(section)
    configuration.leads.rules = try rules(section)
  }

  private func defaults(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> [String: Configuration.Constant] {
    switch section.entries["defaults"] {
    case nil: return [:]
    case .table(let entries)?:
      let inner = ConfigurationSection(
        document, name: "leads.defaults", path: ["leads", "defaults"], entries)
      var defaults: [String: Configuration.Constant] = [:]
      for (field, setting) in entries.sorted(by: { $0.key < $1.key }) {
        guard ConfigurationText.isAPIName(field), let value = constant(setting, lists: false)
        else {
          throw inner.refusal(
            field, allowed: "a Lead field's API name with a text, a number, true or false")
        }
        defaults[field] = value
      }
      return defaults
    default:
      throw section.refusal("defaults", allowed: "a table, [leads.defaults]")
    }
  }

  private func rules(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> [Configuration.Rule] {
    guard let setting = section.entries["rule"] else { return [] }
    guard case .list(let list) = setting else {
      throw section.refusal("rule", allowed: "tables, each [[leads.rule]]")
    }
    var rules: [Configuration.Rule] = []
    for (index, setting) in list.enumerated() {
      guard case .table(let entries) = setting else {
        throw section.refusal("rule", allowed: "tables, each [[leads.rule]]")
      }
      let number = String(index + 1)
      let inner = ConfigurationSection(
        document, name: "leads.rule[\(number)]", path: ["leads", "rule", number], entries)
      let rule = try rule(inner)
      if rules.contains(where: { $0.name == rule.name }) {
        throw inner.refusal("name", allowed: "a name that no other rule has")
      }
      rules.append(rule)
    }
    return rules
  }

  private func rule(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> Configuration.Rule {
    let named = "a name on one line, not empty"
    let name = try section.text("name", allowed: named, where: ConfigurationText.isPlain)
    guard let name else { throw section.refusal("name", allowed: named) }
    guard case .list(let list)? = section.entries["when"], !list.isEmpty else {
      throw section.refusal(
        "when", allowed: "conditions, [ { attribute = \"…\", is = \"=\", value = \"…\" } ]")
    }
    var rule = Configuration.Rule(name: name, when: [])
    try section.flag("backfill", into: &rule.backfill)
    for (index, setting) in list.enumerated() {
      guard case .table(let entries) = setting else {
        throw section.refusal("when", allowed: "tables with attribute, is and value")
      }
      let number = String(index + 1)
      rule.when.append(
        try condition(
          ConfigurationSection(
            document, name: "\(section.name).when[\(number)]",
            path: section.path + ["when", number], entries)))
    }
    return rule
  }

  private func condition(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> Configuration.Condition {
    let attributes =
      "a contact field, \"custom_attributes.NAME\", \"company.NAME\", \"tag\" or \"role\""
    let attribute = try section.text(
      "attribute", allowed: attributes, where: ConfigurationText.isPlain)
    guard let attribute else { throw section.refusal("attribute", allowed: attributes) }
    typealias Comparison = Configuration.Condition.Comparison
    guard section.entries["is"] != nil else {
      throw section.refusal("is", allowed: ConfigurationSection.list(Comparison.self))
    }
    var comparison = Comparison.equal
    try section.choice("is", into: &comparison)
    return Configuration.Condition(
      attribute: attribute, comparison: comparison, value: try value(section, for: comparison))
  }

  private func value(
    _ section: ConfigurationSection, for comparison: Configuration.Condition.Comparison
  ) throws(ConfigurationError) -> Configuration.Constant? {
    if comparison == .set || comparison == .unset {
      guard section.entries["value"] == nil else {
        throw section.refusal("value", allowed: "nothing with \"\(comparison.rawValue)\"")
      }
      return nil
    }
    let value = section.entries["value"].flatMap { constant($0, lists: true) }
    switch (comparison, value) {
    case (.in, .list(let list)?) where !list.isEmpty: return value
    case (.in, _): throw section.refusal("value", allowed: "an array with \"in\"")
    case (.contains, .text?), (.startsWith, .text?), (.endsWith, .text?): return value
    case (.contains, _), (.startsWith, _), (.endsWith, _):
      throw section.refusal("value", allowed: "a text with \"\(comparison.rawValue)\"")
    case (.greater, .flag?), (.less, .flag?), (.atLeast, .flag?), (.atMost, .flag?),
      (_, .list?), (_, nil):
      throw section.refusal(
        "value", allowed: "a number or a text with \"\(comparison.rawValue)\"")
    default: return value
    }
  }

  private func constant(_ setting: TOMLSetting, lists: Bool) -> Configuration.Constant? {
    switch setting {
    case .text(let text): return .text(text)
    case .integer(let number): return .integer(number)
    case .number(let number): return number.isFinite ? .number(number) : nil
    case .flag(let flag): return .flag(flag)
    case .list(let list) where lists:
      let constants = list.compactMap { constant($0, lists: false) }
      return constants.count == list.count ? .list(constants) : nil
    default: return nil
    }
  }

  mutating func readMapping() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "mapping")
    try readMapping(section, prefix: "")
    var attributes: [String: String] = [:]
    for (attribute, field) in configuration.mapping.sorted(by: { $0.key < $1.key }) {
      if let twin = attributes[field.lowercased()] {
        throw section.refusal(
          attribute, TOMLText.quoted(field),
          allowed: "a field that mapping.\(TOMLText.key(twin)) does not fill already")
      }
      attributes[field.lowercased()] = attribute
    }
  }

  /// `custom_attributes.size = "…"` without quotes is a table within the table: the same thing.
  private mutating func readMapping(
    _ section: ConfigurationSection, prefix: String
  ) throws(ConfigurationError) {
    for (key, setting) in section.entries.sorted(by: { $0.key < $1.key }) {
      if case .table(let entries) = setting, prefix.isEmpty {
        let inner = ConfigurationSection(
          document, name: "mapping.\(TOMLText.key(key))", path: section.path + [key], entries)
        try readMapping(inner, prefix: key + ".")
        continue
      }
      guard ConfigurationText.isPlain(key), case .text(let field) = setting,
        ConfigurationText.isAPIName(field)
      else {
        throw section.refusal(
          key, allowed: "the API name of a Lead field: letters, digits and underscores")
      }
      configuration.mapping[prefix + key] = field
    }
  }

  mutating func readTasksAndAssign() throws(ConfigurationError) {
    let tasks = try ConfigurationSection(document, "tasks")
    try tasks.optional(
      "tag", into: &configuration.tasks.tag, allowed: "the name of a tag",
      where: ConfigurationText.isPlain)
    try tasks.flag("on_close", into: &configuration.tasks.onClose)
    try tasks.optional(
      "external_id_field", into: &configuration.tasks.externalIDField,
      allowed: "the API name of a field: letters, digits and underscores",
      where: ConfigurationText.isAPIName)

    let assign = try ConfigurationSection(document, "assign")
    try assign.choice("conversations", into: &configuration.assign.conversations)
    try assign.flag("contacts", into: &configuration.assign.contacts)
    try assign.optional(
      "acting_admin", into: &configuration.assign.actingAdmin,
      allowed: "a teammate's e-mail address", where: ConfigurationText.isEmailAddress)
  }

  mutating func readGuard() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "guard")
    try section.share("max_change", into: &configuration.guard.maxChange)
  }

  mutating func readPlaces() throws(ConfigurationError) {
    let path = "an absolute path"
    try ConfigurationSection(document, "store").text(
      "path", into: &configuration.store.path, allowed: path,
      where: ConfigurationText.isAbsolutePath)
    let control = try ConfigurationSection(document, "control")
    // sun_path of unix(7) holds 108 bytes with the NUL.
    try control.text(
      "socket", into: &configuration.control.socket, allowed: path + " of at most 107 bytes",
      where: { ConfigurationText.isAbsolutePath($0) && $0.utf8.count <= 107 })
    try control.text(
      "admin_group", into: &configuration.control.adminGroup, allowed: "the name of a group",
      where: ConfigurationText.isGroupName)
    try ConfigurationSection(document, "inbox").text(
      "listen", into: &configuration.inbox.listen, allowed: "HOST:PORT, such as 127.0.0.1:8477",
      where: { ServerURL.hostAndPort($0[...])?.port != nil })
    try ConfigurationSection(document, "tls").optional(
      "ca_file", into: &configuration.tls.caFile, allowed: path,
      where: ConfigurationText.isAbsolutePath)
  }
}

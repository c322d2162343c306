import SyncCore

extension Configuration: CustomStringConvertible {
  /// The effective configuration as a file that would set all of it.
  package var description: String {
    var text = ""
    var table = ""
    for (path, value) in settings {
      if path.table != table {
        text += (text.isEmpty ? "" : "\n") + "[\(path.table)]\n"
        table = path.table
      }
      text += "\(TOMLText.key(path.key)) = \(value)\n"
    }
    for rule in leads.rules {
      text += "\n[[leads.rule]]\nname = \(TOMLText.quoted(rule.name))\n"
      text += "when = \(Self.toml(rule.when))\nbackfill = \(rule.backfill)\n"
    }
    return text
  }

  /// What a reload changes, each `poll.every: "5m" → "10m"`.
  ///
  /// Names of people's mailboxes are among the values, so these lines are for the operator's own
  /// terminal; a log takes the e-mail addresses out of them.
  package func differences(from old: Configuration) -> [String] {
    let before = old.allSettings
    let now = allSettings
    var lines: [String] = []
    for (name, value) in now {
      let was = before.first { $0.name == name }?.value
      if was != value { lines.append("\(name): \(was ?? "not set") → \(value)") }
    }
    for (name, value) in before where !now.contains(where: { $0.name == name }) {
      lines.append("\(name): \(value) → not set")
    }
    // The first rule that holds is the one that counts.
    let (names, order) = (leads.rules.map(\.name), old.leads.rules.map(\.name))
    if names != order, names.sorted() == order.sorted() {
      lines.append(
        "order of leads.rule: \(order.joined(separator: ", ")) → \(names.joined(separator: ", "))")
    }
    return lines
  }

  private var allSettings: [(name: String, value: String)] {
    settings.map { ("\($0.path.table).\(TOMLText.key($0.path.key))", $0.value) }
      + leads.rules.map {
        (
          "leads.rule \(TOMLText.quoted($0.name))",
          "\(Self.toml($0.when)), backfill = \($0.backfill)"
        )
      }
  }

  private typealias Setting = (path: (table: String, key: String), value: String)

  private var settings: [Setting] {
    sideSettings + nameSettings + writingSettings + placeSettings
  }

  private var sideSettings: [Setting] {
    var settings: [Setting] = [
      (("salesforce", "login_url"), TOMLText.quoted(salesforce.loginURL.description)),
      (("salesforce", "client_id"), TOMLText.quoted(salesforce.clientID)),
      (("salesforce", "flow"), TOMLText.quoted(salesforce.flow.rawValue)),
    ]
    if salesforce.flow == .jwtBearer {
      settings += [
        (("salesforce", "username"), TOMLText.quoted(salesforce.username ?? "")),
        (("salesforce", "audience"), TOMLText.quoted(salesforce.audience)),
      ]
    }
    return settings + [
      (("salesforce", "environment"), TOMLText.quoted(salesforce.environment.rawValue)),
      (("salesforce", "api_version"), TOMLText.quoted(salesforce.apiVersion)),
      (("salesforce", "daily_share"), "\(salesforce.dailyShare)"),
      (("intercom", "api_url"), TOMLText.quoted(intercom.apiURL.description)),
      (("intercom", "app_url"), TOMLText.quoted(intercom.appURL.description)),
      (("intercom", "api_version"), TOMLText.quoted(intercom.apiVersion)),
      (("intercom", "rate_share"), "\(intercom.rateShare)"),
      (("poll", "every"), Self.toml(poll.every)),
      (("poll", "at_most"), Self.toml(poll.atMost)),
      (("poll", "overlap"), Self.toml(poll.overlap)),
      (("poll", "reconcile"), poll.reconcile.map(Self.toml) ?? "\"off\""),
      (("poll", "bulk_above"), "\(poll.bulkAbove)"),
      (("match", "by"), Self.toml(match.by)),
      (("match", "prefer"), TOMLText.quoted(match.prefer.rawValue)),
    ]
  }

  private var nameSettings: [Setting] {
    Attribute.allCases.map { (("attributes", $0.key), TOMLText.quoted(attributes[$0] ?? "")) } + [
      (("events", "owner"), TOMLText.quoted(events.owner ?? "")),
      (("events", "status"), TOMLText.quoted(events.status ?? "")),
      (("events", "title"), TOMLText.quoted(events.title ?? "")),
      (("events", "converted"), TOMLText.quoted(events.converted ?? "")),
    ]
  }

  private var writingSettings: [Setting] {
    var settings: [Setting] = [
      (("leads", "source"), TOMLText.quoted(leads.source)),
      (("leads", "placeholder"), TOMLText.quoted(leads.placeholder)),
      (("leads", "external_id_field"), TOMLText.quoted(leads.externalIDField ?? "")),
      (("leads", "tag"), TOMLText.quoted(leads.tag ?? "")),
      (("leads", "allow_duplicates"), "\(leads.allowDuplicates)"),
    ]
    for (field, value) in leads.defaults.sorted(by: { $0.key < $1.key }) {
      settings.append((("leads.defaults", field), Self.toml(value)))
    }
    for (attribute, field) in mapping.sorted(by: { $0.key < $1.key }) {
      settings.append((("mapping", attribute), TOMLText.quoted(field)))
    }
    return settings + [
      (("tasks", "tag"), TOMLText.quoted(tasks.tag ?? "")),
      (("tasks", "on_close"), "\(tasks.onClose)"),
      (("tasks", "external_id_field"), TOMLText.quoted(tasks.externalIDField ?? "")),
      (("assign", "conversations"), TOMLText.quoted(assign.conversations.rawValue)),
      (("assign", "contacts"), "\(assign.contacts)"),
      (("assign", "acting_admin"), TOMLText.quoted(assign.actingAdmin ?? "")),
      (("guard", "max_change"), "\(`guard`.maxChange)"),
    ]
  }

  private var placeSettings: [Setting] {
    var settings: [Setting] = []
    if let mail {
      let occasions = mail.on.map { TOMLText.quoted($0.rawValue) }.joined(separator: ", ")
      settings += [
        (("mail", "to"), TOMLText.quoted(mail.to)),
        (("mail", "from"), TOMLText.quoted(mail.from)),
        (("mail", "smtp_url"), TOMLText.quoted(mail.smtpURLWithUser)),
        (("mail", "on"), "[\(occasions)]"),
      ]
    }
    return settings + [
      (("store", "path"), TOMLText.quoted(store.path)),
      (("control", "socket"), TOMLText.quoted(control.socket)),
      (("control", "admin_group"), TOMLText.quoted(control.adminGroup)),
      (("inbox", "listen"), TOMLText.quoted(inbox.listen)),
      (("tls", "ca_file"), TOMLText.quoted(tls.caFile ?? "")),
    ]
  }

  // MARK: - Values

  private static func toml(_ milliseconds: Int64) -> String {
    TOMLText.quoted(TimeSpan.text(milliseconds))
  }

  private static func toml(_ key: Match.Key) -> String {
    switch key {
    case .email: "\"email\""
    case .externalID(let intercom, let salesforce):
      "{ intercom = \(TOMLText.quoted(intercom)), salesforce = \(TOMLText.quoted(salesforce)) }"
    }
  }

  private static func toml(_ conditions: [Condition]) -> String {
    let texts = conditions.map { condition in
      let value = condition.value.map { ", value = \(toml($0))" } ?? ""
      return "{ attribute = \(TOMLText.quoted(condition.attribute)), "
        + "is = \(TOMLText.quoted(condition.comparison.rawValue))\(value) }"
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  private static func toml(_ constant: Constant) -> String {
    switch constant {
    case .text(let text): TOMLText.quoted(text)
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .flag(let flag): "\(flag)"
    case .list(let list): "[" + list.map { toml($0) }.joined(separator: ", ") + "]"
    }
  }
}

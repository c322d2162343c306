/// The names of all tables and keys, in the order of the manual.
package enum ConfigurationSchema {
  /// Tables whose keys are fixed; `mapping` and `leads.defaults` take any key.
  package static let tables: [(name: String, keys: [String])] = [
    (
      "salesforce",
      [
        "login_url", "client_id", "flow", "username", "audience", "environment", "api_version",
        "daily_share",
      ]
    ),
    ("intercom", ["api_url", "app_url", "api_version", "rate_share"]),
    ("poll", ["every", "at_most", "overlap", "reconcile", "bulk_above"]),
    ("match", ["by", "prefer"]),
    (
      "attributes",
      [
        "status", "title", "owner_id", "owner_name", "owner_email", "owner_role", "id",
        "object_type", "url",
      ]
    ),
    ("events", ["owner", "status", "title", "converted"]),
    (
      "leads",
      [
        "source", "placeholder", "external_id_field", "tag", "allow_duplicates", "defaults",
        "rule",
      ]
    ),
    ("mapping", []),
    ("tasks", ["tag", "on_close", "external_id_field"]),
    ("assign", ["conversations", "contacts", "acting_admin"]),
    ("guard", ["max_change"]),
    ("mail", ["to", "from", "smtp_url", "on"]),
    ("store", ["path"]),
    ("control", ["socket", "admin_group"]),
    ("inbox", ["listen"]),
    ("tls", ["ca_file"]),
  ]
  static let matchBy = ["intercom", "salesforce"]
  static let rule = ["name", "when", "backfill"]
  static let condition = ["attribute", "is", "value"]

  /// Refuses the first key that nobody knows, in the order of the file.
  static func refuseUnknownKeys(in document: TOMLDocument) throws(ConfigurationError) {
    var unknown = strangers(document.root, in: "", tables.map(\.name), path: [], document)
    for (name, keys) in tables where name != "mapping" {
      guard case .table(let entries)? = document.root[name] else { continue }
      unknown += strangers(entries, in: name, keys, path: [name], document)
      if name == "match", case .table(let by)? = entries["by"] {
        unknown += strangers(by, in: "match.by", matchBy, path: ["match", "by"], document)
      }
      if name == "leads", case .list(let rules)? = entries["rule"] {
        unknown += strangersInRules(rules, document)
      }
    }
    if let first = unknown.min(by: { ($0.line ?? 0) < ($1.line ?? 0) }) { throw first }
  }

  private static func strangersInRules(
    _ rules: [TOMLSetting], _ document: TOMLDocument
  ) -> [ConfigurationError] {
    var unknown: [ConfigurationError] = []
    for (number, setting) in rules.enumerated() {
      guard case .table(let entries) = setting else { continue }
      let path = ["leads", "rule", String(number + 1)]
      unknown += strangers(entries, in: "leads.rule", rule, path: path, document)
      guard case .list(let conditions)? = entries["when"] else { continue }
      for (index, setting) in conditions.enumerated() {
        guard case .table(let entries) = setting else { continue }
        unknown += strangers(
          entries, in: "leads.rule.when", condition,
          path: path + ["when", String(index + 1)], document)
      }
    }
    return unknown
  }

  private static func strangers(
    _ entries: [String: TOMLSetting], in table: String, _ known: [String], path: [String],
    _ document: TOMLDocument
  ) -> [ConfigurationError] {
    entries.keys.filter { !known.contains($0) }.sorted().map { key in
      let name = (table.isEmpty ? "" : table + ".") + TOMLText.key(key)
      let place = table.isEmpty ? "the file" : "[\(table)]"
      var message =
        "unknown \(isTable(entries[key]) ? "table" : "key") \(name); "
        + "allowed in \(place): \(known.joined(separator: ", "))"
      if isSecret(key) {
        message += "; a secret is a file in the credentials directory, not a key"
      } else if let nearest = nearest(to: key, known) {
        message += "; did you mean \(nearest)?"
      }
      return ConfigurationError(
        file: document.file, line: document.line(of: path + [key]), message)
    }
  }

  /// A key of the same table, else the place where exactly this key belongs.
  private static func nearest(to key: String, _ known: [String]) -> String? {
    if let near = NearestName.of(key, among: known) { return near }
    let elsewhere = tables.filter { $0.keys.contains(key) }.map { "\($0.name).\(key)" }
    if let only = elsewhere.first { return only }
    let all = tables.flatMap { table in table.keys.map { (table: table.name, key: $0) } }
    return NearestName.of(key, among: all.map(\.key)).flatMap { near in
      all.first { $0.key == near }.map { "\($0.table).\($0.key)" }
    }
  }

  private static func isSecret(_ key: String) -> Bool {
    let key = key.lowercased()
    return ["secret", "token", "password", "private_key"].contains { key.contains($0) }
  }

  private static func isTable(_ setting: TOMLSetting?) -> Bool {
    if case .table? = setting { true } else { false }
  }
}

import SyncCore
import Testing

@testable import Daemon

/// What `sfsyncctl reload` prints: every key that changes, with both values.
@Suite struct DifferenceTests {
  /// Two values of every key of the schema, as TOML writes them.
  private static let values: [String: (String, String)] = [
    "salesforce.login_url": (
      #""https://one.my.salesforce.com""#, #""https://two.my.salesforce.com""#
    ),
    "salesforce.client_id": (#""3MVG9one""#, #""3MVG9two""#),
    "salesforce.flow": (#""jwt-bearer""#, #""client-credentials""#),
    "salesforce.username": (#""a@example.com""#, #""b@example.com""#),
    "salesforce.audience": (
      #""https://login.salesforce.com""#, #""https://test.salesforce.com""#
    ),
    "salesforce.environment": (#""production""#, #""sandbox""#),
    "salesforce.api_version": (#""62.0""#, #""63.0""#),
    "salesforce.daily_share": ("0.2", "0.3"),
    "intercom.api_url": (#""https://api.intercom.io""#, #""https://api.eu.intercom.io""#),
    "intercom.app_url": (#""https://app.intercom.com""#, #""https://app.eu.intercom.com""#),
    "intercom.api_version": (#""2.15""#, #""2.14""#), "intercom.rate_share": ("0.8", "0.7"),
    "poll.every": (#""5m""#, #""6m""#), "poll.at_most": (#""10m""#, #""20m""#),
    "poll.overlap": (#""10m""#, #""15m""#), "poll.reconcile": (#""23h""#, #""off""#),
    "poll.bulk_above": ("10000", "20000"),
    "match.by": (#""email""#, #"{ intercom = "external_id", salesforce = "Key__c" }"#),
    "match.prefer": (#""contact""#, #""lead""#),
    "attributes.status": (#""A1""#, #""B1""#), "attributes.title": (#""A2""#, #""B2""#),
    "attributes.owner_id": (#""A3""#, #""B3""#), "attributes.owner_name": (#""A4""#, #""B4""#),
    "attributes.owner_email": (#""A5""#, #""B5""#), "attributes.owner_role": (#""A6""#, #""B6""#),
    "attributes.id": (#""A7""#, #""B7""#), "attributes.object_type": (#""A8""#, #""B8""#),
    "attributes.url": (#""""#, #""B9""#), "events.owner": (#""e1""#, #""f1""#),
    "events.status": (#""e2""#, #""f2""#), "events.title": (#""e3""#, #""f3""#),
    "events.converted": (#""e4""#, #""f4""#), "leads.source": (#""Intercom""#, #""Web""#),
    "leads.placeholder": (#""[none]""#, #""[?]""#),
    "leads.external_id_field": (#""""#, #""Intercom_ID__c""#), "leads.tag": (#""t1""#, #""t2""#),
    "leads.allow_duplicates": ("false", "true"),
    "leads.defaults": (#"{ Industry = "A" }"#, #"{ Industry = "B" }"#),
    "leads.rule": (
      #"[{ name = "Big", when = [{ attribute = "size", is = ">", value = 5 }] }]"#,
      #"[{ name = "Big", when = [{ attribute = "size", is = ">", value = 6 }] }]"#
    ),
    "tasks.tag": (#""u1""#, #""u2""#), "tasks.on_close": ("false", "true"),
    "tasks.external_id_field": (#""""#, #""Part__c""#),
    "assign.conversations": (#""never""#, #""unassigned""#), "assign.contacts": ("false", "true"),
    "assign.acting_admin": (#""""#, #""ada@example.com""#), "guard.max_change": ("0.5", "0.6"),
    "mail.to": (#""ops@example.com""#, #""on-call@example.com""#),
    "mail.from": (#""sfsync@example.com""#, #""sync@example.com""#),
    "mail.smtp_url": (#""smtp://localhost:25""#, #""smtp://localhost:26""#),
    "mail.on": (#"["broken"]"#, #"["recovered"]"#),
    "store.path": (#""/var/lib/sfsyncd/a.db""#, #""/var/lib/sfsyncd/b.db""#),
    "control.socket": (#""/run/sfsyncd/a.sock""#, #""/run/sfsyncd/b.sock""#),
    "control.admin_group": (#""sfsync""#, #""adm""#),
    "inbox.listen": (#""127.0.0.1:8477""#, #""127.0.0.1:8478""#),
    "tls.ca_file": (#""""#, #""/etc/ssl/one.pem""#),
  ]

  private static let keys = ConfigurationSchema.tables.flatMap { table in
    table.keys.map { "\(table.name).\($0)" }
  }

  /// The whole file with the first value of each key, but for those in `changed`.
  private func file(changed: Set<String> = [], mapping: String = "") throws -> Configuration {
    var text = ""
    for table in ConfigurationSchema.tables {
      text += "[\(table.name)]\n"
      for key in table.keys {
        guard let (first, second) = Self.values["\(table.name).\(key)"] else { continue }
        text += "\(key) = \(changed.contains("\(table.name).\(key)") ? second : first)\n"
      }
      if table.name == "mapping" { text += mapping + "\n" }
    }
    return try Configuration.parse(text, file: "sfsyncd.toml").configuration
  }

  @Test("O: the difference of every key is told, with the old value and the new", arguments: keys)
  func told(key: String) throws {
    let values = try #require(Self.values[key], "\(key) is new: give it two values here")
    let lines = try file(changed: [key]).differences(from: file())
    let own = lines.filter { $0.contains(key) }
    #expect(own.count == 1, "\(lines)")
    guard !["leads.rule", "match.by", "leads.defaults"].contains(key) else { return }
    #expect(own.first == "\(key): \(values.0) → \(values.1)")
    // A flow takes its own keys with it; nothing else changes by itself.
    #expect(lines.count == 1 || key == "salesforce.flow")
  }

  @Test("O: mappings and defaults that come, go or change are told one by one")
  func mapping() throws {
    let before = try file(mapping: "\"a.one\" = \"One__c\"\n\"a.two\" = \"Two__c\"")
    let after = try file(mapping: "\"a.two\" = \"Other__c\"\n\"a.three\" = \"Three__c\"")
    #expect(
      after.differences(from: before).sorted() == [
        #"mapping."a.one": "One__c" → not set"#, #"mapping."a.three": not set → "Three__c""#,
        #"mapping."a.two": "Two__c" → "Other__c""#,
      ])
  }

  @Test("O: rules in another order are told, since the first that holds counts")
  func order() throws {
    var before = try file()
    before.leads.rules.append(before.leads.rules[0])
    before.leads.rules[1].name = "Small"
    var after = before
    after.leads.rules.reverse()
    #expect(after.differences(from: before) == ["order of leads.rule: Big, Small → Small, Big"])
    #expect(before.differences(from: before).isEmpty)
  }
}

import Glibc
import SyncCore
import Testing

@testable import Daemon

private let required = """
  [salesforce]
  login_url = "https://example.my.salesforce.com"
  client_id = "3MVG9abc"

  """

private let defaults: Configuration = {
  let url = ServerURL(host: "example.my.salesforce.com")
  return Configuration(loginURL: url, clientID: "3MVG9abc")
}()

private func parse(_ text: String) throws -> Configuration.Loaded {
  try Configuration.parse(text, file: "f")
}

private func message(_ text: String) -> String? {
  do {
    _ = try Configuration.parse(text, file: "f")
    return nil
  } catch { return error.description }
}

@Suite struct ConfigurationTests {
  @Test("the two required keys give all defaults and no warning")
  func allDefaults() throws {
    let loaded = try parse(required)
    #expect(loaded.configuration == defaults)
    #expect(loaded.warnings.isEmpty)
    #expect(loaded.configuration.attributes[.ownerEmail] == "SALESFORCE_OWNER_EMAIL")
    #expect(loaded.configuration.attributes[.url] == nil)
    #expect(loaded.configuration.poll.every == 300_000)
    #expect(loaded.configuration.poll.reconcile == 86_400_000)
  }

  @Test("every key of the manual is read, and comes back out of the description")
  func everyKey() throws {
    let text = """
      [salesforce]
      login_url = "http://127.0.0.1:8080/"
      client_id = "id"
      flow = "jwt-bearer"
      username = "sync@example.com"
      audience = "https://test.salesforce.com"
      environment = "sandbox"
      api_version = "63.0"
      daily_share = 0.25
      [intercom]
      api_url = "http://[::1]:81"
      app_url = "https://app.eu.intercom.com"
      api_version = "2.14"
      rate_share = 1
      [poll]
      every = "1s"
      at_most = "1h30m"
      overlap = "20m"
      reconcile = "off"
      bulk_above = 0
      [match]
      by = { intercom = "external_id", salesforce = "Intercom_ID__c" }
      prefer = "none"
      [attributes]
      status = ""
      title = "a"
      owner_id = "b"
      owner_name = "c"
      owner_email = "d"
      owner_role = "e"
      id = "f"
      object_type = "g"
      url = "h"
      [events]
      owner = ""
      status = "s"
      title = "t"
      converted = "c"
      [leads]
      source = "Web"
      placeholder = "?"
      external_id_field = "X__c"
      tag = ""
      allow_duplicates = true
      [leads.defaults]
      Industry = "Other"
      Rating__c = 5
      [[leads.rule]]
      name = "big"
      when = [ { attribute = "company_size", is = ">", value = 500 }, { attribute = "email", is = "set" } ]
      backfill = true
      [[leads.rule]]
      name = "listed"
      when = [ { attribute = "tag", is = "in", value = [ "a", "b" ] } ]
      [mapping]
      "custom_attributes.size" = "NumberOfEmployees"
      company.name = "Company"
      utm_campaign = "Campaign__c"
      [tasks]
      tag = "t"
      on_close = true
      external_id_field = "Y__c"
      [assign]
      conversations = "unassigned"
      contacts = true
      acting_admin = "ada@example.com"
      [guard]
      max_change = 0.1
      [mail]
      to = "ops@example.com"
      from = "sfsync@example.com"
      smtp_url = "smtp://ops@example.com@localhost:25"
      on = [ "broken" ]
      [store]
      path = "/srv/s.db"
      [control]
      socket = "/srv/c.sock"
      admin_group = "admins"
      [inbox]
      listen = "[::1]:9000"
      [tls]
      ca_file = "/srv/ca.pem"
      """
    let loaded = try parse(text)
    #expect(loaded.warnings.isEmpty, "both sides are loopback: any pace is fine")
    let configuration = loaded.configuration
    #expect(configuration.salesforce.loginURL.description == "http://127.0.0.1:8080")
    #expect(configuration.salesforce.flow == .jwtBearer)
    #expect(configuration.poll.atMost == 5_400_000)
    #expect(configuration.poll.reconcile == nil)
    #expect(
      configuration.match.by
        == .externalID(intercom: "external_id", salesforce: "Intercom_ID__c"))
    #expect(configuration.attributes[.status] == nil)
    #expect(configuration.attributes[.recordID] == "f")
    #expect(configuration.leads.rules.map(\.when.count) == [2, 1])
    #expect(configuration.leads.rules[1].when[0].value == .list([.text("a"), .text("b")]))
    #expect(configuration.mapping["company.name"] == "Company")
    #expect(configuration.mapping["custom_attributes.size"] == "NumberOfEmployees")
    #expect(configuration.mail?.on == [.broken])
    #expect(configuration.mail?.user == "ops@example.com")

    #expect(try parse(configuration.description).configuration == configuration)
    // Every line but the table's own differs from the defaults, so each key was really read.
    let same = Set(configuration.description.split(separator: "\n"))
      .intersection(defaults.description.split(separator: "\n"))
    #expect(same.allSatisfy { $0.hasPrefix("[") }, "\(same)")
    for (table, keys) in ConfigurationSchema.tables {
      for key in keys where !["rule", "defaults"].contains(key) {
        #expect(configuration.description.contains("\n\(key) = "), "\(table).\(key)")
      }
    }
  }

  @Test("a bad configuration gives one message with file, line, key, what was found and allowed")
  func messages() {
    for (text, expected) in badConfigurations {
      #expect(message(text) == expected)
    }
  }

  @Test("a bad value under the required keys", arguments: badValues)
  func values(_ value: BadValue) {
    #expect(message(required + value.text) == value.expected)
  }

  @Test("polling faster than 5m warns of the cost, except on the loopback")
  func warnings() throws {
    let loaded = try parse(required + "[poll]\nevery = \"10s\"\n")
    #expect(
      loaded.warnings == [
        "f:5: poll.every is \"10s\": each poll costs API calls on both sides; \"5m\" or more is "
          + "advised"
      ])
    #expect(try parse(required + "[poll]\nevery = \"5m\"\n").warnings.isEmpty)
    let local = """
      salesforce = { login_url = "http://localhost:1", client_id = "x" }
      intercom = { api_url = "http://127.0.0.1:2" }
      poll = { every = "1s" }
      """
    #expect(try parse(local).warnings.isEmpty)
    let unused = try parse(required + "username = \"a@b\"\n")
    #expect(
      unused.warnings
        == ["f:4: salesforce.username is not used: it belongs to flow = \"jwt-bearer\""])
  }

  @Test("at_most follows an `every` that is longer")
  func longEvery() throws {
    let poll = try parse(required + "[poll]\nevery = \"15m\"\n").configuration.poll
    #expect(poll.every == 900_000)
    #expect(poll.atMost == 900_000)
  }

  @Test("differences name each key with its old and new value")
  func differences() throws {
    var new = defaults
    #expect(new.differences(from: defaults).isEmpty)
    new.poll.every = 600_000
    new.attributes[.url] = "SALESFORCE_URL"
    new.mapping["utm_source"] = "Source__c"
    new.leads.rules = [
      .init(name: "r", when: [.init(attribute: "email", comparison: .set, value: nil)])
    ]
    #expect(
      new.differences(from: defaults) == [
        "poll.every: \"5m\" → \"10m\"", "attributes.url: \"\" → \"SALESFORCE_URL\"",
        "mapping.utm_source: not set → \"Source__c\"",
        "leads.rule \"r\": not set → [{ attribute = \"email\", is = \"set\" }], backfill = false",
      ])
    #expect(
      defaults.differences(from: new).contains(
        "mapping.utm_source: \"Source__c\" → not set"))
  }

  @Test("the sample file, with the required keys filled in, has all keys at their defaults")
  func sample() throws {
    let path = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
    let bytes = try SecureFile.read(path + "/etc/sfsyncd.toml", limit: 1 << 20)
    var lines = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    for (index, line) in lines.enumerated() {
      switch line {
      case "login_url = \"\"":
        lines[index] = "login_url = \"https://example.my.salesforce.com\""
      case "client_id = \"\"": lines[index] = "client_id = \"3MVG9abc\""
      default: break
      }
    }
    #expect(try parse(lines.joined(separator: "\n")).configuration == defaults)

    // A `#` without a space stands before a key at its default; uncommented, nothing changes.
    let bare = lines.map { line in
      line.hasPrefix("#") && !line.hasPrefix("# ") ? String(line.dropFirst()) : line
    }
    let loaded = try parse(bare.joined(separator: "\n"))
    #expect(loaded.configuration == defaults)
    #expect(loaded.warnings.isEmpty)
    for (table, keys) in ConfigurationSchema.tables {
      for key in keys where table != "mail" && !["rule", "defaults"].contains(key) {
        #expect(bare.contains { $0.hasPrefix("\(key) = ") }, "\(table).\(key)")
      }
    }

    // A `# ` before a key or table is an example; those are valid too.
    let examples = bare.map { line in
      let body = line.dropFirst(2)
      let words = body.split(separator: " ")
      let isKey = words.dropFirst().first == "=" && !body.hasPrefix("by =")
      return line.hasPrefix("# ") && (isKey || body.hasPrefix("[")) ? String(body) : line
    }
    let full = try parse(examples.joined(separator: "\n")).configuration
    #expect(full.mail?.on.count == 3)
    #expect(full.leads.rules.count == 1)
    #expect(full.mapping.count == 3)
  }

  @Test("no input traps, whatever is cut off or exchanged")
  func mutilated() throws {
    let text = Array(
      (required + "[match]\nby = { intercom = \"a\", salesforce = \"b\" }\n"
        + "[[leads.rule]]\nname = \"\"\"x\"\"\"\nwhen = [ { attribute = 'a', is = \"set\" } ]\n")
        .utf8)
    var random = SeededGenerator(seed: 1)
    var outcomes = 0
    for cut in 0..<text.count {
      _ = message(String(decoding: text[..<cut], as: UTF8.self))
      var changed = text
      for _ in 0..<3 {
        let index = Int.random(in: 0..<changed.count, using: &random)
        changed[index] =
          [0x22, 0x27, 0x5b, 0x5d, 0x7b, 0x7d, 0x0a, 0x2e, 0x3d, 0x23, 0x5c]
          .randomElement(using: &random) ?? 0
      }
      let result = message(String(decoding: changed, as: UTF8.self))
      if let result { outcomes += result.hasPrefix("f") ? 1 : 0 } else { outcomes += 1 }
    }
    #expect(outcomes == text.count)
    var locator = TOMLKeyLocator(String(repeating: "a = [", count: 5000))
    #expect(locator.locate()[["a"]] == 1)
  }
}

@Suite struct TOMLKeyLocatorTests {
  @Test("finds keys of every spelling")
  func spellings() {
    var locator = TOMLKeyLocator(
      """
      # [not.a.table]
      top = "a # b"
      [one]
      a.b = 1 # c = 2
      "q.k" = '''
      x = 1
      '''

      [[list]]
      k = 1
      [list.sub]
      s = [
        1, # one
        { in = 2 },
      ]
      [[list]]
      k = 2
      inline = { x = { y = "]" }, z = 3 }
      """)
    let lines = locator.locate()
    #expect(lines[["top"]] == 2)
    #expect(lines[["one"]] == 3)
    #expect(lines[["one", "a", "b"]] == 4)
    #expect(lines[["one", "q.k"]] == 5)
    #expect(lines[["x"]] == nil)
    #expect(lines[["list", "1", "k"]] == 10)
    #expect(lines[["list", "1", "sub", "s"]] == 12)
    #expect(lines[["list", "1", "sub", "s", "2", "in"]] == 14)
    #expect(lines[["list", "2", "k"]] == 17)
    #expect(lines[["list", "2", "inline", "x", "y"]] == 18)
    #expect(lines[["list", "2", "inline", "z"]] == 18)
  }
}

@Suite struct ValueTests {
  @Test(
    "values without quotes",
    arguments: [
      ("1", true), ("-1_000", true), ("0.20", true), ("1e5", true), ("-inf", true), ("nan", true),
      ("0xFf", true), ("0b10", true), ("true", true), ("2026-11-22", true), ("0", true),
      ("", false), ("e15", false), ("5m", false), ("1__0", false), ("_1", false), ("01", false),
      (".5", false), ("5.", false), ("1e", false), ("+", false), ("0x", false), ("0b2", false),
      ("True", false), ("off", false), ("1.2.3", false), ("-0x1", false), ("2026-11-22 1", false),
    ])
  func bare(_ text: String, _ isValid: Bool) {
    #expect(TOMLBareValue.isValid(Array(text.utf8)[...]) == isValid)
  }

  @Test(
    "durations",
    arguments: [
      ("5m", 300_000), ("90s", 90_000), ("1h30m", 5_400_000), ("250ms", 250), ("2d", 172_800_000),
      ("0s", 0), ("", nil), ("5", nil), ("m", nil), ("5 m", nil), ("-5m", nil), ("5M", nil),
      ("1.5h", nil), ("9999999999999999999s", nil), ("9223372036854775807d", nil), ("5m5", nil),
    ] as [(String, Int64?)])
  func durations(_ text: String, _ milliseconds: Int64?) {
    #expect(TimeSpan.milliseconds(text) == milliseconds)
    if let milliseconds {
      #expect(TimeSpan.milliseconds(TimeSpan.text(milliseconds)) == milliseconds)
    }
  }

  @Test(
    "servers: https, or http on the loopback; nothing but host and port",
    arguments: [
      ("https://a.my.salesforce.com", true), ("https://a.b/", true), ("HTTPS://A.B:8443", true),
      ("http://localhost:1", true), ("http://127.1.2.3", true), ("http://[::1]:9", true),
      ("http://a.b", false), ("http://127.0.0.1.evil.com", false), ("https://", false),
      ("https://a.b/x", false), ("https://u:p@a.b", false), ("https://u@a.b", false),
      ("https://a.b?x", false), ("https://a.b#x", false), ("https://a.b:0", false),
      ("https://a.b:65536", false), ("https://a b", false), ("a.b", false), ("ftp://a.b", false),
      ("https://a..b", false), ("https://[::1", false), ("https://[::1]x", false),
      ("http://localhost.evil.com", false),
    ])
  func servers(_ text: String, _ isAllowed: Bool) {
    let expected = TOMLText.quoted(text)
    let result = message("[salesforce]\nlogin_url = \(expected)\nclient_id = \"x\"")
    #expect((result == nil) == isAllowed, "\(result ?? "")")
    #expect(result?.contains("u:p") != true)
  }

  @Test(
    "the nearest name is the one meant",
    arguments: [
      ("evry", "every"), ("EVERY", "every"), ("atmost", "at_most"), ("at_mots", "at_most"),
      ("reconcille", "reconcile"), ("zebra", nil),
    ] as [(String, String?)])
  func nearest(_ name: String, _ known: String?) {
    #expect(NearestName.of(name, among: ["every", "at_most", "overlap", "reconcile"]) == known)
  }
}

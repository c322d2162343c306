import Testing

/// A bad table under the three lines of the required keys, and the whole message about it.
struct BadValue: Sendable, CustomTestStringConvertible {
  var text: String
  var expected: String
  var testDescription: String { text }

  init(_ text: String, _ expected: String) {
    self.text = text
    self.expected = expected
  }
}

/// Whole files and the whole message about each.
let badConfigurations: [(String, String)] = [
  (
    "",
    "f: salesforce.login_url is missing; "
      + "allowed is the org's My Domain, such as https://example.my.salesforce.com"
  ),
  (
    "[salesforce]\nlogin_url = \"\"\nclient_id = \"\"\n",
    "f:2: salesforce.login_url is \"\"; "
      + "allowed is the org's My Domain, such as https://example.my.salesforce.com"
  ),
  (
    "[salesforce]\nlogin_url = \"https://a.b\"\n",
    "f:1: salesforce.client_id is missing; "
      + "allowed is the consumer key of the External Client App"
  ),
  (
    "[salesforce]\nlogin_url = \"http://a.b\"\nclient_id = \"x\"\n",
    "f:2: salesforce.login_url is \"http://a.b\"; allowed is https://HOST, or http:// for a "
      + "loopback host; no path, no name or password"
  ),
  (
    "[salesforce]\nlogin_url = \"https://u:secret@a.b\"\nclient_id = \"x\"\n",
    "f:2: salesforce.login_url is a text with an @ in it; allowed is https://HOST, or http:// "
      + "for a loopback host; no path, no name or password"
  ),
  (
    "[salesforce]\nlogin_url = \"https://login.salesforce.com\"\nclient_id = \"x\"\n",
    "f:2: salesforce.login_url is \"https://login.salesforce.com\"; allowed is the org's My "
      + "Domain, such as https://example.my.salesforce.com: Salesforce refuses "
      + "flow = \"client-credentials\" on this host"
  ),
  (
    "[salesforce]\nlogin_ulr = \"https://a.b\"\nclient_id = \"x\"\n",
    "f:2: unknown key salesforce.login_ulr; allowed in [salesforce]: login_url, client_id, flow, "
      + "username, audience, environment, api_version, daily_share; did you mean login_url?"
  ),
  (
    "[salesforce]\nlogin_url = \"https://a.b\"\nclient_id = 5\n",
    "f:3: salesforce.client_id is the number 5; "
      + "allowed is the consumer key of the External Client App"
  ),
  (
    "salesforce = 5",
    "f:1: salesforce is the number 5; allowed is one table, [salesforce]"
  ),
  (
    "a = \"\\u0000\"",
    "f:1: is not TOML: a NUL character"
  ),
  (
    "# x\n[.poll]\n",
    "f:2: is not TOML: a table's name must stand behind ["
  ),
  (
    "[\rpoll]\n",
    "f:1: is not TOML: a table's name must stand behind ["
  ),
  (
    "[[ = ]]\n",
    "f:1: is not TOML: a table's name must stand behind ["
  ),
  (
    "[poll]\nevery = 5m\n",
    "f:2: is not TOML: \"5m\" must stand in quotes"
  ),
  (
    "[poll]\nevery =\n",
    "f:2: is not TOML: a value is missing"
  ),
  (
    "a = [1, }\n",
    "f:1: is not TOML: a value is missing"
  ),
  (
    "a = e15\n",
    "f:1: is not TOML: \"e15\" must stand in quotes"
  ),
  (
    "[poll]\nevery \"5m\"\n",
    "f:2:7: is not TOML: Error while parsing key-value pair: expected '=', saw '\"'"
  ),
  (
    "a = 1\na = 2\n",
    "f:2:5: is not TOML: Error while parsing key-value pair: cannot redefine existing integer "
      + "'a'"
  ),
]

let badValues: [BadValue] = [
  BadValue(
    "[pol]\n",
    "f:4: unknown table pol; allowed in the file: salesforce, intercom, poll, match, attributes, "
      + "events, leads, mapping, tasks, assign, guard, mail, store, control, inbox, tls; "
      + "did you mean poll?"),
  BadValue(
    "client_secret = \"hush\"\n",
    "f:4: unknown key salesforce.client_secret; allowed in [salesforce]: login_url, client_id, "
      + "flow, username, audience, environment, api_version, daily_share; a secret is a file in the "
      + "credentials directory, not a key"),
  BadValue(
    "every = \"5m\"\n",
    "f:4: unknown key salesforce.every; allowed in [salesforce]: login_url, client_id, flow, "
      + "username, audience, environment, api_version, daily_share; did you mean poll.every?"),
  BadValue(
    "zzzzzzzz = 1\n",
    "f:4: unknown key salesforce.zzzzzzzz; allowed in [salesforce]: login_url, client_id, flow, "
      + "username, audience, environment, api_version, daily_share"),
  BadValue(
    "flow = \"jwt\"\n",
    "f:4: salesforce.flow is \"jwt\"; allowed is \"client-credentials\", \"jwt-bearer\", "
      + "\"refresh-token\""),
  BadValue(
    "flow = \"jwt_bearer\"\n",
    "f:4: salesforce.flow is \"jwt_bearer\"; allowed is \"client-credentials\", \"jwt-bearer\", "
      + "\"refresh-token\"; did you mean \"jwt-bearer\"?"),
  BadValue(
    "flow = \"jwt-bearer\"\n",
    "f:1: salesforce.username is missing; allowed is the integration user's name, which "
      + "flow = \"jwt-bearer\" needs"),
  BadValue(
    "flow = \"jwt-bearer\"\nusername = \"\"\n",
    "f:5: salesforce.username is empty; allowed is the integration user's name, which "
      + "flow = \"jwt-bearer\" needs"),
  BadValue(
    "api_version = 62.0\n",
    "f:4: salesforce.api_version is the number 62.0; allowed is a version as a text, such as "
      + "\"62.0\""),
  BadValue(
    "daily_share = 20\n",
    "f:4: salesforce.daily_share is the number 20; allowed is a number above 0 and up to 1, such "
      + "as 0.2"),
  BadValue(
    "daily_share = nan\n",
    "f:4: salesforce.daily_share is the number nan; allowed is a number above 0 and up to 1, "
      + "such as 0.2"),
  BadValue(
    "[intercom]\nrate_share = 0\n",
    "f:5: intercom.rate_share is the number 0; allowed is a number above 0 and up to 1, such as "
      + "0.2"),
  BadValue(
    "[poll]\nevery = 5\n",
    "f:5: poll.every is the number 5; allowed is a duration such as \"10s\", \"5m\" or \"24h\", "
      + "at least \"1s\""),
  BadValue(
    "[poll]\n\n# a comment\nevery = \"999ms\"\n",
    "f:7: poll.every is \"999ms\"; allowed is a duration such as \"10s\", \"5m\" or \"24h\", "
      + "at least \"1s\""),
  BadValue(
    "[poll]\nevery = \"off\"\n",
    "f:5: poll.every is \"off\"; allowed is a duration such as \"10s\", \"5m\" or \"24h\", "
      + "at least \"1s\""),
  BadValue(
    "[poll]\nreconcile = \"never\"\n",
    "f:5: poll.reconcile is \"never\"; allowed is a duration such as \"10s\", \"5m\" or \"24h\", "
      + "at least \"1s\", or \"off\""),
  BadValue(
    "[poll]\nat_most = \"4m\"\n",
    "f:5: poll.at_most is \"4m\"; allowed is a duration not below poll.every, \"5m\""),
  BadValue(
    "[poll]\nbulk_above = -1\n",
    "f:5: poll.bulk_above is the number -1; allowed is a whole number from 0 up"),
  BadValue(
    "[poll]\nevery = 2026-11-22\n",
    "f:5: poll.every is the date or time 2026-11-22; allowed is a duration such as \"10s\", "
      + "\"5m\" or \"24h\", at least \"1s\""),
  BadValue(
    "[[poll]]\nevery = \"5m\"\n",
    "f:4: poll is an array; allowed is one table, [poll]"),
  BadValue(
    "[match]\nby = \"phone\"\n",
    "f:5: match.by is \"phone\"; allowed is \"email\" or { intercom = \"external_id\", "
      + "salesforce = \"Intercom_ID__c\" }"),
  BadValue(
    "[match]\nby = { intercom = \"external_id\" }\n",
    "f:5: match.by.salesforce is missing; allowed is the API name of a field: letters, digits "
      + "and underscores"),
  BadValue(
    "[match]\nby = { intercom = \"x'y\", salesforce = \"A__c\" }\n",
    "f:5: match.by.intercom is \"x'y\"; allowed is the API name of a field: letters, digits and "
      + "underscores"),
  BadValue(
    "[match]\nby = { intercom = \"a\", saleforce = \"A__c\" }\n",
    "f:5: unknown key match.by.saleforce; allowed in [match.by]: intercom, salesforce; "
      + "did you mean salesforce?"),
  BadValue(
    "[match]\nprefer = true\n",
    "f:5: match.prefer is true; allowed is \"contact\", \"lead\", \"newest\", \"oldest\", "
      + "\"none\""),
  BadValue(
    "[attributes]\ntitle = \"a.b\"\n",
    "f:5: attributes.title is \"a.b\"; allowed is a name of at most 190 characters without . and "
      + "$, or \"\""),
  BadValue(
    "[attributes]\nurl = \"salesforce_id\"\n",
    "f:5: attributes.url is \"salesforce_id\"; allowed is a name that attributes.id does not "
      + "have already"),
  BadValue(
    "[attributes]\nstatus = \"SALESFORCE_TITLE\"\n",
    "f:5: attributes.status is \"SALESFORCE_TITLE\"; allowed is a name that attributes.title "
      + "does not have already"),
  BadValue(
    "[events]\nowner = \"a$\"\n",
    "f:5: events.owner is \"a$\"; allowed is a name of at most 190 characters without . and $, "
      + "or \"\""),
  BadValue(
    "[leads.defaults]\n\"A-B\" = 1\n",
    "f:5: leads.defaults.A-B is the number 1; allowed is a Lead field's API name with a text, a "
      + "number, true or false"),
  BadValue(
    "[leads]\nrule = 1\n",
    "f:5: leads.rule is the number 1; allowed is tables, each [[leads.rule]]"),
  BadValue(
    "[[leads.rule]]\nname = \"a\"\n",
    "f:4: leads.rule[1].when is missing; allowed is conditions, "
      + "[ { attribute = \"…\", is = \"=\", value = \"…\" } ]"),
  BadValue(
    "[[leads.rule]]\nname = \"a\"\nwhen = [ { attribute = \"e\", is = \"set\" } ]\n"
      + "[[leads.rule]]\nname = \"a\"\nwhen = [ { attribute = \"e\", is = \"set\" } ]\n",
    "f:8: leads.rule[2].name is \"a\"; allowed is a name that no other rule has"),
  BadValue(
    "[[leads.rule]]\nname = \"a\"\nwhen = [\n  { attribute = \"e\", is = \"set\" },\n"
      + "  { attribute = \"e\", is = \"startswith\", value = \"x\" },\n]\n",
    "f:8: leads.rule[1].when[2].is is \"startswith\"; allowed is \"=\", \"!=\", \">\", \"<\", "
      + "\">=\", \"<=\", \"contains\", \"starts_with\", \"ends_with\", \"in\", \"set\", "
      + "\"unset\"; did you mean \"starts_with\"?"),
  BadValue(
    "[[leads.rule]]\nname = \"a\"\nwhen = [ { attribute = \"e\", is = \"in\", value = 1 } ]\n",
    "f:6: leads.rule[1].when[1].value is the number 1; allowed is an array with \"in\""),
  BadValue(
    "[[leads.rule]]\nname = \"a\"\nwhen = [ { atribute = \"e\", is = \"set\" } ]\n",
    "f:6: unknown key leads.rule.when.atribute; allowed in [leads.rule.when]: attribute, is, "
      + "value; did you mean attribute?"),
  BadValue(
    "[mapping]\nphone = \"Pho ne\"\n",
    "f:5: mapping.phone is \"Pho ne\"; allowed is the API name of a Lead field: letters, digits "
      + "and underscores"),
  BadValue(
    "[mapping]\na = \"Phone\"\n\"b.c\" = \"phone\"\n",
    "f:6: mapping.\"b.c\" is \"phone\"; allowed is a field that mapping.a does not fill already"),
  BadValue(
    "[tasks]\non_close = \"yes\"\n",
    "f:5: tasks.on_close is \"yes\"; allowed is true or false"),
  BadValue(
    "[assign]\nconversations = \"always\"\n",
    "f:5: assign.conversations is \"always\"; allowed is \"never\", \"unassigned\""),
  BadValue(
    "[assign]\nacting_admin = \"Ada\"\n",
    "f:5: assign.acting_admin is \"Ada\"; allowed is a teammate's e-mail address, or \"\""),
  BadValue(
    "[guard]\nmax_change = 1.5\n",
    "f:5: guard.max_change is the number 1.5; allowed is a number above 0 and up to 1, such as "
      + "0.2"),
  BadValue(
    "[mail]\nto = \"a@b\"\n",
    "f:4: mail.from is missing; allowed is an e-mail address ([mail] needs all four keys)"),
  BadValue(
    "[mail]\nto = \"a@b\"\nfrom = \"a@b\"\nsmtp_url = \"smtp://h\"\non = [ \"brocken\" ]\n",
    "f:8: mail.on is an array with \"brocken\"; allowed is an array of \"initial-sync\", "
      + "\"broken\", \"recovered\" ([mail] needs all four keys)"),
  BadValue(
    "[mail]\nto = \"a@b\"\nfrom = \"a@b\"\nsmtp_url = \"smtp://u:hunter2@h\"\non = []\n",
    "f:7: mail.smtp_url is a URL with a password in it; allowed is USER@ alone: the password is "
      + "the credential smtp-password, a file"),
  BadValue(
    "[mail]\nto = \"a@b\"\nfrom = \"a@b\"\nsmtp_url = \"http://hunter2@h\"\non = []\n",
    "f:7: mail.smtp_url is a text with an @ in it; allowed is smtp://HOST:PORT or "
      + "smtps://HOST:PORT, with USER@ before HOST to log in ([mail] needs all four keys)"),
  BadValue(
    "[mail]\nto = \"a@b\\r\\nBcc: c@d\"\n",
    "f:5: mail.to is a text with an @ in it; allowed is an e-mail address"),
  BadValue(
    "[mail]\nto = \"a@b\"\nfrom = \"a@b>\"\n",
    "f:6: mail.from is a text with an @ in it; allowed is an e-mail address"),
  BadValue(
    "[store]\npath = \"sfsync.db\"\n",
    "f:5: store.path is \"sfsync.db\"; allowed is an absolute path"),
  BadValue(
    "[control]\nsocket = \"/\(String(repeating: "x", count: 107))\"\n",
    "f:5: control.socket is \"/\(String(repeating: "x", count: 59))…\"; allowed is an absolute "
      + "path of at most 107 bytes"),
  BadValue(
    "[control]\nadmin_group = \"a b\"\n",
    "f:5: control.admin_group is \"a b\"; allowed is the name of a group"),
  BadValue(
    "[inbox]\nlisten = \"8477\"\n",
    "f:5: inbox.listen is \"8477\"; allowed is HOST:PORT, such as 127.0.0.1:8477"),
  BadValue(
    "[tls]\nca_file = \"ca.pem\"\n",
    "f:5: tls.ca_file is \"ca.pem\"; allowed is an absolute path, or \"\""),
]

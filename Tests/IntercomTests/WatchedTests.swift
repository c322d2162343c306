import Foundation
import HTTP
import Intercom
import SyncCore
import Testing
import Wire

/// A generator whose every run is the same.
struct Dice: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

@Suite struct WatchedTests {
  static let names = [
    "utm_campaign", "tag", "custom_attributes.plan", "name", "phone", "custom_attributes.Größe",
    "custom_attributes.a \"b\"", "company.size", "created_at",
    "custom_attributes.SALESFORCE_STATUS", "name", "email", "owner_id",
  ]

  func row(
    _ contact: String, watched: [String] = WatchedTests.names, readsCompanies: Bool = true,
    readsTeammates: Bool = true
  ) async throws -> [String?] {
    let answer = Response(status: 200, body: Array(#"{"data":[\#(contact)]}"#.utf8))
    let intercom = client(
      ScriptedTransport([.success(answer)]), watched: watched, readsCompanies: readsCompanies,
      readsTeammates: readsTeammates)
    return try #require(try rows(try await intercom.list(startingAfter: nil)).first)
  }

  @Test("Q1, L1: what rules and the mapping look at is one object, named and sorted")
  func object() async throws {
    let row = try await row(
      #"{"id":"1","name":"A &amp; \"B\" &lt;\u00fc&gt;","phone":null,"utm_campaign":"x","utm_term":"no","email":" Ann@X.com ","custom_attributes":{"plan":1.50,"Gr\u00f6\u00dfe":true,"a \"b\"":"\/","other":1,"SALESFORCE_STATUS":"Open"},"tags":{"type":"list","data":[{"id":"9","type":"tag"},{"id":10}]},"created_at":1617224659,"owner_id":7,"companies":{"data":[{"id":"c1"},{"id":"c2"}]}}"#
    )
    #expect(
      row[.watched]
        == #"{"created_at":1617224659,"custom_attributes.Größe":true,"custom_attributes.SALESFORCE_STATUS":"Open","custom_attributes.a \"b\"":"/","custom_attributes.plan":1.50,"email":" Ann@X.com ","name":"A & \"B\" <ü>","owner_id":7,"phone":null,"tag":["10","9"],"utm_campaign":"x"}"#
    )
    #expect(row[.status] == "Open")
    #expect(row[.email] == "ann@x.com")
    #expect(row[.companyID] == "c1")
    #expect(row[.teammateID] == "7")
    #expect(row[.createdAt] == "1617224659000")
  }

  @Test("Q1: an absent key is absent, an explicit null is there, a list or an object is neither")
  func absence() async throws {
    for (contact, watched) in [
      (#"{"id":"1"}"#, nil), (#"{"id":"1","name":null}"#, #"{"name":null}"#),
      (#"{"id":"1","name":["x"],"custom_attributes":{"plan":{"a":1}}}"#, nil),
      (#"{"id":"1","custom_attributes":null,"tags":null}"#, nil),
      (#"{"id":"1","custom_attributes":[],"tags":[]}"#, nil),
      (#"{"id":"1","tags":{"data":[]}}"#, #"{"tag":[]}"#),
      (#"{"id":"1","tags":{"data":[{},{"id":null},null,{"id":"3"}]}}"#, #"{"tag":["3"]}"#),
      (#"{"id":"1","name":"a","name":"b"}"#, #"{"name":"b"}"#),
      (#"{"id":"1","custom_attributes":{"plan":1-2}}"#, nil),
      (#"{"id":"1","custom_attributes":{"plan":007}}"#, nil),
      (#"{"id":"1","custom_attributes":{"plan":-0.5E+3}}"#, #"{"custom_attributes.plan":-0.5E+3}"#),
    ] as [(String, String?)] {
      #expect(try await row(contact)[.watched] == watched, "\(contact)")
    }
  }

  @Test("O4: controls, surrogates, NUL and broken UTF-8 make no broken object")
  func hostile() async throws {
    for (name, value) in [
      (#"a\u0000b"#, "a\0b"), (#"\ud83e\udd8a \ud83d"#, "🦊 \u{fffd}"),
      (#"&#10;&quot;&#92;&#x1F98A;"#, "\n\"\\🦊"), (#"\"},{\""#, "\"},{\""),
      (#"&amp;amp; &nope;"#, "&amp; &nope;"), (#"\u007f\u0085\u2028"#, "\u{7f}\u{85}\u{2028}"),
      ("", ""), ("אבג", "אבג"),
    ] {
      let row = try await row(
        #"{"id":"1","name":"\#(name)","custom_attributes":{"plan":"\#(name)"}}"#)
      let expected: Values = ["name": .text(value), "custom_attributes.plan": .text(value)]
      #expect(Values(json: row[.watched]) == expected, "\(name)")
      #expect(row[.watched] == expected.json, "\(name)")
    }
    let broken = Array(#"{"data":[{"id":"1","name":"a"#.utf8) + [0xC3, 0x28] + Array(#""}]}"#.utf8)
    let intercom = client(
      ScriptedTransport([.success(Response(status: 200, body: broken))]), watched: ["name"])
    let all = try rows(try await intercom.list(startingAfter: nil))
    #expect(all[0][.watched] == "{\"name\":\"a\u{fffd}(\"}")
  }

  @Test("What is not asked for is not read")
  func switchedOff() async throws {
    let row = try await row(
      #"{"id":"1","name":"x","owner_id":7,"companies":{"data":[{"id":"c1"}]},"created_at":5}"#,
      watched: [], readsCompanies: false, readsTeammates: false)
    #expect(row[.watched] == nil && row[.companyID] == nil && row[.teammateID] == nil)
    #expect(row[.createdAt] == "5000")
    let other = try await self.row(#"{"id":"1","name":"x"}"#, watched: ["company.name"])
    #expect(other[.watched] == nil)
  }

  @Test("A2: a person's owner is a number or a text, and 0 is nobody")
  func teammate() async throws {
    for (owner, id) in [
      ("7", "7"), (#""7""#, "7"), ("0", nil), (#""0""#, nil), ("null", nil), (#""""#, nil),
      ("{}", nil), ("true", nil),
    ] as [(String, String?)] {
      #expect(try await row(#"{"id":"1","owner_id":\#(owner)}"#)[.teammateID] == id, "\(owner)")
    }
  }

  @Test("Q1: the first company counts, whatever shape the list has")
  func company() async throws {
    for (list, id) in [
      (#"{"type":"list","data":[{"type":"company","id":"c2","url":"/x"},{"id":"c1"}]}"#, "c2"),
      (#"{"data":[{"id":7}]}"#, "7"), (#"{"data":[]}"#, nil), ("null", nil), ("[]", nil),
      (#"{"data":null}"#, nil), (#"{"data":[{"url":"x"},{"id":"c3"}]}"#, "c3"),
    ] as [(String, String?)] {
      #expect(try await row(#"{"id":"1","companies":\#(list)}"#)[.companyID] == id, "\(list)")
    }
  }

  @Test("S11: the same contact is the same bytes, in whatever order and spelling it comes")
  func canonical() async throws {
    var dice = Dice(3)
    for _ in 0..<200 {
      let members = Self.members.shuffled(using: &dice)
      let plain = Self.spelled(members, &dice, escapes: false)
      let expected = try await row(plain)
      for _ in 0..<5 {
        let other = Self.spelled(members.shuffled(using: &dice), &dice, escapes: true)
        #expect(try await row(other) == expected, "\(other)")
      }
      #expect(Values(json: expected[.watched]).count == 9)
    }
  }

  @Test("L1: the page, one person's answer and the details say the same")
  func agreement() async throws {
    var dice = Dice(11)
    for _ in 0..<50 {
      let contact = Self.spelled(Self.members.shuffled(using: &dice), &dice, escapes: true)
      let page = try await row(contact)
      let answer = Response(status: 200, body: Array(contact.utf8))
      let intercom = client(
        ScriptedTransport([.success(answer), .success(answer)]), watched: Self.names,
        readsCompanies: true, readsTeammates: true)
      var filled = RowBuffer(columns: PersonColumn.allCases.count)
      try await intercom.person("1").fill(&filled)
      #expect((0..<filled.columns).map { filled.string($0) } == page)
      let details = try await intercom.details("1")
      #expect(details.id == page[.id])
      #expect(details.companyID == page[.companyID])
      #expect(details.teammateID == page[.teammateID])
      #expect(details.createdAt.map { String($0) } == page[.createdAt])
      let known = details.values.filter { Self.names.contains($0.key) }
      #expect(Values(json: page[.watched]) == known)
      #expect(known.json == page[.watched])
    }
  }

  // MARK: Contacts

  private static let members: [(key: String, value: String)] = [
    ("id", #""63a07ddf05a32042dffac965""#), ("name", #""Zoë \"Zed\" & <Co> 🦊 \\ /""#),
    ("email", #""Ann@x.com""#), ("utm_campaign", #""a\tb""#), ("phone", "null"),
    ("created_at", "1617224659"), ("updated_at", "1617225394"), ("role", #""lead""#),
    ("owner_id", "12"),
    ("companies", #"{"type":"list","data":[{"id":"c1"},{"id":"c2"}]}"#),
    ("location", #"{"city":"name"}"#),
  ]
  private static let custom: [(key: String, value: String)] = [
    ("plan", "500"), ("SALESFORCE_STATUS", #""Open - é""#), ("unwatched", "[1]"),
  ]

  private static func spelled(
    _ members: [(key: String, value: String)], _ dice: inout Dice, escapes: Bool
  ) -> String {
    let inner = custom.shuffled(using: &dice).map {
      spelled($0.key, $0.value, &dice, escapes)
    }
    let tags = ["\"10\"", "\"9\"", "\"100\""].shuffled(using: &dice).map { "{\"id\":\($0)}" }
    var all = members.map { spelled($0.key, $0.value, &dice, escapes) }
    all.append("\"custom_attributes\":{\(inner.joined(separator: ","))}")
    all.append("\"tags\":{\"type\":\"list\",\"data\":[\(tags.joined(separator: ","))]}")
    return "{\(all.shuffled(using: &dice).joined(separator: ","))}"
  }

  /// A member with some characters of its text value escaped for JSON or for HTML.
  private static func spelled(
    _ key: String, _ value: String, _ dice: inout Dice, _ escapes: Bool
  ) -> String {
    guard escapes, value.hasPrefix("\""), key != "id",
      let text = try? JSONDecoder().decode(String.self, from: Data(value.utf8))
    else { return "\"\(key)\":\(value)" }
    let isPlain = ["email", "role"].contains(key)
    var out = "\"\(key)\":\""
    for scalar in text.unicodeScalars {
      let units = String(scalar).utf16.map { String(format: "\\u%04x", $0) }.joined()
      let html = "&#\(scalar.value);"
      let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
      switch Int.random(in: 0..<4, using: &dice) {
      case 0: out += units
      case 1 where !isPlain: out += html
      default: out += mustEscape ? units : scalar == "&" ? "&amp;" : String(scalar)
      }
    }
    return out + "\""
  }
}

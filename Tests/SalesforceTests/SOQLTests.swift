import SyncCore
import Testing

@testable import Salesforce

@Suite struct SOQLTests {
  /// Undoes a literal by the rules of the SOQL reference; nil for what they forbid.
  private func unquoted(_ literal: String) -> [UInt8]? {
    let bytes = Array(literal.utf8)
    guard bytes.count >= 2, bytes.first == 0x27, bytes.last == 0x27 else { return nil }
    let legal: [UInt8: UInt8] = [
      0x6E: 0x0A, 0x72: 0x0D, 0x74: 0x09, 0x62: 0x08, 0x66: 0x0C, 0x22: 0x22, 0x27: 0x27,
      0x5C: 0x5C,
    ]
    var out: [UInt8] = []
    var index = 1
    while index < bytes.count - 1 {
      if bytes[index] == 0x27 { return nil }
      if bytes[index] == 0x5C {
        index += 1
        guard index < bytes.count - 1, let meant = legal[bytes[index]] else { return nil }
        out.append(meant)
      } else {
        out.append(bytes[index])
      }
      index += 1
    }
    return out
  }

  @Test("M1: every text survives its literal")
  func escaping() {
    var generator = Generator(state: 7)
    let alphabet: [Unicode.Scalar] = [
      "'", "\\", "\"", "\n", "\r", "\t", "\u{8}", "\u{C}", "a", "n", "%", "_", "é", "日", "😀",
      "\u{0}", "\u{1F}", "\u{2028}",
    ]
    for _ in 0..<2000 {
      var text = ""
      for _ in 0..<Int.random(in: 0..<12, using: &generator) {
        text.unicodeScalars.append(alphabet.randomElement(using: &generator) ?? "a")
      }
      #expect(unquoted(SOQL.literal(text)) == Array(text.utf8))
    }
  }

  @Test("M1: a literal cannot be left")
  func injection() {
    #expect(SOQL.literal("x' OR Name != '") == #"'x\' OR Name != \''"#)
    #expect(SOQL.literal(#"\"#) == #"'\\'"#)
  }

  @Test("S1: a first reading of changes compares with at-or-after, in whole seconds of UTC")
  func since() {
    #expect(
      SOQL.select(
        ["Id"], from: .lead, where: .changes(since: 1_767_323_045_999, after: nil))
        == "SELECT Id FROM Lead WHERE SystemModstamp >= 2026-01-02T03:04:05Z "
        + "ORDER BY SystemModstamp, Id")
  }

  @Test("S1: going on compares with the pair of stamp and id")
  func keyset() {
    let key = StreamKey(modifiedAt: 1_767_323_045_000, id: "00G000000000001AAA")
    #expect(
      SOQL.select(["Id"], from: .group, where: .changes(since: 0, after: key))
        == "SELECT Id FROM Group WHERE Type = 'Queue' AND ((SystemModstamp = "
        + "2026-01-02T03:04:05Z AND Id > '00G000000000001AAA') OR SystemModstamp > "
        + "2026-01-02T03:04:05Z) ORDER BY SystemModstamp, Id")
    // A key from before the window says nothing.
    #expect(
      SOQL.select(["Id"], from: .role, where: .changes(since: 1_767_323_046_000, after: key))
        == "SELECT Id FROM UserRole WHERE SystemModstamp >= 2026-01-02T03:04:06Z "
        + "ORDER BY SystemModstamp, Id")
  }

  @Test("I1: a full reading goes by Id, an export in no order")
  func everything() {
    #expect(
      SOQL.select(["Id"], from: .contact, where: .everything(afterID: nil))
        == "SELECT Id FROM Contact ORDER BY Id")
    #expect(
      SOQL.select(["Id"], from: .group, where: .everything(afterID: "00G000000000001AAA"))
        == "SELECT Id FROM Group WHERE Type = 'Queue' AND Id > '00G000000000001AAA' ORDER BY Id")
    #expect(SOQL.export(["Id"], from: .lead, changedSince: nil) == "SELECT Id FROM Lead")
    #expect(
      SOQL.export(["Id"], from: .lead, changedSince: -600_000)
        == "SELECT Id FROM Lead WHERE SystemModstamp >= 1969-12-31T23:50:00Z")
  }

  @Test(
    "S3: ids of 15 characters become those of 18",
    arguments: [
      ("00Q000000000001", "00Q000000000001EAA"), ("003000000000001", "003000000000001AAA"),
      ("001Da00000xnAk6", "001Da00000xnAk6IAE"), ("00Q4S000002sSac", "00Q4S000002sSacUAE"),
      ("0051f000004jRtN", "0051f000004jRtNAAU"),
    ])
  func ids(_ short: String, _ long: String) {
    #expect(SalesforceID.normalized(short) == long)
    #expect(SalesforceID.normalized(long) == long)
  }

  @Test(
    "S3: what is no id has no form", arguments: ["", "00Q", "00Q00000000000!", "00Q0000000000001"])
  func noIDs(_ text: String) { #expect(SalesforceID.normalized(text) == nil) }

  @Test("M1: the match field is selected once, and an email of its own is a key of its own")
  func matchField() {
    let custom = RowShape(.lead, matchField: "Intercom_ID__c", visible: nil)
    #expect(custom.fields.last == "Intercom_ID__c")
    #expect(custom.fields.count == 14)
    let twin = RowShape(.lead, matchField: "Email", visible: nil)
    #expect(twin.fields.filter { $0 == "Email" }.count == 1)
    #expect(twin.twin?.of == 3)
    #expect(
      RowShape(.role, matchField: "X", visible: nil).fields == ["Id", "SystemModstamp", "Name"])
  }
}

/// A small generator, so that a failing text comes again.
struct Generator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

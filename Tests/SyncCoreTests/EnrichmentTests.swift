import SyncCore
import Testing

@Suite("S3, S10: what a linked person carries")
struct EnrichmentTests {
  private let user = Owner(
    id: "005U", name: "Grace Hopper", email: "grace@example.com", title: "Admiral", role: "Sales")

  private func values(_ record: Record, _ owner: Owner? = nil) -> AttributeValues {
    Enrichment.values(of: record, owner: owner, recordURL: { "https://example.org/\($0)" })
  }

  @Test("S3: a lead's nine values")
  func lead() {
    let record = Record(
      id: "00QA", object: .lead, status: "Open", title: "Analyst", ownerID: "005U")
    let values = values(record, user)
    let expected: [Attribute: String] = [
      .status: "Open", .title: "Analyst", .ownerID: "005U", .ownerName: "Grace Hopper",
      .ownerEmail: "grace@example.com", .ownerRole: "Sales", .recordID: "00QA",
      .objectType: "Lead", .url: "https://example.org/00QA",
    ]
    for attribute in Attribute.allCases { #expect(values[attribute] == expected[attribute]) }
  }

  @Test("S3: a contact has no status")
  func contact() {
    let values = values(Record(id: "003A", object: .contact, status: "Open"))
    #expect(values[.status] == nil)
    #expect(values[.objectType] == "Contact")
  }

  @Test("S3: the role is the UserRole's name, else the user's title; a queue has none")
  func roles() {
    let record = Record(id: "00QA", object: .lead, ownerID: "005U")
    var owner = user
    owner.role = nil
    #expect(values(record, owner)[.ownerRole] == "Admiral")
    owner.title = nil
    #expect(values(record, owner)[.ownerRole] == nil)
    let queue = Owner(id: "00GQ", name: "Inbound", email: nil, title: "odd", role: "odd")
    let ofQueue = values(record, queue)
    #expect(ofQueue[.ownerRole] == nil)
    #expect(ofQueue[.ownerEmail] == nil)
    #expect(ofQueue[.ownerName] == "Inbound")
    #expect(
      values(record, Owner(id: "00GQ", email: "q@example.com"))[.ownerEmail] == "q@example.com")
  }

  @Test("S3: an unknown owner leaves its id, and null for the rest")
  func unknownOwner() {
    let values = values(Record(id: "00QA", object: .lead, ownerID: "005X"))
    #expect(values[.ownerID] == "005X")
    #expect(values[.ownerName] == nil)
    #expect(values[.ownerEmail] == nil)
    #expect(values[.ownerRole] == nil)
  }

  @Test("S3: empty is null")
  func empty() {
    let values = values(
      Record(id: "00QA", object: .lead, status: "", title: ""), Owner(id: "", name: ""))
    #expect(values[.status] == nil)
    #expect(values[.title] == nil)
    #expect(values[.ownerName] == nil)
  }

  /// Text, and how many UTF-16 units of it may stay.
  static let long: [(String, Int)] = [
    (String(repeating: "a", count: 255), 255),
    (String(repeating: "a", count: 256), 255),
    (String(repeating: "a", count: 254) + "😀", 254),
    (String(repeating: "a", count: 253) + "😀b", 255),
    // A family of four is eleven units and one grapheme.
    (String(repeating: "a", count: 250) + "👨‍👩‍👧‍👦", 250),
    (String(repeating: "a", count: 244) + "👨‍👩‍👧‍👦b", 255),
    // A letter and its combining accent stay together.
    (String(repeating: "a", count: 254) + "e\u{301}", 254),
    (String(repeating: "ä", count: 300), 255),
    // Flags are pairs of regional indicators, four units each.
    (String(repeating: "🇩🇪", count: 100), 252),
  ]

  @Test("S3: 255 UTF-16 units, cut between graphemes", arguments: long)
  func cut(text: String, units: Int) throws {
    let value = try #require(values(Record(id: "00QA", object: .lead, title: text))[.title])
    #expect(value.utf16.count == units)
    #expect(text.hasPrefix(value))
    #expect(Array(text).starts(with: Array(value)))
  }

  // MARK: S10

  private func owes(
    _ desired: String?, observed: String?, sent: String? = nil, returned: String? = nil,
    accepted: Bool = false, configured: AttributeSet = .all
  ) -> Bool {
    func one(_ title: String?) -> AttributeValues {
      var values = AttributeValues()
      values[.title] = title
      return values
    }
    let person = Person(
      id: "p", observed: one(observed), sent: one(sent), returned: one(returned),
      accepted: accepted ? AttributeSet([.title]) : AttributeSet())
    return Enrichment.owes(one(desired), to: person, in: configured)
  }

  @Test("S10: what was edited or cleared by hand is owed again")
  func edited() {
    #expect(!owes("a", observed: "a", sent: "a", returned: "a"))
    #expect(owes("a", observed: "b", sent: "a", returned: "a"))
    #expect(owes("a", observed: nil, sent: "a", returned: "a"))
    #expect(owes(nil, observed: "b", sent: "a", returned: "a"))
  }

  @Test("S10: a known alteration is owed no more, until one of the three changes")
  func altered() {
    #expect(owes("a", observed: "A", sent: "a", returned: "A"))
    #expect(!owes("a", observed: "A", sent: "a", returned: "A", accepted: true))
    #expect(owes("b", observed: "A", sent: "a", returned: "A", accepted: true))
    #expect(owes("a", observed: "B", sent: "a", returned: "A", accepted: true))
    #expect(!owes("a", observed: "a", sent: "a", returned: "A", accepted: true))
  }

  @Test("S3: an attribute without a name in the configuration is never owed")
  func unconfigured() {
    #expect(!owes("a", observed: nil, configured: AttributeSet([.status])))
    #expect(!owes("a", observed: nil, configured: AttributeSet()))
    #expect(owes("a", observed: nil, configured: AttributeSet([.title])))
  }

  @Test("S10: stored values are JSON, whatever they hold")
  func encoded() {
    var values = AttributeValues()
    #expect(values.encoded == nil)
    values[.title] = "a\"\\\n\r\t\u{0}\u{1F}é😀"
    #expect(
      values.encoded
        == "[null,\"a\\\"\\\\\\n\\r\\t\\u0000\\u001fé😀\",null,null,null,null,null,null,null]")
  }

  @Test("S10: a set of attributes holds what was put in")
  func sets() {
    for attribute in Attribute.allCases {
      var set = AttributeSet()
      #expect(!set.contains(attribute))
      set.insert(attribute)
      #expect(Attribute.allCases.filter(set.contains) == [attribute])
      #expect(AttributeSet.all.contains(attribute))
    }
  }
}

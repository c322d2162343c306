import SyncCore
import Testing

@Suite("M4, M5, M6: where merges and conversions lead")
struct SuccessionTests {
  private func follow(_ start: Record, among records: [Record]) -> Succession {
    Succession.follow(start) { id in records.first { $0.id == id } }
  }

  private func merged(_ id: String, into master: String?) -> Record {
    Record(id: id, object: .lead, isDeleted: true, masterRecordID: master)
  }

  private func converted(_ id: String, to contact: String?) -> Record {
    Record(id: id, object: .lead, isConverted: true, convertedContactID: contact)
  }

  @Test("M5: a chain of merges and a conversion ends at the live record")
  func chain() {
    let end = Record(id: "003Z", object: .contact)
    let lead = converted("00QC", to: "003Y")
    let chain = [
      merged("00QA", into: "00QB"), merged("00QB", into: "00QC"), lead,
      Record(id: "003Y", object: .contact, isDeleted: true, masterRecordID: "003Z"), end,
    ]
    let result = follow(chain[0], among: chain)
    #expect(result.record == end)
    #expect(result.convertedFrom == lead)
    #expect(result.isMerged)
  }

  @Test("M5: loops and endless chains end in nothing")
  func loops() {
    let loop = [merged("00QA", into: "00QB"), merged("00QB", into: "00QA")]
    #expect(follow(loop[0], among: loop).record == nil)
    #expect(!follow(loop[0], among: loop).isOpen)
    let own = merged("00QA", into: "00QA")
    #expect(follow(own, among: [own]).record == nil)
    let long = (0..<100).map { merged("00Q\($0)", into: "00Q\($0 + 1)") }
    #expect(follow(long[0], among: long).record == nil)
  }

  @Test("M6: a deletion ends the chain; an unknown successor leaves it open")
  func ends() {
    let gone = merged("00QA", into: nil)
    #expect(follow(gone, among: [gone]).record == nil)
    #expect(!follow(gone, among: [gone]).isOpen)
    let late = converted("00QA", to: "003B")
    #expect(follow(late, among: [late]).record == nil)
    #expect(follow(late, among: [late]).isOpen)
    let live = Record(id: "00QA", object: .lead)
    #expect(follow(live, among: []).record == live)
  }

  @Test("M4: the link follows a conversion, pinned only where the e-mails differ")
  func conversion() {
    for email in ["a@example.com", "b@example.com"] {
      var lead = converted("00QA", to: "003B")
      lead.email = "a@example.com"
      let contact = Record(id: "003B", object: .contact, email: email)
      let decision = LinkDecision.decide(
        key: "a@example.com", current: lead, pinned: nil,
        candidates: [lead, contact].filter { $0.email == "a@example.com" }, preference: .lead,
        keyOf: \.email, lookup: { $0 == "003B" ? contact : nil })
      #expect(decision.record == contact)
      #expect(decision.convertedFrom == lead)
      #expect(decision.pin == (email == "a@example.com" ? nil : "003B"))
    }
  }

  @Test("M4: until the contact has been read the link stays, and nothing is planned")
  func lateContact() {
    let lead = converted("00QA", to: "003B")
    let decide = { (isWhole: Bool) in
      LinkDecision.decide(
        key: "a@example.com", current: lead, pinned: nil, candidates: [], preference: .contact,
        isWhole: isWhole, keyOf: \.email, lookup: { _ in nil })
    }
    #expect(decide(false).isHeld)
    #expect(decide(false).record == lead)
    #expect(decide(true).record == nil)
  }

  @Test("M4: a conversion long ago sends no event when a pin is set to its lead")
  func oldConversion() {
    let lead = converted("00QA", to: "003B")
    let contact = Record(id: "003B", object: .contact)
    let decision = LinkDecision.decide(
      key: nil, current: contact, pinned: lead, candidates: [], preference: .contact,
      keyOf: \.email, lookup: { $0 == "003B" ? contact : nil })
    #expect(decision.record == contact)
    #expect(decision.pin == contact.id)
    #expect(decision.convertedFrom == nil)
  }

  @Test("M2: a dormant pin does not hide that several records match")
  func ambiguousUnderDormantPin() {
    let gone = merged("00QA", into: nil)
    let twins = ["00QB", "00QC"].map { Record(id: $0, object: .lead, email: "a") }
    let decision = LinkDecision.decide(
      key: "a", current: nil, pinned: gone, candidates: twins, preference: .none,
      keyOf: \.email, lookup: { _ in nil })
    #expect(decision.record == nil)
    #expect(decision.pin == gone.id)
    #expect(decision.isAmbiguous)
  }
}

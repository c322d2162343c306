import Control
import Testing

@testable import sfsyncctl

@Suite struct WayBackViewTests {
  @Test("C1: a lead's card tells name, title, company, status, owner and link")
  func lead() {
    #expect(
      CardView(card: Samples.card).text == """
        Name           Ada Lovelace
        Title          CTO
        Company        Analytical Engines
        Status         New
        Owner          Grace Hopper, grace@example.com, Sales EMEA
        Lead           https://example.my.salesforce.com/00Q000000000001AAA
        Person         Intercom 5f1a, ada@example.com
        """)
  }

  @Test("C1: a contact's card tells the account, its owner with role, and the contact's owner")
  func contact() {
    let record = CardRecord(
      objectType: "Contact", id: "003000000000002AAA",
      link: "https://example.my.salesforce.com/003000000000002AAA", name: "Ada Lovelace",
      title: "CEO", company: "Engines Ltd", owner: CardOwner(id: "005000000000002AAA"))
    let card = Card(
      contact: "5f1a", record: record, accountOwner: Samples.owner, others: [Samples.cardRecord])
    #expect(
      CardView(card: card).text == """
        Name           Ada Lovelace
        Title          CEO
        Account        Engines Ltd
        Account owner  Grace Hopper, grace@example.com, Sales EMEA
        Contact owner  005000000000002AAA
        Contact        https://example.my.salesforce.com/003000000000002AAA
        Person         Intercom 5f1a, without an e-mail address

        Also matching:
          Lead, Ada Lovelace, CTO, Analytical Engines, New, owner Grace Hopper
            https://example.my.salesforce.com/00Q000000000001AAA
        """)
  }

  @Test("C1: a card without a record says whether nothing matches or nothing was chosen")
  func noRecord() {
    let none = CardView(card: Card(contact: "5f1a", email: "ada@example.com")).text
    #expect(none.contains("Record         none: no Lead or Contact matches"))
    let held = CardView(card: Card(contact: "5f1a", others: [Samples.cardRecord])).text
    #expect(held.contains("'sfsyncctl link WHO RECORD' chooses one"))
    #expect(held.contains("\n\nMatching:\n  Lead, Ada Lovelace"))
    let record = CardView(card: Card(record: Samples.cardRecord)).text
    #expect(record.hasSuffix("Person         nobody in Intercom matches"))
  }

  @Test("C1: what stands in a record cannot steer the terminal")
  func hostileCard() {
    var record = Samples.cardRecord
    record.name = "A\u{1B}[2J\nOwner  Eve"
    let card = Card(contact: "5f1a", record: record, others: [record])
    let text = CardView(card: card).text
    #expect(!text.contains("\u{1B}") && !text.contains("\nOwner  Eve"))
  }

  @Test("history: a line an entry in order, its changes below it")
  func history() {
    var later = Samples.happened
    later.side = "intercom"
    later.what = "write the attributes"
    later.record = nil
    later.changes = [:]
    later.result = "refused: IC-ROLE"
    #expect(
      HistoryCommand.timeline([Samples.happened, later]) == """
        2026-11-22T10:00:00Z  salesforce  update the lead (00Q000000000001AAA): done
            NumberOfEmployees: – → 500
        2026-11-22T10:00:00Z  intercom    write the attributes (5f1a): refused: IC-ROLE
        """)
  }

  @Test(
    "L3: each end of 'lead create' is one sentence",
    arguments: [
      (Samples.created, "The lead 00Q000000000001AAA was created."),
      (
        Creation(result: .exists, ids: ["003000000000002AAA"]),
        """
        No lead was created: the person is linked to the Contact 003000000000002AAA, already there.
        """
      ),
      (
        Creation(result: .exists, ids: ["003000000000002AAA", "00Q000000000001AAA"]),
        """
        No lead was created: several records match already (003000000000002AAA, \
        00Q000000000001AAA); 'sfsyncctl card WHO' shows them, 'sfsyncctl link WHO RECORD' chooses \
        one.
        """
      ),
      (
        Creation(result: .exists),
        "No lead was created: the person is linked to a record already."
      ),
      (
        Creation(result: .refused, error: Samples.error),
        """
        The lead was not created. Salesforce requires Industry. Map it under [mapping], or give a \
        value under [leads.defaults]. (SF-REQUIRED-FIELD, error 12)
        """
      ),
      (
        Creation(result: .refused), "The lead was refused; 'sfsyncctl errors' may say why."
      ),
    ] as [(Creation, String)])
  func leads(creation: Creation, sentence: String) {
    #expect(CreationView(creation: creation, noun: .lead).sentence == sentence)
  }

  @Test(
    "T1: each end of 'task create' is one sentence",
    arguments: [
      (Creation(result: .created, ids: ["00T1"]), "The task 00T1 was created."),
      (Creation(result: .created, ids: ["00T1", "00T2"]), "2 tasks were created: 00T1, 00T2."),
      (Creation(result: .exists), "No task was created: this is logged already."),
      (
        Creation(result: .exists, ids: ["00T1"]),
        "No task was created: this is logged already as 00T1."
      ),
    ] as [(Creation, String)])
  func tasks(creation: Creation, sentence: String) {
    #expect(CreationView(creation: creation, noun: .task).sentence == sentence)
  }

  @Test("control: a field is NAME=VALUE, once, and its value may hold '=' or nothing")
  func fields() throws {
    #expect(
      try FieldAssignments.read(["company=A=B", "Industry="])
        == ["company": "A=B", "Industry": ""])
    for wrong in [["company"], ["=x"], ["a=1", "a=2"]] {
      #expect(throws: (any Error).self) { try FieldAssignments.read(wrong) }
    }
  }
}

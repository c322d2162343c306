import Foundation
import HTTP
import SyncCore
import Testing

@testable import Salesforce

@Suite struct LookUpTests {
  private let nobody = #"{"totalSize":0,"done":true,"records":[]}"#
  private let account =
    #"{"attributes":{"type":"Account","url":"/x"},"Name":"Acme \"X\"","OwnerId":"005000000000009"}"#

  private var known: [ScriptedTransport.Step] {
    [granted(), described(leadFields), described(contactFields)]
  }

  private func sunk(_ pages: [Page]) throws -> [[String?]] {
    let sink = TestSink()
    for page in pages { try page.forEachRow(sink) }
    return sink.rows
  }

  // MARK: The row's company and account (C1)

  @Test("C1: a contact's company is its account, with the account's owner")
  func accounts() async throws {
    let contacts = page([
      contact("003000000000001AAA", account: account), contact("003000000000002AAA"),
      contact("003000000000003AAA", account: #"{"OwnerId":null,"attributes":{},"Name":null}"#),
    ])
    let bench = Bench(
      known + [composite([("Lead", 200, nobody), ("Contact", 200, contacts)])])
    let found = try sunk(try await bench.client.records(withEmail: "c@example.com"))
    let company = RecordColumn.company.rawValue
    let owner = RecordColumn.accountOwnerID.rawValue
    #expect(found.map { $0[company] } == ["Acme \"X\"", nil, nil])
    #expect(found.map { $0[owner] } == ["005000000000009AAA", nil, nil])
    #expect(found.map { $0[0] } == (1...3).map { "00300000000000\($0)AAA" })
    #expect(found.allSatisfy { $0[RecordColumn.name.rawValue] == "Con" })
    #expect(found.allSatisfy { $0[RecordColumn.ownerID.rawValue] == "005000000000001AAA" })
  }

  @Test(
    "C1: an account that is not what was asked for makes the page unreadable",
    arguments: [
      #"{"Name":"x"}"#, "{}", #"{"Name":"x","OwnerId":"short"}"#, #""x""#, "[]",
      #"{"Name":{},"OwnerId":null}"#,
    ])
  func oddAccounts(_ account: String) async {
    let contacts = page([contact("003000000000001AAA", account: account)])
    let bench = Bench(
      known + [composite([("Lead", 200, nobody), ("Contact", 200, contacts)])])
    let found = await failure { try await bench.client.records(withEmail: "c@example.com") }
    #expect(found?.meaning == SalesforceMeaning.unreadable)
  }

  @Test("C1: without a visible AccountId the account is left out, and named as missing")
  func noAccount() async throws {
    let without = contactFields.filter { $0 != "AccountId" }
    let contacts = page([contact("003000000000001AAA")])
    let bench = Bench([
      granted(), described(leadFields), described(without),
      composite([("Lead", 200, nobody), ("Contact", 200, contacts)]),
    ])
    let found = try sunk(try await bench.client.records(withEmail: "c@example.com"))
    #expect(found.first?[RecordColumn.company.rawValue] == nil)
    #expect(bench.transport.bodies.last?.contains("Account") == false)
    #expect(bench.client.missingFields == ["Contact.AccountId"])
  }

  @Test("C1: an account that is refused though its look-up is visible is left out for a day")
  func refusedAccount() async throws {
    let refused =
      #"[{"errorCode":"INVALID_FIELD","message":"Didn't understand relationship 'Account'"}]"#
    let parts = [("Lead", 200, nobody), ("Contact", 400, refused)]
    let bench = Bench(
      known + [
        composite(parts), described(contactFields), composite(parts),
        composite([("Lead", 200, nobody), ("Contact", 200, nobody)]),
        composite([("Lead", 200, nobody), ("Contact", 200, nobody)]),
      ])
    _ = try await bench.client.records(withEmail: "c@example.com")
    #expect(bench.transport.requests.count == 7)
    #expect(bench.transport.bodies[5].contains("Account.Name"))
    #expect(!bench.transport.bodies[6].contains("Account.Name"))
    _ = try await bench.client.records(withEmail: "c@example.com")
    #expect(!bench.transport.bodies[7].contains("Account.Name"))
  }

  @Test("I1, C1: an export's account comes the same as by REST")
  func exportedAccount() async throws {
    let names = contactFields.dropLast() + ["Account.Name", "Account.OwnerId"]
    let fields = names.map { BulkJob.Field(name: $0, type: "string", isFilterable: true) }
    let job = BulkJob(id: "750", stream: .contact, fields: fields, apiVersion: "62.0")
    let text =
      names.map { "\"\($0)\"" }.joined(separator: ",") + "\n"
      + #""003000000000001AAA","2026-01-02T03:04:05.000Z","2025-01-02T03:04:05.000Z","#
      + #""c@example.com","Con","","005000000000001AAA","false","","Acme ""X""","005000000000009""#
      + "\n"
    let bench = Bench(
      known + [
        .answer(Response(status: 200, body: Array(text.utf8))),
        composite([
          ("Lead", 200, nobody),
          ("Contact", 200, page([contact("003000000000001AAA", account: account)])),
        ]),
      ])
    _ = try await bench.client.describe(.lead)
    _ = try await bench.client.describe(.contact)
    let sink = TestSink()
    _ = try await bench.client.bulkPage(job, locator: nil, into: sink)
    let rest = try sunk(try await bench.client.records(withEmail: "c@example.com"))
    #expect(sink.rows == rest)
    #expect(rest.first?[RecordColumn.company.rawValue] == "Acme \"X\"")
  }

  @Test("M6: contacts are asked for by id in one query, and the missing ones are told")
  func contactsByID() async throws {
    let first = page(
      [contact("003000000000001AAA", account: account)], total: 2, next: "/services/data/v62.0/q/1")
    let second = page([contact("003000000000003AAA")], total: 2)
    let bench = Bench([
      granted(), described(contactFields), composite([("Contact", 200, first)]),
      .answer(json(second)),
    ])
    let ids = (1...3).map { "00300000000000\($0)AAA" }
    let found = try await bench.client.rows(of: .contact, ids: ids)
    #expect(found.missing == ["003000000000002AAA"])
    let rows = try sunk([found.page])
    #expect(rows.map { $0[0] } == [ids[0], ids[2]])
    #expect(rows.first?[RecordColumn.company.rawValue] == "Acme \"X\"")
    // Deleted ones count as missing.
    #expect(bench.transport.bodies[2].contains("/query?q="))
  }

  // MARK: Records (L3, L8)

  @Test("L3: the records of an e-mail address are one call, both objects, deleted ones too")
  func byEmail() async throws {
    let bench = Bench(
      known + [
        composite([
          ("Lead", 200, page([lead("00Q000000000001AAA", ["IsConverted": "true"])])),
          ("Contact", 200, page([contact("003000000000001AAA", account: account)])),
        ])
      ])
    let pages = try await bench.client.records(withEmail: #"o'neil\@example.com"#)
    #expect(pages.map(\.stream) == [.lead, .contact])
    #expect(pages.map(\.rows) == [1, 1])
    #expect(bench.client.calls == 3)
    let body = bench.transport.bodies[3]
    #expect(body.contains("WHERE%20Email%20%3D%20%27o%5C%27neil%5C%5C%40example.com%27"))
    #expect(body.components(separatedBy: "/queryAll?q=").count == 3)
    #expect(bench.transport.requests.allSatisfy { !$0.url.contains("neil") })
  }

  @Test("M1, L3: with a key, what bears it in the match field is found too")
  func byKey() async throws {
    let parts = composite([("Lead", 200, nobody), ("Contact", 200, nobody)])
    let numeric =
      leadFields.map { #"{"name":"\#($0)","type":"string"}"# }
      + [#"{"name":"Key__c","type":"double"}"#]
    let description = ScriptedTransport.Step.answer(
      json(#"{"fields":[\#(numeric.joined(separator: ","))]}"#))
    let bench = Bench(
      [granted(), description, described(contactFields + ["Key__c"]), parts, parts],
      match: "key__c")
    _ = try await bench.client.records(withEmail: "a@b.example", key: "12")
    let body = bench.transport.bodies[3]
    #expect(body.contains(Encoding.percent("(Email = 'a@b.example' OR Key__c = 12)")))
    #expect(body.contains(Encoding.percent("(Email = 'a@b.example' OR Key__c = '12')")))
    _ = try await bench.client.records(withEmail: "a@b.example", key: "1 OR Id != null")
    #expect(!bench.transport.bodies[4].contains(Encoding.percent("Key__c = 1 OR")))
  }

  @Test("L8: records by id are one call; what is no Lead or Contact is passed over")
  func byID() async throws {
    let bench = Bench([
      granted(), described(leadFields),
      composite([("Lead", 200, page([lead("00Q000000000001AAA", ["IsDeleted": "true"])]))]),
    ])
    let pages = try await bench.client.records(
      ["00Q000000000001", "005000000000001AAA", "'; x", "00Q000000000002EAA", "00Q000000000003AAA"])
    #expect(pages.map(\.rows) == [1])
    #expect(
      bench.transport.bodies[2].contains(
        Encoding.percent("Id IN ('00Q000000000001EAA','00Q000000000002EAA')")))
    #expect(try await bench.client.records(["x"]).isEmpty)
    let many = (100...300).map { "00Q000000000\($0)EAA" }
    #expect(
      await failure { try await bench.client.records(many) }?.meaning == SalesforceMeaning.request)
  }
}

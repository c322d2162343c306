import HTTP
import SyncCore
import Testing

@testable import Salesforce

@Suite struct MadeTests {
  private let nobody = #"{"totalSize":0,"done":true,"records":[]}"#

  private func rows(_ text: String) -> ScriptedTransport.Step { composite([("rows", 200, text)]) }

  private func madeRow(_ id: String, _ created: String, _ more: String = "") -> String {
    #"{"attributes":{},"Id":"\#(id)","CreatedDate":"\#(created)","IsDeleted":false,"#
      + #""IsConverted":false,"ConvertedContactId":null\#(more)}"#
  }

  @Test("L6: a lead is looked for by its unique field, or by e-mail, source and time")
  func made() async throws {
    let found = page([
      madeRow("00Q000000000002", "2026-01-02T03:04:06.000+0000"),
      #"{"Id":"00Q000000000001AAA","CreatedDate":"2026-01-02T03:04:05.000+0000","IsDeleted":true,"#
        + #""IsConverted":true,"ConvertedContactId":"003000000000001"}"#,
    ])
    let bench = Bench([granted(), rows(found), rows(nobody)])
    let leads = try await bench.client.findLeads(
      externalIDField: "Intercom_ID__c", value: "6'5")
    #expect(
      leads == [
        MadeRecord(
          id: "00Q000000000001AAA", createdAt: 1_767_323_045_000, isDeleted: true,
          isConverted: true, convertedContactID: "003000000000001AAA"),
        MadeRecord(id: "00Q000000000002EAA", createdAt: 1_767_323_046_000),
      ])
    #expect(
      bench.transport.bodies[1].contains(
        "/queryAll?q="
          + Encoding.percent(
            "SELECT Id, CreatedDate, IsDeleted, IsConverted, ConvertedContactId FROM Lead "
              + #"WHERE Intercom_ID__c = '6\'5'"#)))
    #expect(
      try await bench.client.findLeads(
        email: "a'b@example.com", source: "In\\ter", createdSince: 1_767_323_045_678
      ).isEmpty)
    #expect(
      bench.transport.bodies[2].contains(
        Encoding.percent(
          #"Email = 'a\'b@example.com' AND LeadSource = 'In\\ter' AND "#
            + "CreatedDate >= 2026-01-02T03:04:05Z")))
  }

  @Test("L6: a row that lacks a field is unreadable, never no lead")
  func oddRows() async {
    let odd = [
      page([madeRow("short", "2026-01-02T03:04:06.000+0000")]),
      page([madeRow("00Q000000000001AAA", "yesterday")]), page(["{}"]),
      page([madeRow("00Q000000000001AAA", "2026-01-02T03:04:06.000+0000")], total: 2), "[]", "null",
      #"{"totalSize":1,"done":false,"records":[]}"#, #"{"totalSize":0,"done":true}"#,
    ]
    for text in odd {
      let bench = Bench([granted(), rows(text)])
      let found = await failure {
        try await bench.client.findLeads(externalIDField: "X__c", value: "1")
      }
      #expect(found?.meaning == SalesforceMeaning.unreadable, "\(text)")
    }
  }

  @Test("E1: what is no API name of a field gets into no query")
  func fieldNames() async {
    let bench = Bench([])
    for name in ["", "1X", "X = '' OR Id", "Ünique__c", "X__c "] {
      let lead = await failure {
        try await bench.client.findLeads(externalIDField: name, value: "1")
      }
      let task = await failure {
        try await bench.client.findTasks(externalIDField: name, values: ["1"])
      }
      #expect(lead?.meaning == SalesforceMeaning.field)
      #expect(task?.meaning == SalesforceMeaning.field)
    }
    #expect(bench.transport.requests.isEmpty)
  }

  @Test("E2: a query that is refused, and pages that follow, are those of a look-up too")
  func pages() async throws {
    let refused = #"[{"errorCode":"INVALID_FIELD","message":"No such column 'X__c'"}]"#
    let first = page(
      [madeRow("00Q000000000001AAA", "2026-01-02T03:04:05.000+0000")], total: 2,
      next: "/services/data/v62.0/query/1")
    let second = page(
      [madeRow("00Q000000000002AAA", "2026-01-02T03:04:06.000+0000")], total: 2)
    let bench = Bench([
      granted(), composite([("rows", 400, refused)]), rows(first), .answer(json(second)),
    ])
    let found = await failure {
      try await bench.client.findLeads(externalIDField: "X__c", value: "1")
    }
    #expect(found?.meaning == SalesforceMeaning.field)
    #expect(found?.fields == ["X__c"])
    let leads = try await bench.client.findLeads(externalIDField: "X__c", value: "1")
    #expect(leads.map(\.id) == ["00Q000000000001AAA", "00Q000000000002AAA"])
    let endless = Bench(
      [granted(), rows(first)]
        + (0..<100).map { _ in
          .answer(json(first))
        })
    #expect(
      await failure { try await endless.client.findLeads(externalIDField: "X__c", value: "1") }?
        .meaning == SalesforceMeaning.unreadable)
  }

  @Test("L6: how far changes are visible is asked for over more than a minute")
  func covered() async throws {
    let bench = Bench([
      granted(),
      .answer(
        json(
          #"{"ids":["00Q000000000001AAA"],"latestDateCovered":"2026-01-02T03:04:00.000+0000"}"#)),
      .answer(json(#"{"ids":[],"latestDateCovered":null}"#)), .answer(json("[]")),
    ])
    let time: Int64 = 1_767_323_045_000
    let found = try await bench.client.latestDateCovered(.lead, from: time, to: time)
    #expect(found == 1_767_323_040_000)
    #expect(
      bench.transport.requests[1].url
        == home + "/services/data/v62.0/sobjects/Lead/updated/?start=2026-01-02T03%3A02%3A05Z"
        + "&end=2026-01-02T03%3A04%3A05Z")
    for (from, to) in [(Int64.min, time), (.max, .min)] {
      let odd = await failure {
        try await bench.client.latestDateCovered(.task, from: from, to: to)
      }
      #expect(odd?.meaning == SalesforceMeaning.unreadable)
    }
    #expect(bench.transport.requests[2].url.contains("start=2026-01-02T02%3A04%3A05Z"))
  }

  // MARK: Tasks (T2, T3, T4)

  @Test("T4: tasks are found by their unique field, the one that is still there first")
  func tasksByField() async throws {
    func row(_ id: String, _ value: String, deleted: Bool) -> String {
      #"{"Id":"\#(id)","Part__c":"\#(value)","IsDeleted":\#(deleted)}"#
    }
    let bench = Bench([
      granted(),
      rows(
        page([
          row("00T000000000001AAA", "P1", deleted: true),
          row("00T000000000002", "P1", deleted: false),
          row("00T000000000003AAA", "P1", deleted: true),
          row("00T000000000004AAA", "p2", deleted: true),
        ])),
    ])
    let found = try await bench.client.findTasks(
      externalIDField: "Part__c", values: ["P1", "P2", "it's"])
    #expect(found == ["P1": "00T000000000002EAA", "P2": "00T000000000004AAA"])
    #expect(
      bench.transport.bodies[1].contains(
        "/queryAll?q="
          + Encoding.percent(
            #"SELECT Id, Part__c, IsDeleted FROM Task WHERE Part__c IN ('P1','P2','it\'s')"#)))
    #expect(
      try await bench.client.findTasks(externalIDField: "Part__c", values: []).isEmpty)
  }

  @Test("T4: tasks of records come with their descriptions, archived ones included")
  func tasksOfRecords() async throws {
    let bench = Bench([
      granted(),
      rows(
        page([
          #"{"Id":"00T000000000001","WhoId":"00Q000000000001","Description":"a\nb"}"#,
          #"{"Id":"00T000000000002AAA","WhoId":null,"Description":null}"#,
        ])),
    ])
    let found = try await bench.client.findTasks(
      of: ["00Q000000000001AAA"], createdSince: 1_767_323_045_000)
    #expect(
      found == [
        FoundTask(
          id: "00T000000000001EAA", whoID: "00Q000000000001EAA", description: "a\nb"),
        FoundTask(id: "00T000000000002AAA"),
      ])
    #expect(
      bench.transport.bodies[1].contains(
        "/queryAll?q="
          + Encoding.percent(
            "SELECT Id, WhoId, Description FROM Task WHERE WhoId IN ('00Q000000000001AAA') "
              + "AND CreatedDate >= 2026-01-02T03:04:05Z")))
  }

  @Test("T2: the closed status is the first by SortOrder, by its API name")
  func closedStatus() async throws {
    func row(_ name: String, closed: Bool, _ order: Int) -> String {
      #"{"ApiName":"\#(name)","IsClosed":\#(closed),"SortOrder":\#(order)}"#
    }
    let bench = Bench([
      granted(),
      rows(
        page([
          row("Offen", closed: false, 1), row("Fertig", closed: true, 5),
          row("X", closed: true, 9),
        ])),
      rows(page([row("Offen", closed: false, 1)])), rows(nobody),
    ])
    #expect(try await bench.client.closedTaskStatus() == "Fertig")
    #expect(
      bench.transport.bodies[1].contains(
        "/query?q="
          + Encoding.percent(
            "SELECT ApiName, IsClosed, SortOrder FROM TaskStatus ORDER BY SortOrder")))
    for _ in 0..<2 {
      let found = await failure { try await bench.client.closedTaskStatus() }
      #expect(found?.meaning == SalesforceMeaning.noClosedStatus)
    }
  }

  @Test("T3: of several users the active standard one with the lowest Id owns the task")
  func user() async throws {
    let bench = Bench([
      granted(),
      rows(
        page([
          #"{"Id":"005000000000002AAA","IsActive":true,"UserType":"Standard"}"#,
          #"{"Id":"005000000000001AAA","IsActive":true,"UserType":"Standard"}"#,
        ])), rows(nobody),
    ])
    #expect(
      try await bench.client.activeUser(withEmail: "o'x@example.com") == "005000000000001AAA")
    #expect(
      bench.transport.bodies[1].contains(
        Encoding.percent(
          #"WHERE Email = 'o\'x@example.com' AND IsActive = true AND UserType = 'Standard'"#)))
    #expect(try await bench.client.activeUser(withEmail: "x@example.com") == nil)
  }

  @Test("E1: no attempt of a look-up bears the address that was looked for")
  func attempts() async {
    let bench = Bench([granted()] + (0..<3).map { _ in .fail(.answerLost) })
    let email = "secret@example.com"
    let failures = [
      await failure {
        try await bench.client.findLeads(email: email, source: "x", createdSince: 0)
      }, await failure { try await bench.client.activeUser(withEmail: email) },
      await failure { try await bench.client.records(withEmail: email) },
    ]
    for found in failures {
      #expect(found != nil)
      #expect(found?.sentence.contains("secret") == false)
    }
  }
}

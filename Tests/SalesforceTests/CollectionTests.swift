import HTTP
import SyncCore
import Testing

@testable import Salesforce

@Suite struct CollectionTests {
  private let a = "00Q000000000001AAA"
  private let b = "00Q000000000002AAA"
  private let c = "00Q000000000003AAA"

  private func saved(_ id: String) -> String { #"{"id":"\#(id)","success":true,"errors":[]}"# }

  private func refused(
    _ code: String, _ message: String = "scripted", fields: String = ""
  ) -> String {
    #"{"success":false,"errors":[{"statusCode":"\#(code)","message":"\#(message)","#
      + #""fields":[\#(fields)]}]}"#
  }

  private func answer(_ rows: [String], status: Int = 200) -> ScriptedTransport.Step {
    .answer(json("[\(rows.joined(separator: ","))]", status: status))
  }

  private func update(
    _ steps: [ScriptedTransport.Step], _ rows: [(id: String, fields: Values)]
  ) async throws(Failure) -> (bench: Bench, outcomes: [RowOutcome]) {
    let bench = Bench([granted()] + steps)
    return (bench, try await bench.client.updateLeads(rows))
  }

  @Test("Q4, L5: leads are changed in one PATCH that assigns nobody")
  func patch() async throws {
    let found = try await update(
      [answer([saved(a), saved("00Q000000000002")])],
      [(a, ["Rating": .text("Hot"), "id": .text("x")]), ("00Q000000000002", ["Fax": .null])])
    let request = try #require(found.bench.transport.requests.last)
    #expect(request.method == .patch)
    #expect(request.url == home + "/services/data/v62.0/composite/sobjects")
    #expect(request.headers["Sforce-Auto-Assign"] == "FALSE")
    #expect(
      found.bench.transport.bodies.last
        == #"{"allOrNone":false,"records":[{"attributes":{"type":"Lead"},"id":"\#(a)","Rating":"Hot"},"#
        + #"{"attributes":{"type":"Lead"},"id":"00Q000000000002EAA","Fax":null}]}"#)
    #expect(found.outcomes.map(\.id) == [a, "00Q000000000002EAA"])
    #expect(found.outcomes.allSatisfy { $0.failure == nil })
    #expect(found.bench.client.calls == 1)
  }

  @Test("Q4, E2: rows fail one by one, each with its own meaning and effect")
  func rows() async throws {
    let ids = (1...7).map { "00Q00000000000\($0)AAA" }
    let found = try await update(
      [
        answer([
          saved(ids[0]), refused("UNABLE_TO_LOCK_ROW"),
          refused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead"),
          refused("STRING_TOO_LONG", fields: #""Title""#), refused("ENTITY_IS_DELETED"),
          refused("UNKNOWN_EXCEPTION"), refused("INSUFFICIENT_ACCESS_OR_READONLY"),
        ])
      ], ids.map { ($0, ["Title": .text("x")]) })
    let failures = found.outcomes.map(\.failure)
    #expect(
      failures.map { $0?.meaning.code } == [
        nil, "SF-LOCKED", "SF-CONVERTED", "SF-TOO-LONG", "SF-DELETED", "SF-SERVER-ERROR",
        "SF-RECORD-ACCESS",
      ])
    #expect(
      failures.map { $0?.meaning.kind } == [
        nil, .passing, .refused, .refused, .refused, .passing, .refused,
      ])
    #expect(failures[3]?.fields == ["Title"])
    #expect(failures[3]?.farCode == "STRING_TOO_LONG")
    #expect(
      failures.map { $0?.effect } == [
        nil, Failure.Effect.none, Failure.Effect.none, Failure.Effect.none, Failure.Effect.none,
        .unknown, Failure.Effect.none,
      ])
  }

  @Test(
    "L6, Q4: an answer that is not one row for each is unreadable, and what it did unknown",
    arguments: ["[]", "{}", "", "<html>", "null", #"[{"id":"00Q000000000001AAA","success":true}]"#])
  func otherCount(_ text: String) async {
    let rows: [(id: String, fields: Values)] = [(a, [:]), (b, [:])]
    let found = await failure { try await update([.answer(json(text))], rows) }
    #expect(found?.meaning == SalesforceMeaning.unreadable)
    #expect(found?.effect == .unknown)
  }

  @Test("L6: a row that says nothing readable of itself is unknown, the others stand")
  func oddRows() async throws {
    let odd = [
      saved(b), #"{"success":true}"#, #"{"success":false,"errors":[]}"#,
      #"{"success":false,"errors":[null,{}]}"#, #"{"id":"\#(a)"}"#,
    ]
    for row in odd {
      let found = try await update([answer([row, saved(c)])], [(a, [:]), (c, [:])])
      #expect(found.outcomes[0].id == nil)
      #expect(found.outcomes[0].failure?.meaning == SalesforceMeaning.unreadable)
      #expect(found.outcomes[0].failure?.effect == .unknown)
      #expect(found.outcomes[1].id == c)
    }
  }

  @Test("E2: a call refused for one row's sake is made again without it")
  func culprits() async throws {
    let body =
      #"[{"errorCode":"INVALID_FIELD","message":"No such column 'Gone__c' on sobject of type Lead"}]"#
    let found = try await update(
      [.answer(json(body, status: 400)), answer([saved(a), saved(c)])],
      [
        (a, ["Rating": .text("x")]), (b, ["gone__c": .text("x"), "Rating": .text("x")]),
        (c, ["Rating": .text("x")]),
      ])
    #expect(found.outcomes.map(\.id) == [a, nil, c])
    #expect(found.outcomes[1].failure?.meaning == SalesforceMeaning.writeField)
    #expect(found.outcomes[1].failure?.fields == ["Gone__c"])
    #expect(found.bench.transport.requests.count == 3)
  }

  @Test("E2: where no field is named the bad rows are found by halving")
  func halving() async throws {
    let ids = (10...49).map { "00Q0000000000\($0)AAA" }
    let bad = Set([ids[7], ids[31]])
    let bench = Bench([granted()])
    bench.transport.steps += (0..<40).map { _ in
      .reply { request in
        let text = String(decoding: request.body ?? [], as: UTF8.self)
        if bad.contains(where: { text.contains($0) }) {
          return json(
            #"[{"errorCode":"JSON_PARSER_ERROR","message":"Cannot deserialize"}]"#, status: 400)
        }
        let sent = ids.filter { text.contains($0) }
        return json("[\(sent.map { self.saved($0) }.joined(separator: ","))]")
      }
    }
    let outcomes = try await bench.client.updateLeads(ids.map { ($0, ["X": .text("x")]) })
    for (id, outcome) in zip(ids, outcomes) {
      #expect(outcome.id == (bad.contains(id) ? nil : id))
      #expect(outcome.failure?.meaning == (bad.contains(id) ? SalesforceMeaning.wrongType : nil))
    }
    #expect(bench.transport.requests.count < 26)
  }

  @Test("E2: when too many calls are refused the rest passes for next time, none is parked")
  func halvingEnds() async throws {
    let ids = (100...299).map { "00Q000000000\($0)AAA" }
    let bench = Bench([granted()])
    bench.transport.steps += (0..<500).map { _ in
      .answer(json(#"[{"errorCode":"JSON_PARSER_ERROR","message":"x"}]"#, status: 400))
    }
    let outcomes = try await bench.client.updateLeads(ids.map { ($0, ["X": .text("x")]) })
    #expect(bench.transport.requests.count < 50)
    let refused = outcomes.filter { $0.failure?.meaning == SalesforceMeaning.wrongType }
    #expect(!refused.isEmpty)
    #expect(
      outcomes.filter { $0.failure?.meaning == SalesforceMeaning.halted }.count
        == 200 - refused.count)
    #expect(outcomes.allSatisfy { $0.failure?.effect == Failure.Effect.none })
  }

  @Test("L6: what is written before a later part fails keeps its outcome")
  func partly() async throws {
    let bad = json(#"[{"errorCode":"JSON_PARSER_ERROR","message":"x"}]"#, status: 400)
    let found = try await update(
      [.answer(bad), answer([saved(a)]), .fail(.answerLost)], [(a, [:]), (b, [:])])
    #expect(found.outcomes[0].id == a)
    #expect(found.outcomes[1].failure?.meaning == SalesforceMeaning.answerLost)
    #expect(found.outcomes[1].failure?.effect == .unknown)
    let nothing = await failure {
      try await update([.answer(bad), .fail(.notSent)], [(a, [:]), (b, [:])])
    }
    #expect(nothing?.meaning == SalesforceMeaning.unreachable)
  }

  @Test("E2: what concerns the whole side is thrown, and no row is blamed")
  func wholeSide() async {
    let limit =
      #"[{"errorCode":"REQUEST_LIMIT_EXCEEDED","message":"TotalRequests Limit exceeded."}]"#
    let steps: [ScriptedTransport.Step] = [
      .answer(json(limit, status: 403)), .fail(.notSent), .fail(.answerLost),
      .answer(json("<html>", status: 503)),
    ]
    for step in steps {
      let found = await failure { try await update([step], [(a, [:]), (b, [:])]) }
      #expect(found != nil)
      #expect(found?.meaning.kind != .refused)
    }
  }

  @Test("Q4: more rows than one call takes, or a lead twice, are refused before anything is sent")
  func bounds() async throws {
    let many = (100...300).map { (id: "00Q000000000\($0)AAA", fields: Values()) }
    let bench = Bench([])
    #expect(
      await failure { try await bench.client.updateLeads(many) }?.meaning
        == SalesforceMeaning.request)
    #expect(
      await failure {
        try await bench.client.updateLeads([(a, [:]), ("00Q000000000001", [:]), (a, [:])])
      }?.meaning == SalesforceMeaning.request)
    #expect(try await bench.client.updateLeads([]).isEmpty)
    #expect(try await bench.client.createTasks([]).isEmpty)
    #expect(bench.transport.requests.isEmpty)
  }

  @Test("T1, T4: tasks are made in one POST, row by row")
  func tasks() async throws {
    let bench = Bench([
      granted(),
      answer([
        saved("00T000000000001"),
        refused(
          "DUPLICATE_VALUE",
          "duplicate value found: Part__c duplicates value on record with id: 00T000000000002"),
        refused("CANNOT_UPDATE_CONVERTED_LEAD"), refused("INACTIVE_OWNER_OR_USER"),
      ]),
    ])
    let row: Values = ["Subject": .text("Intercom: hi"), "WhoId": .text(a)]
    let outcomes = try await bench.client.createTasks([row, row, row, row])
    #expect(outcomes[0].id == "00T000000000001EAA")
    #expect(outcomes[1].failure?.records == ["00T000000000002EAA"])
    #expect(outcomes[1].failure?.fields == ["Part__c"])
    #expect(outcomes[2].failure?.meaning == SalesforceMeaning.converted)
    #expect(outcomes[3].failure?.meaning == SalesforceMeaning.inactiveOwner)
    let request = try #require(bench.transport.requests.last)
    #expect(request.method == .post)
    #expect(request.headers["Sforce-Auto-Assign"] == nil)
    #expect(
      bench.transport.bodies.last?.hasPrefix(
        #"{"allOrNone":false,"records":[{"attributes":{"type":"Task"},"Subject":"Intercom: hi","#)
        == true)
  }

  @Test("Q3: the values of leads come by the names asked for, a missing lead is absent")
  func values() async throws {
    let rows = [
      #"{"attributes":{"type":"Lead"},"Id":"\#(a)","Rating":"Hot","Seats__c":12.0,"Ok__c":false}"#,
      "null", #"{"Id":"00Q000000000003","Rating":null,"Seats__c":null,"Ok__c":true}"#,
    ]
    let bench = Bench([granted(), answer(rows), answer(rows)])
    let found = try await bench.client.leadValues(
      [a, b, c], fields: ["rating", "Seats__c", "Ok__c", "Id", "Rating"])
    #expect(
      bench.transport.bodies.last
        == #"{"ids":["\#(a)","\#(b)","\#(c)"],"fields":["Id","rating","Seats__c","Ok__c"]}"#)
    #expect(found.count == 2)
    #expect(found[a]?["rating"] == .text("Hot"))
    #expect(found[a]?["Seats__c"] == .number("12.0"))
    #expect(found[a]?["Ok__c"] == .flag(false))
    #expect(found["00Q000000000003EAA"]?["rating"] == .null)
    #expect(found[b] == nil)
    let lacking = await failure {
      try await bench.client.leadValues([a, b, c], fields: ["Other__c"])
    }
    #expect(lacking?.meaning == SalesforceMeaning.unreadable)
    #expect(try await bench.client.leadValues([], fields: ["Rating"]).isEmpty)
  }
}

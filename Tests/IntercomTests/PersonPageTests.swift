import HTTP
import Intercom
import SyncCore
import Testing
import Wire

@Suite struct PersonPageTests {
  static let page = #"""
    {"type":"list","data":[
      {"type":"contact","id":"63a07ddf05a32042dffac965","workspace_id":"w","external_id":"25",
       "role":"user","email":" Ann@Example.COM ","name":"A &amp; B","owner_id":null,
       "updated_at":1617225394,"created_at":1617224659,"archived":false,
       "custom_attributes":{"other":[1,{"SALESFORCE_STATUS":"no"}],
         "SALESFORCE_STATUS":"Open &amp; &lt;New&gt; \"q\" \ud83e\udd8a",
         "SALESFORCE_TITLE":42,"SALESFORCE_OWNER_ID":true,"SALESFORCE_OWNER_NAME":null,
         "SALESFORCE_OWNER_EMAIL":["x"],"SALESFORCE_OWNER_ROLE":"",
         "\u0053ALESFORCE_ID":"00Q\u200f","SALESFORCE_URL":-1.5e3},
       "tags":{"type":"list","data":[{"id":"9"}]}},
      {"id":7,"updated_at":1617225300,"owner_id":"12","custom_attributes":null}
     ],
     "total_count":301,
     "pages":{"type":"pages","next":{"page":2,"starting_after":"WzE\/\u003d"},"page":1}}
    """#

  func read(_ body: String, matchByExternalID: Bool = false) async throws -> PersonPage {
    let answer = Response(status: 200, body: Array(body.utf8))
    return try await client(
      ScriptedTransport([.success(answer)]), matchByExternalID: matchByExternalID
    ).list(startingAfter: nil)
  }

  @Test("S3: rows are in the order of PersonColumn, texts as people wrote them")
  func columns() async throws {
    let page = try await read(Self.page)
    let all = try rows(page)
    #expect(page.rows == 2)
    #expect(page.totalCount == 301)
    #expect(page.next == "WzE/=")
    #expect(page.oldestUpdatedAt == 1_617_225_300_000)
    #expect(
      all == [
        [
          "63a07ddf05a32042dffac965", "1617225394000", "user", "ann@example.com", nil,
          "Open & <New> \"q\" 🦊", "42", "true", nil, nil, nil, "00Q\u{200f}", nil, "-1.5e3",
          nil, nil, nil, "1617224659000",
        ],
        ["7", "1617225300000"] + Array(repeating: nil, count: 16),
      ])
  }

  @Test("M1: the external id is read where people are matched by it")
  func externalID() async throws {
    let all = try rows(try await read(Self.page, matchByExternalID: true))
    #expect(all[0][.externalID] == "25")
  }

  @Test("The sink is flushed once after the last row, and what it throws comes out")
  func sink() async throws {
    final class Refusing: RowSink {
      struct Full: Error {}
      func take(_ row: borrowing RowBuffer) throws { throw Full() }
      func flush() throws {}
    }
    let page = try await read(Self.page)
    let keeper = RowKeeper()
    try page.forEachRow(keeper)
    #expect(keeper.flushes == 1)
    #expect(throws: Refusing.Full.self) { try page.forEachRow(Refusing()) }
  }

  @Test(
    "The next page: absent, null, an object or an old address",
    arguments: [
      (#""total_count":0"#, nil), (#""pages":null"#, nil), (#""pages":{}"#, nil),
      (#""pages":{"next":null}"#, nil), (#""pages":{"next":{"starting_after":null}}"#, nil),
      (#""pages":{"next":{"starting_after":""}}"#, nil),
      (#""pages":{"next":{"starting_after":12}}"#, "12"),
      (
        #""pages":{"next":"https://api.intercom.io/contacts?per_page=5&starting_after=a%3D"}"#, "a="
      ),
    ] as [(String, String?)])
  func next(_ pages: String, _ next: String?) async throws {
    let page = try await read(#"{"type":"list","data":[],\#(pages)}"#)
    #expect(page.next == next)
    #expect(page.rows == 0)
    #expect(page.oldestUpdatedAt == nil)
  }

  @Test("I3: a next page that cannot be named is no last page")
  func lostNext() async {
    for next in ["https://api.intercom.io/contacts?page=2", "x?starting_after=%zz", ""] {
      let error = await failure {
        _ = try await read(#"{"data":[],"pages":{"next":"\#(next)"}}"#)
      }
      #expect(error?.failure.meaning == IntercomMeaning.unreadable)
    }
  }

  @Test("A page that breaks off anywhere is an error, never a shorter page or a trap")
  func truncation() async throws {
    let bytes = Array(Self.page.utf8)
    for length in 0..<bytes.count {
      let answer = Response(status: 200, body: Array(bytes.prefix(length)))
      let error = await failure {
        _ = try await client(ScriptedTransport([.success(answer)])).list(startingAfter: nil)
      }
      #expect(error?.failure.meaning == IntercomMeaning.unreadable, "at \(length)")
    }
  }

  @Test("Any byte changed to any other is read or refused, never a trap")
  func garbled() async throws {
    let bytes = Array(Self.page.utf8)
    var outcomes = [0, 0]
    for index in bytes.indices {
      for byte in [0, 0x22, 0x2C, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x31, 0xFF] as [UInt8] {
        var garbled = bytes
        garbled[index] = byte
        let answer = Response(status: 200, body: garbled)
        let error = await failure {
          let page = try await client(ScriptedTransport([.success(answer)]))
            .list(startingAfter: nil)
          #expect(try rows(page).count == page.rows)
        }
        outcomes[error == nil ? 0 : 1] += 1
      }
    }
    #expect(outcomes[0] > 0 && outcomes[1] > 0)
  }

  @Test("A thousand people with hostile values come out as they are")
  func hostile() async throws {
    let values = [
      #""\"\\\/\b\f\n\r\t""#, #""אבג \u202e שלום""#, #""👩🏽‍🚀\ud83d""#, "null", "12.0", "false",
      #""' OR 1=1 --""#, #""&amp;amp; &nope; &#x1F98A;""#, #""{\"id\":\"x\"}""#,
      "9223372036854775808",
    ]
    let expected: [String?] = [
      "\"\\/\u{8}\u{c}\n\r\t", "אבג \u{202e} שלום", "👩🏽‍🚀\u{fffd}", nil, "12.0", "false",
      "' OR 1=1 --", "&amp; &nope; 🦊", "{\"id\":\"x\"}", "9223372036854775808",
    ]
    let items = (0..<1000).map { index in
      #"{"id":"p\#(index)","email":\#(values[index % 10]),"updated_at":\#(index),"custom_attributes":{"SALESFORCE_TITLE":\#(values[index % 10])}}"#
    }
    let page = try await read(#"{"data":[\#(items.joined(separator: ","))]}"#)
    let all = try rows(page)
    #expect(all.count == 1000)
    for (index, row) in all.enumerated() {
      #expect(row[.id] == "p\(index)")
      #expect(row[.title] == expected[index % 10])
      #expect(row[.updatedAt] == String(index * 1000))
    }
  }

  @Test("A stamp beyond all numbers is none, not a trap")
  func stamps() async throws {
    for (stamp, expected) in [
      ("9223372036854775807", nil), ("-9223372036854775808", nil), ("\"12\"", "12000"),
      ("\"2026\u{2d}01\"", nil), ("null", nil), ("12.0", "12000"), ("true", nil),
    ] as [(String, String?)] {
      let all = try rows(try await read(#"{"data":[{"id":"1","updated_at":\#(stamp)}]}"#))
      #expect(all[0][.updatedAt] == expected, "\(stamp)")
    }
  }
}

@Suite struct PersonAnswerTests {
  func read(_ body: String) async throws -> PersonAnswer {
    try await client(answering: 200, body).0.person("1")
  }

  @Test("S11: one person fills a row as a page does, with its stamp")
  func fill() async throws {
    let person = try await read(
      #"{"type":"contact","id":"1","email":"A@x.com","updated_at":5,"custom_attributes":{"SALESFORCE_STATUS":"a &amp; b"}}"#
    )
    var row = RowBuffer(columns: PersonColumn.allCases.count)
    person.fill(&row)
    #expect(row.string(PersonColumn.email.rawValue) == "a@x.com")
    #expect(person.id == "1")
    #expect(person.updatedAt == 5000)
    #expect(person.value(of: .status) == "a & b")
    #expect(person.value(of: .title) == nil)
    #expect(!person.isArchived && !person.isDeleted && !person.isBlocked)
  }

  @Test("M8: archived, deleted and blocked are said where they are present")
  func flags() async throws {
    #expect(try await read(#"{"id":"1","object":"contact","archived":true}"#).isArchived)
    #expect(try await read(#"{"id":"1","deleted":true}"#).isDeleted)
    #expect(try await read(#"{"id":"1","blocked":true}"#).isBlocked)
    #expect(try await !read(#"{"id":"1","archived":"true"}"#).isArchived)
  }
}

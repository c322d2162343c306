import HTTP
import Intercom
import SyncCore
import Testing

@Suite struct CompanyTests {
  static let company = #"""
    {"type":"company","id":"531ee472cce572a6ec000006","name":"Blue &amp; Sun","app_id":"x",
     "plan":{"type":"plan","id":"269315","name":"Pro"},"company_id":"6","created_at":1663597223,
     "size":100,"website":"https://www.intercom.com","industry":null,"monthly_spend":0,
     "session_count":100,"user_count":100,"tags":{"tags":[]},
     "custom_attributes":{"paid_subscriber":true,"monthly_spend":155.5,"industry":"Ships",
       "Größe &amp; Art":"a &lt; b","gone":null,"list":[1]}}
    """#

  func client(_ bodies: [String]) -> (Intercom, ScriptedTransport) {
    let transport = ScriptedTransport(
      bodies.map { .success(Response(status: 200, body: Array($0.utf8))) })
    return (IntercomTests.client(transport), transport)
  }

  @Test("Q1, L4: a company has its fields and custom attributes by their bare names")
  func values() async throws {
    let (intercom, transport) = client([Self.company])
    let company = try await intercom.company("a/b")
    #expect(
      company
        == Company(
          id: "531ee472cce572a6ec000006",
          values: [
            "name": .text("Blue & Sun"), "plan": .text("Pro"), "company_id": .text("6"),
            "size": .number("100"), "website": .text("https://www.intercom.com"),
            "industry": .text("Ships"), "monthly_spend": .number("0"),
            "paid_subscriber": .flag(true), "Größe &amp; Art": .text("a < b"), "gone": .null,
          ]))
    #expect(transport.requests[0].method == .get)
    #expect(transport.requests[0].url == "https://api.intercom.io/companies/a%2Fb")
  }

  @Test("Q1: a plan is an object, an empty one, a text or null")
  func plans() async throws {
    for (plan, value) in [
      ("{}", nil), ("null", .null), (#""Pro""#, .text("Pro")), (#"{"name":null}"#, .null),
      ("[]", nil),
    ] as [(String, Value?)] {
      let company = try await client([#"{"id":"1","plan":\#(plan)}"#]).0.company("1")
      #expect(company?.values["plan"] == value, "\(plan)")
    }
  }

  @Test("Q1: a company that is deleted or unknown is none, and no error")
  func gone() async throws {
    let (deleted, _) = client([#"{"id":"1","type":"company","deleted":true}"#])
    #expect(try await deleted.company("1") == nil)
    let unknown = IntercomTests.client(
      answering: 404,
      #"{"type":"error.list","errors":[{"code":"company_not_found","message":"Company Not Found"}]}"#
    ).0
    #expect(try await unknown.company("1") == nil)
    let page = IntercomTests.client(answering: 404, "<html>").0
    let error = await failure { _ = try await page.company("1") }
    #expect(error?.failure.meaning == IntercomMeaning.unreadable)
  }

  @Test("Q1: the list is read page by page while it holds all companies")
  func list() async throws {
    let (intercom, transport) = client([
      #"{"type":"list","data":[{"id":"1"},{"id":"2"}],"total_count":3,"pages":{"type":"pages","next":null,"page":1,"per_page":2,"total_pages":2}}"#,
      #"{"type":"list","data":[{"id":"3"}],"total_count":3,"pages":{"page":2,"total_pages":2}}"#,
    ])
    let first = try await intercom.companyList(nil)
    let second = try await intercom.companyList(first.next)
    #expect(first.companies.map(\.id) == ["1", "2"])
    #expect(second.companies.map(\.id) == ["3"])
    #expect(second.next == nil)
    #expect(
      transport.requests.map(\.url) == [
        "https://api.intercom.io/companies/list?per_page=60&page=1&order=desc",
        "https://api.intercom.io/companies/list?per_page=60&page=2&order=desc",
      ])
    #expect(transport.requests.allSatisfy { $0.method == .post })
  }

  @Test("Q1: with more companies than the list gives, the scroll is read to its end")
  func scroll() async throws {
    let (intercom, transport) = client([
      #"{"type":"list","data":[{"id":"9"}],"total_count":10001,"pages":{"page":1,"total_pages":667}}"#,
      #"{"type":"list","data":[{"id":"1"},{"id":"2"}],"pages":null,"total_count":null,"scroll_param":"69352cd2/ab"}"#,
      #"{"type":"list","data":[{"id":"3"}],"scroll_param":"69352cd2/ab"}"#,
      #"{"type":"list","data":[],"scroll_param":"69352cd2/ab"}"#,
    ])
    var ids: [String] = []
    var next: String?
    var calls = 0
    repeat {
      let page = try await intercom.companyList(next)
      ids += page.companies.map(\.id)
      next = page.next
      calls += 1
    } while next != nil && calls < 10
    #expect(ids == ["1", "2", "3"])
    #expect(
      transport.requests.dropFirst().map(\.url) == [
        "https://api.intercom.io/companies/scroll",
        "https://api.intercom.io/companies/scroll?scroll_param=69352cd2%2Fab",
        "https://api.intercom.io/companies/scroll?scroll_param=69352cd2%2Fab",
      ])
  }

  @Test("Q1: the last page ends the list, whether or not it says how many there are")
  func ends() async throws {
    for body in [
      #"{"data":[],"pages":{"next":"https://x/y?page=2"}}"#, #"{"data":[{"id":"1"}],"pages":null}"#,
      #"{"data":[{"id":"1"}]}"#,
      #"{"data":[{"id":"1"}],"pages":{"total_pages":1}}"#,
      #"{"data":[],"pages":{"total_pages":9}}"#,
    ] {
      #expect(try await client([body]).0.companyList(nil).next == nil, "\(body)")
    }
  }

  @Test("Q1: a list that does not count its pages goes on where it names the next")
  func uncounted() async throws {
    for next in [#""https://x/y?page=2""#, #"{"page":2,"starting_after":"2"}"#] {
      let page = try await client([#"{"data":[{"id":"1"}],"pages":{"next":\#(next)}}"#]).0
        .companyList(nil)
      #expect(page.next == "page:2", "\(next)")
    }
  }

  @Test("Q1: a list that grew beyond its end while it was read is not asked for more")
  func grown() async throws {
    let body = #"{"data":[{"id":"1"}],"total_count":10020,"pages":{"total_pages":168}}"#
    #expect(try await client([body]).0.companyList("page:166").next == "page:167")
    #expect(try await client([body]).0.companyList("page:167").next == nil)
    #expect(try await client([body]).0.companyList("page:x").next == "scroll:")
  }

  @Test("I3: a page that lost a company's id is no page")
  func broken() async {
    for body in [#"{"data":[{"name":"x"}]}"#, #"{"data":{}}"#, #"{"data":[null]}"#] {
      for next in [nil, "scroll:", "scroll:x", "page:7"] {
        let error = await failure { _ = try await client([body]).0.companyList(next) }
        #expect(error?.failure.meaning == IntercomMeaning.unreadable, "\(body)")
      }
    }
  }
}

@Suite struct TagTests {
  @Test("L1, T1: the tags of the workspace by id and name, HTML escapes undone")
  func tags() async throws {
    let (intercom, transport) = client(
      answering: 200,
      #"{"type":"list","data":[{"type":"tag","id":"102","name":"A &amp; B"},{"id":7,"name":null}]}"#
    )
    let tags = try await intercom.tags()
    #expect(tags.map(\.id) == ["102", "7"])
    #expect(tags.map(\.name) == ["A & B", ""])
    #expect(transport.requests[0].url == "https://api.intercom.io/tags")
  }

  @Test("L1: the people with a tag are searched by it, in an order that never changes")
  func people() async throws {
    let (intercom, transport) = client(
      answering: 200,
      #"{"data":[{"id":"a","updated_at":1},{"id":"b"}],"pages":{"next":{"starting_after":"c"}}}"#)
    let page = try await intercom.people(withTag: "102", startingAfter: "x")
    #expect(page.ids == ["a", "b"])
    #expect(page.next == "c")
    #expect(transport.requests[0].url == "https://api.intercom.io/contacts/search")
    #expect(
      text(transport.requests[0])
        == #"{"query":{"field":"tag_id","operator":"=","value":"102"},"#
        + #""sort":{"field":"created_at","order":"ascending"},"#
        + #""pagination":{"per_page":150,"starting_after":"x"}}"#)
  }
}

@Suite struct PersonDetailsTests {
  func read(_ body: String) async throws -> PersonDetails {
    try await client(answering: 200, body).0.details("1")
  }

  @Test("L4, Q1: the details have every attribute with one value, named as rules name it")
  func values() async throws {
    let details = try await read(
      #"{"type":"contact","id":"1","workspace_id":"w","role":"lead","email":" Ann@X.com","name":"A &amp; B","phone":null,"owner_id":"5","created_at":5,"updated_at":6,"has_hard_bounced":false,"avatar":null,"location":{"city":"x"},"utm_source":"ads","custom_attributes":{"plan":1.5,"list":["a"],"note":"x &lt; y"},"tags":{"data":[{"id":9},{"id":"10"}]},"companies":{"data":[{"id":"c1"},{"id":"c2"}]}}"#
    )
    #expect(details.role == "lead")
    #expect(details.email == " Ann@X.com")
    #expect(details.companyID == "c1" && details.teammateID == "5")
    #expect(details.createdAt == 5000 && details.updatedAt == 6000)
    #expect(!details.isGone)
    #expect(
      details.values == [
        "id": .text("1"), "role": .text("lead"), "email": .text(" Ann@X.com"),
        "name": .text("A & B"), "phone": .null, "owner_id": .text("5"),
        "created_at": .number("5"), "updated_at": .number("6"), "has_hard_bounced": .flag(false),
        "utm_source": .text("ads"), "custom_attributes.plan": .number("1.5"),
        "custom_attributes.note": .text("x < y"), "tag": .list([.text("10"), .text("9")]),
      ])
  }

  @Test("L2: an empty or blank e-mail address is none")
  func email() async throws {
    for value in ["null", #""""#, #""  ""#, "7", "{}"] {
      #expect(try await read(#"{"id":"1","email":\#(value)}"#).email == nil, "\(value)")
    }
  }

  @Test("M8: archived, deleted and blocked people are gone")
  func gone() async throws {
    for flag in ["archived", "deleted", "blocked"] {
      #expect(try await read(#"{"id":"1","\#(flag)":true}"#).isGone)
      #expect(try await !read(#"{"id":"1","\#(flag)":false}"#).isGone)
    }
  }

  @Test("A2: the owner is a number up to 2.15 and a text from 2.16 on")
  func owner() async throws {
    for (version, id, body) in [
      ("2.15", "123", #"{"owner_id":123}"#), ("2.7", "123", #"{"owner_id":123}"#),
      ("2.16", "123", #"{"owner_id":"123"}"#), ("2.20", "123", #"{"owner_id":"123"}"#),
      ("3.0", "123", #"{"owner_id":"123"}"#), ("Preview", "123", #"{"owner_id":"123"}"#),
      ("2.15", "x1", #"{"owner_id":"x1"}"#),
    ] {
      let transport = ScriptedTransport([
        .success(Response(status: 200, body: Array(#"{"id":"a/b","owner_id":123}"#.utf8)))
      ])
      let answer = try await client(transport, readsTeammates: true, version: version)
        .setTeammate("a/b", to: id)
      #expect(answer.id == "a/b")
      #expect(transport.requests[0].method == .put)
      #expect(transport.requests[0].url == "https://api.intercom.io/contacts/a%2Fb")
      #expect(text(transport.requests[0]) == body, "\(version)")
    }
  }
}

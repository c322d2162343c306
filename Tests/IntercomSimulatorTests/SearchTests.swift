import HTTP
import Simulators
import Testing

@Suite struct SearchTests {
  /// 2026-03-10T12:00:00Z, in Los Angeles 05:00 of the 10th (UTC-7: summer began on the 8th).
  private let noon = Workspace.noon

  private func ids(_ world: Workspace, _ field: String, _ operation: String, _ value: Int64)
    -> [String]
  {
    world.search(
      "{\"field\":\"\(field)\",\"operator\":\"\(operation)\",\"value\":\(value)}"
    ).ids
  }

  @Test("Dates match whole days of the workspace's zone, and > begins at the next midnight")
  func days() {
    let world = Workspace()
    // Local midnights around the 10th: 07:00Z on the 10th and on the 11th.
    let midnight: Int64 = 1_773_126_000
    let before = world.simulator.createContact(.init(email: "a@x.io", createdAt: midnight - 1))
    let during = world.simulator.createContact(.init(email: "b@x.io", createdAt: midnight))
    let late = world.simulator.createContact(.init(email: "c@x.io", createdAt: midnight + 86_399))
    let after = world.simulator.createContact(.init(email: "d@x.io", createdAt: midnight + 86_400))
    #expect(ids(world, "created_at", "=", noon) == [during, late])
    #expect(ids(world, "created_at", ">", noon) == [after])
    #expect(ids(world, "created_at", "<", noon) == [before])
    for operation in ["!=", ">=", "<=", "IN", "NIN"] {
      let answer = world.search(
        "{\"field\":\"created_at\",\"operator\":\"\(operation)\",\"value\":\(noon)}")
      #expect(answer.code == "parameter_invalid")
    }
  }

  @Test("The days of a summer zone are 23 and 25 hours long where the clocks change")
  func zones() {
    let berlin = IntercomSimulator.Zone("Europe/Berlin")
    // 2026-03-29 and 2026-10-25.
    let spring = berlin.day(of: 1_774_784_000)
    let autumn = berlin.day(of: 1_792_930_000)
    #expect(spring.upperBound - spring.lowerBound == 23 * 3600)
    #expect(autumn.upperBound - autumn.lowerBound == 25 * 3600)
    let sydney = IntercomSimulator.Zone("Australia/Sydney")
    #expect(sydney.offset(at: 1_767_225_600) == 11 * 3600)
    #expect(sydney.offset(at: 1_782_864_000) == 10 * 3600)
    let fixed = IntercomSimulator.Zone("+05:45")
    #expect(fixed.day(of: 0).lowerBound == -20_700)
    #expect(IntercomSimulator.Zone("America/New_York").offset(at: 1_782_864_000) == -4 * 3600)
  }

  @Test("Pages sorted by updated_at show everybody once, the cursor travelling in the body")
  func pages() {
    let world = Workspace()
    var made: [String] = []
    for number in 0..<330 {
      world.clock.now += number % 3 == 0 ? 1000 : 0
      made.append(world.person("p\(number)@x.io"))
    }
    for order in ["ascending", "descending"] {
      var seen: [String] = []
      var cursor = ""
      repeat {
        let page = world.search(
          "{\"field\":\"updated_at\",\"operator\":\">\",\"value\":\(noon - 2 * 86_400)}",
          ",\"sort\":{\"field\":\"updated_at\",\"order\":\"\(order)\"},"
            + "\"pagination\":{\"per_page\":150\(cursor)}")
        #expect(page.json["total_count"] == .int(330))
        seen += page.ids
        cursor =
          page.json["pages"]?["next"]?["starting_after"]?.string
          .map { ",\"starting_after\":\"\($0)\"" } ?? ""
      } while !cursor.isEmpty
      #expect(seen == (order == "ascending" ? made : made.reversed()))
    }
  }

  @Test("A person who changes between two pages is neither lost nor shown twice beyond the cursor")
  func movingPages() {
    let world = Workspace()
    var made: [String] = []
    for number in 0..<20 {
      world.clock.now += 1000
      made.append(world.person("p\(number)@x.io"))
    }
    let query = "{\"field\":\"role\",\"operator\":\"=\",\"value\":\"user\"}"
    let sort = ",\"sort\":{\"field\":\"updated_at\",\"order\":\"ascending\"}"
    let first = world.search(query, sort + ",\"pagination\":{\"per_page\":10}")
    world.clock.now += 1000
    world.simulator.update(made[2], "name", .string("moved"))
    let cursor = first.json["pages"]?["next"]?["starting_after"]?.string ?? ""
    let second = world.search(
      query, sort + ",\"pagination\":{\"per_page\":50,\"starting_after\":\"\(cursor)\"}")
    #expect(second.ids == Array(made[10...]) + [made[2]])
  }

  @Test("A change is invisible to search while the index lags, old values and all")
  func lag() {
    let world = Workspace { $0.searchLagMilliseconds = 60_000 }
    let id = world.person("old@x.io")
    let old = #"{"field":"email","operator":"=","value":"old@x.io"}"#
    let new = #"{"field":"email","operator":"=","value":"new@x.io"}"#
    #expect(world.search(old).ids.isEmpty)
    world.clock.now += 60_000
    #expect(world.search(old).ids == [id])
    _ = world.call(.put, "/contacts/\(id)", #"{"email":"new@x.io"}"#)
    #expect(world.search(old).ids == [id])
    #expect(world.search(new).ids.isEmpty)
    #expect(world.call(.get, "/contacts/\(id)").json["email"] == .string("new@x.io"))
    world.clock.now += 60_000
    #expect(world.search(old).ids.isEmpty)
    #expect(world.search(new).ids == [id])
  }

  @Test("Filters nest two levels and hold fifteen to a group")
  func nesting() {
    let world = Workspace()
    let id = world.person("ann@x.io", name: "Ann Lee")
    _ = world.person("bob@x.io", name: "Bob Lee")
    let leaf = #"{"field":"name","operator":"~","value":"ann"}"#
    func group(_ operation: String, _ children: [String]) -> String {
      "{\"operator\":\"\(operation)\",\"value\":[\(children.joined(separator: ","))]}"
    }
    let role = #"{"field":"role","operator":"=","value":"user"}"#
    let two = group("AND", [role, group("OR", [leaf, leaf])])
    #expect(world.search(two).ids == [id])
    #expect(world.search(group("AND", [group("OR", [group("AND", [leaf])])])).status == 400)
    #expect(world.search(group("OR", Array(repeating: leaf, count: 15))).status == 200)
    #expect(world.search(group("OR", Array(repeating: leaf, count: 16))).status == 400)
  }

  @Test(
    "Text operators compare without regard to case",
    arguments: [
      (#"{"field":"name","operator":"^","value":"ANN"}"#, 1),
      (#"{"field":"name","operator":"$","value":"lee"}"#, 2),
      (#"{"field":"name","operator":"!~","value":"ann"}"#, 1),
      (#"{"field":"email","operator":"IN","value":["ANN@x.io","zoe@x.io"]}"#, 1),
      (#"{"field":"email","operator":"NIN","value":["ann@x.io"]}"#, 1),
      (#"{"field":"email_domain","operator":"=","value":"x.io"}"#, 2),
      (#"{"field":"phone","operator":"=","value":null}"#, 2),
      (#"{"field":"email","operator":"!=","value":null}"#, 2),
    ])
  func operators(_ query: String, _ count: Int) {
    let world = Workspace()
    _ = world.person("ann@x.io", name: "Ann Lee")
    _ = world.person("bob@x.io", name: "Bob Lee")
    #expect(world.search(query).ids.count == count)
  }

  @Test("Archived, deleted, blocked and merged people are not found; tags are, by = and != only")
  func excluded() {
    let world = Workspace()
    let people = (0..<4).map { world.person("p\($0)@x.io", role: $0 == 3 ? .lead : .user) }
    let stays = world.person("stay@x.io")
    world.simulator.archive(people[0])
    world.simulator.delete(people[1])
    world.simulator.block(people[2])
    world.simulator.merge(people[3], into: stays)
    #expect(world.search(#"{"field":"email_domain","operator":"=","value":"x.io"}"#).ids == [stays])
    world.simulator.tag(stays, "hot")
    let tag = world.simulator.addTag("hot")
    #expect(
      world.search("{\"field\":\"tag_id\",\"operator\":\"=\",\"value\":\"\(tag)\"}").ids == [stays])
    #expect(
      world.search("{\"field\":\"tag_id\",\"operator\":\"IN\",\"value\":[\"\(tag)\"]}").status
        == 400)
  }

  @Test("Custom attributes are searched by name; an unknown field is invalid_field")
  func custom() {
    let world = Workspace()
    let id = world.person("ann@x.io")
    world.simulator.setAttribute(id, "SALESFORCE_ID", .string("00Q1"))
    #expect(
      world.search(
        #"{"field":"custom_attributes.SALESFORCE_ID","operator":"=","value":"00Q1"}"#
      ).ids == [id])
    #expect(
      world.search(#"{"field":"custom_attributes.NOPE","operator":"=","value":"1"}"#).code
        == "invalid_field")
  }

  @Test("A bad sort order is refused by 2.16 only")
  func sortOrder() {
    var world = Workspace()
    let query = #"{"field":"role","operator":"=","value":"user"}"#
    let sort = #","sort":{"field":"updated_at","order":"desc"}"#
    #expect(world.search(query, sort).status == 200)
    world.version = "2.16"
    #expect(world.search(query, sort).code == "invalid_sort_order")
  }
}

import HTTP
import Simulators
import Testing

@Suite struct CompanyTests {
  @Test("Q1: A company shows what it has; a change of it moves nobody's updated_at")
  func fields() throws {
    let world = Workspace()
    let person = world.person("a@x.io")
    let id = try #require(world.simulator.addCompany("Acme & Co", of: person))
    let before = world.call(.get, "/contacts/\(person)").json
    #expect(before["companies"]?["data"]?.array?.first?["id"] == .string(id))
    world.clock.now += 5000
    world.simulator.updateCompany(id, "size", .int(700))
    world.simulator.updateCompany(id, "plan", .string("Pro"))
    world.simulator.updateCompany(id, "region", .string("EMEA"))
    let company = world.call(.get, "/companies/\(id)").json
    #expect(company["name"] == .string("Acme &amp; Co"))
    #expect(company["size"] == .int(700))
    #expect(company["plan"]?["name"] == .string("Pro"))
    #expect(company["custom_attributes"]?["region"] == .string("EMEA"))
    #expect(company["website"] == nil)
    #expect(company["updated_at"] == .int(Workspace.noon + 5))
    let after = world.call(.get, "/contacts/\(person)").json
    #expect(after["updated_at"] == before["updated_at"])
  }

  @Test("The list shows companies of somebody only, page by page; the scroll is one at a time")
  func lists() throws {
    let world = Workspace()
    let person = world.person("a@x.io")
    let ids = (0..<5).compactMap { world.simulator.addCompany("C\($0)", of: person) }
    world.simulator.leaveCompany(ids[0], person)
    let first = world.call(.post, "/companies/list?per_page=3&order=asc")
    #expect(first.ids == Array(ids[1...3]))
    #expect(first.json["total_count"] == .int(4))
    let next = try #require(first.json["pages"]?["next"]?["starting_after"]?.scalarText)
    #expect(
      world.call(.post, "/companies/list?per_page=3&order=asc&starting_after=\(next)").ids
        == [ids[4]])
    let scroll = world.call(.get, "/companies/scroll")
    #expect(Set(scroll.ids) == Set(ids[1...]))
    #expect(world.call(.get, "/companies/scroll").code == "scroll_exists")
    let parameter = try #require(scroll.json["scroll_param"]?.string)
    #expect(world.call(.get, "/companies/scroll?scroll_param=\(parameter)").ids.isEmpty)
    #expect(world.call(.get, "/companies/scroll").status == 200)
    world.clock.now += 61_000
    #expect(world.call(.get, "/companies/scroll").status == 200)
  }

  @Test("A company that is gone is a 404, and nobody's any more")
  func gone() throws {
    let world = Workspace()
    let person = world.person("a@x.io")
    let id = try #require(world.simulator.addCompany("Acme", of: person))
    #expect(world.call(.delete, "/companies/\(id)").json["deleted"] == .bool(true))
    #expect(world.call(.get, "/companies/\(id)").code == "company_not_found")
    #expect(
      world.call(.get, "/contacts/\(person)").json["companies"]?["total_count"] == .int(0))
  }

  @Test("By the API a company is made by its company_id and attached to people")
  func written() throws {
    let world = Workspace()
    let person = world.person("a@x.io")
    world.simulator.defineAttribute("tier", model: "company")
    let made = world.call(
      .post, "/companies",
      #"{"company_id":"6","name":"Blue","size":3,"custom_attributes":{"tier":"gold"}}"#)
    let id = try #require(made.json["id"]?.string)
    #expect(
      world.call(.post, "/companies", #"{"company_id":"6","name":"Red"}"#).json["id"]
        == .string(id))
    #expect(world.call(.get, "/companies?name=Red").json["size"] == .int(3))
    #expect(
      world.call(.put, "/companies/\(id)", #"{"custom_attributes":{"nope":1}}"#).status == 400)
    #expect(world.call(.post, "/contacts/\(person)/companies", "{}").status == 400)
    #expect(
      world.call(.post, "/contacts/\(person)/companies", #"{"id":"\#(id)"}"#).status == 200)
    #expect(world.call(.get, "/contacts/\(person)/companies").ids == [id])
    #expect(world.call(.delete, "/contacts/\(person)/companies/\(id)").status == 200)
    #expect(world.call(.get, "/contacts/\(person)/companies").ids.isEmpty)
  }

  @Test("A merge takes the lead's companies and tags to the user")
  func merge() throws {
    let world = Workspace()
    let user = world.person("a@x.io")
    let lead = world.person("a@x.io", role: .lead)
    let id = try #require(world.simulator.addCompany("Acme", of: lead))
    world.simulator.tag(lead, "hot")
    world.simulator.merge(lead, into: user)
    let survivor = world.call(.get, "/contacts/\(user)").json
    #expect(survivor["companies"]?["data"]?.array?.first?["id"] == .string(id))
    #expect(survivor["tags"]?["total_count"] == .int(1))
  }
}

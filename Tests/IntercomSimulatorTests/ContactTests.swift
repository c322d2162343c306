import HTTP
import Simulators
import Testing

@Suite struct ContactTests {
  @Test("A person that was created is listed and read with the same fields")
  func createAndRead() {
    let world = Workspace()
    let made = world.call(
      .post, "/contacts", #"{"role":"user","email":"Ann@Example.com","external_id":"7"}"#)
    #expect(made.status == 200)
    let id = made.json["id"]?.string ?? ""
    #expect(id.utf8.count == 24)
    let read = world.call(.get, "/contacts/\(id)")
    #expect(read.json == made.json)
    #expect(read.json["email"] == .string("Ann@Example.com"))
    #expect(read.json["external_id"] == .string("7"))
    #expect(world.call(.get, "/contacts").ids == [id])
    #expect(world.call(.get, "/contacts/find_by_external_id/7").json["id"] == .string(id))
  }

  @Test("A list page holds 10 by default, 150 at most, and ends without next")
  func pages() {
    let world = Workspace()
    let ids = (0..<25).map { world.person("p\($0)@example.com") }
    #expect(world.call(.get, "/contacts").ids.count == 10)
    var seen: [String] = []
    var cursor: String? = ""
    while let after = cursor {
      let suffix = after.isEmpty ? "" : "&starting_after=\(after)"
      let page = world.call(.get, "/contacts?per_page=10\(suffix)")
      #expect(page.json["total_count"] == .int(25))
      seen += page.ids
      cursor = page.json["pages"]?["next"]?["starting_after"]?.string
    }
    #expect(seen == ids)
    #expect(world.call(.get, "/contacts?per_page=151").status == 400)
    #expect(world.call(.get, "/contacts?starting_after=nonsense").code == "client_error")
  }

  @Test("A user that clashes is a 409 with the id in the message, archived ones too")
  func conflict() {
    let world = Workspace()
    let id = world.person("ann@example.com", external: "7")
    let body = #"{"role":"user","email":"ann@example.com","external_id":"7"}"#
    let live = world.call(.post, "/contacts", body)
    #expect(live.status == 409)
    #expect(
      live.message == "A contact matching those details already exists with id=\(id)")
    world.simulator.archive(id)
    let archived = world.call(.post, "/contacts", body)
    #expect(
      archived.message == "An archived contact matching those details already exists with id=\(id)")
  }

  @Test("Users with different external ids and any number of leads share one e-mail")
  func sharedEmail() {
    let world = Workspace()
    _ = world.person("ann@example.com", external: "7")
    let other = world.call(
      .post, "/contacts", #"{"email":"ann@example.com","external_id":"8"}"#)
    #expect(other.status == 200)
    for _ in 0..<3 {
      let lead = world.call(.post, "/contacts", #"{"role":"lead","email":"ANN@example.com"}"#)
      #expect(lead.status == 200)
    }
    #expect(
      world.search(#"{"field":"email","operator":"=","value":"ann@example.com"}"#).ids.count == 5)
  }

  @Test("A lead's external id is Intercom's UUID, whatever was sent")
  func leadExternalID() {
    let world = Workspace()
    let lead = world.call(
      .post, "/contacts", #"{"role":"lead","email":"a@example.com","external_id":"mine"}"#)
    let uuid = lead.json["external_id"]?.string ?? ""
    #expect(uuid.utf8.count == 36)
    #expect(
      world.call(.get, "/contacts/find_by_external_id/\(uuid)").json["id"] == lead.json["id"])
  }

  @Test("A lead becomes a user, a user never a lead")
  func roles() {
    let world = Workspace()
    let id = world.person("a@example.com", role: .lead)
    let user = world.call(.put, "/contacts/\(id)", #"{"role":"user","external_id":"9"}"#)
    #expect(user.json["role"] == .string("user"))
    #expect(user.json["external_id"] == .string("9"))
    let back = world.call(.put, "/contacts/\(id)", #"{"role":"lead"}"#)
    #expect(back.code == "client_error")
    #expect(back.status == 400)
  }

  @Test("An archived or deleted person is not found; only the archived one comes back")
  func archive() {
    let world = Workspace()
    let id = world.person("a@example.com")
    #expect(world.call(.post, "/contacts/\(id)/archive").json["archived"] == .bool(true))
    #expect(world.call(.get, "/contacts/\(id)").message == "User Not Found")
    #expect(world.call(.put, "/contacts/\(id)", #"{"name":"x"}"#).status == 404)
    #expect(world.call(.post, "/contacts/\(id)/unarchive").json["archived"] == .bool(false))
    #expect(world.call(.get, "/contacts/\(id)").status == 200)
    #expect(world.call(.delete, "/contacts/\(id)").json["deleted"] == .bool(true))
    let revived = world.call(.post, "/contacts/\(id)/unarchive")
    #expect(revived.code == "bad_request")
    #expect(world.call(.get, "/contacts").ids.isEmpty)
  }

  @Test("A merged lead answers 404 to 2.15, and 410 with the canonical contact to 2.16")
  func merge() {
    var world = Workspace()
    let lead = world.person("a@example.com", role: .lead)
    let user = world.person("b@example.com")
    let body = "{\"from\":\"\(lead)\",\"into\":\"\(user)\"}"
    #expect(
      world.call(.post, "/contacts/merge", "{\"from\":\"\(user)\",\"into\":\"\(lead)\"}").code
        == "invalid_merge")
    world.version = "2.16"
    #expect(world.call(.post, "/contacts/merge", body).code == "invalid_merge")
    world.version = "2.15"
    #expect(world.call(.post, "/contacts/merge", body).json["id"] == .string(user))
    #expect(world.call(.get, "/contacts/\(lead)").status == 404)
    #expect(world.call(.get, "/contacts").ids == [user])
    world.version = "2.16"
    let gone = world.call(.get, "/contacts/\(lead)")
    #expect(gone.code == "contact_merged")
    #expect(gone.headers["Link"] == "</contacts/\(user)>; rel=\"canonical\"")
  }

  @Test("An unknown custom attribute refuses the whole write")
  func unknownAttribute() {
    let world = Workspace()
    let id = world.person("a@example.com", name: "Ann")
    let put = world.call(
      .put, "/contacts/\(id)", #"{"name":"Changed","custom_attributes":{"NOPE":"x"}}"#)
    #expect(put.code == "parameter_invalid")
    #expect(put.message == "Custom attribute 'NOPE' does not exist")
    #expect(world.call(.get, "/contacts/\(id)").json["name"] == .string("Ann"))
  }

  @Test("Custom attributes merge key by key, null clears, text comes back HTML-escaped and cut")
  func attributes() {
    let world = Workspace()
    world.simulator.defineAttribute("A")
    world.simulator.defineAttribute("B")
    let id = world.person("a@example.com")
    _ = world.call(.put, "/contacts/\(id)", #"{"custom_attributes":{"A":"R&D","B":"x"}}"#)
    let long = String(repeating: "y", count: 300)
    let put = world.call(
      .put, "/contacts/\(id)",
      "{\"name\":\"<Ann> & 'Bob'\",\"custom_attributes\":{\"B\":null}}")
    #expect(put.json["custom_attributes"]?["A"] == .string("R&amp;D"))
    #expect(put.json["custom_attributes"]?["B"] == .null)
    #expect(put.json["name"] == .string("&lt;Ann&gt; &amp; &#39;Bob&#39;"))
    let cut = world.call(.put, "/contacts/\(id)", "{\"custom_attributes\":{\"B\":\"\(long)\"}}")
    #expect(cut.json["custom_attributes"]?["B"]?.string?.count == 255)
    #expect(world.simulator.puts(to: id).count == 3)
    #expect(world.simulator.putCount(of: id) == 3)
  }

  @Test("An owner outside the workspace is refused")
  func owner() {
    let world = Workspace()
    let id = world.person("a@example.com")
    let admin = world.simulator.addAdmin(name: "Zoe", email: "zoe@example.com")
    #expect(
      world.call(.put, "/contacts/\(id)", #"{"owner_id":5}"#).message
        == "The owner specified is not a member of the workspace")
    let put = world.call(.put, "/contacts/\(id)", "{\"owner_id\":\(admin)}")
    #expect(put.json["owner_id"] == .int(Int64(admin)))
  }
}

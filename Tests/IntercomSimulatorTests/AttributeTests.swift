import HTTP
import Simulators
import Testing

@Suite struct AttributeTests {
  private func create(
    _ world: Workspace, _ name: String, _ model: String = "contact", _ type: String = "string"
  ) -> Workspace.Result {
    world.call(
      .post, "/data_attributes",
      "{\"name\":\"\(name)\",\"model\":\"\(model)\",\"data_type\":\"\(type)\"}")
  }

  @Test("An attribute has an id, is custom, and is not writable from the Messenger by itself")
  func created() {
    let world = Workspace()
    let made = create(world, "SALESFORCE_STATUS")
    #expect(made.status == 200)
    #expect(made.json["full_name"] == .string("custom_attributes.SALESFORCE_STATUS"))
    #expect(made.json["messenger_writable"] == .bool(false))
    #expect(made.json["custom"] == .bool(true))
    let listed = world.call(.get, "/data_attributes?model=contact").json["data"]?.array ?? []
    #expect(listed.contains(made.json))
    #expect(listed.first { $0["name"] == .string("email") }?["id"] == nil)
  }

  @Test("A name belongs to one model, and to archived attributes too, with a 400 and no 409")
  func taken() {
    let world = Workspace()
    let id = create(world, "X", "company").json["id"]?.integer ?? 0
    let clash = create(world, "X")
    #expect(clash.status == 400)
    #expect(
      clash.message
        == "You already have 'X' in your company data. To save this as new people data, "
        + "use a different name.")
    #expect(world.call(.put, "/data_attributes/\(id)", #"{"archived":true}"#).status == 200)
    #expect(create(world, "X").status == 400)
    let visible = world.call(.get, "/data_attributes?model=company").json["data"]?.array ?? []
    #expect(!visible.contains { $0["name"] == .string("X") })
    let all = world.call(.get, "/data_attributes?model=company&include_archived=true")
    #expect(all.json["data"]?.array?.contains { $0["name"] == .string("X") } == true)
  }

  @Test("250 custom attributes are all there can be, archived ones counted")
  func limit() {
    let world = Workspace()
    for number in 0..<250 {
      world.simulator.defineAttribute("A\(number)", archived: number < 10)
    }
    #expect(create(world, "ONE_TOO_MANY").code == "custom_data_limit_reached")
  }

  @Test("Bad names, types, standard names and unknown ids are refused in the vendor's words")
  func refused() {
    let world = Workspace()
    #expect(create(world, "a.b").code == "parameter_invalid")
    #expect(create(world, "a$b").code == "parameter_invalid")
    #expect(create(world, "Mithril Shirt").status == 200)
    #expect(create(world, "T", "contact", "money").message == "Data Type isn't an option")
    #expect(create(world, "Name").message == "'Name' is one of our standard attributes")
    #expect(
      world.call(.put, "/data_attributes/1", #"{"archived":true}"#).code == "field_not_found")
  }

  @Test("An archived attribute is unknown to writes and absent from people until it is revived")
  func archived() {
    let world = Workspace()
    let id = world.person("a@x.io")
    world.simulator.setAttribute(id, "S", .string("v"))
    world.simulator.archiveAttribute("S")
    #expect(world.call(.put, "/contacts/\(id)", #"{"custom_attributes":{"S":"w"}}"#).status == 400)
    #expect(world.call(.get, "/contacts/\(id)").json["custom_attributes"]?["S"] == nil)
    world.simulator.archiveAttribute("S", false)
    #expect(
      world.call(.get, "/contacts/\(id)").json["custom_attributes"]?["S"] == .string("v"))
  }

  @Test("O6: an attribute is archived over the API, but for one that something else depends on")
  func archivedOverAPI() {
    let world = Workspace { $0.attributesInUse = ["USED"] }
    let id = world.person("a@x.io")
    for (name, status) in [("FREE", 200), ("USED", 422)] {
      let attribute = create(world, name).json["id"]?.integer ?? 0
      world.simulator.setAttribute(id, name, .string("v"))
      let put = world.call(.put, "/data_attributes/\(attribute)", #"{"archived":true}"#)
      #expect(put.status == status)
      #expect(put.json["archived"] == (status == 200 ? .bool(true) : nil))
      if status == 422 { #expect(put.code == "data_invalid") }
      let again = world.call(.put, "/data_attributes/\(attribute)", #"{"archived":false}"#)
      #expect(again.status == 200, "nothing keeps it from being live")
    }
    let values = world.call(.get, "/contacts/\(id)").json["custom_attributes"]
    #expect(values?["FREE"] == .string("v"), "the values were kept")
  }

  @Test("A value of the wrong type is refused; one over 255 characters can be, too")
  func types() {
    let world = Workspace { $0.cutsLongStrings = false }
    world.simulator.defineAttribute("N", dataType: "integer")
    world.simulator.defineAttribute("S")
    let id = world.person("a@x.io")
    #expect(
      world.call(.put, "/contacts/\(id)", #"{"custom_attributes":{"N":"many"}}"#).status == 400)
    #expect(
      world.call(.put, "/contacts/\(id)", #"{"custom_attributes":{"S":{"a":1}}}"#).status == 400)
    let long = String(repeating: "x", count: 256)
    #expect(
      world.call(.put, "/contacts/\(id)", "{\"custom_attributes\":{\"S\":\"\(long)\"}}").status
        == 400)
  }
}

import HTTP
import Simulators
import Testing

@Suite struct DescribeTests {
  @Test(
    "A described object has the recorded keys, and its fields those of a recorded field",
    .enabled(if: Recorded.isThere, Recorded.absence), arguments: ["Lead", "Contact"])
  func keys(object: String) throws {
    let recorded = try Recorded.json("cumulusci/describe_\(object).json")
    let own = try World().call(.get, "/sobjects/\(object)/describe").json
    #expect(own.keys == recorded.keys)
    #expect(try own["fields"][0].keys == recorded["fields"][0].keys)
  }

  @Test(
    "Every field is described as it was recorded", .enabled(if: Recorded.isThere, Recorded.absence),
    arguments: ["Lead", "Contact"])
  func fields(object: String) throws {
    let recorded = try Recorded.json("cumulusci/describe_\(object).json")["fields"].list
    let own = try World().call(.get, "/sobjects/\(object)/describe").json["fields"].list
    var known: [String: JSON] = [:]
    for field in recorded { known[try field["name"].text ?? ""] = field }
    for field in own {
      let name = try #require(try field["name"].text)
      let other = try #require(known[name], "\(name) was not recorded")
      for key in [
        "type", "length", "byteLength", "nillable", "createable", "updateable", "filterable",
        "referenceTo", "relationshipName", "polymorphicForeignKey", "namePointing",
        "restrictedPicklist", "idLookup", "defaultedOnCreate", "soapType", "label",
      ] where try field[key] != other[key] {
        Issue.record("\(object).\(name).\(key): \(try field[key]), recorded \(try other[key])")
      }
    }
  }

  @Test("L4: Required without a default are LastName and Company, and only those")
  func required() throws {
    let fields = try World().call(.get, "/sobjects/Lead/describe").json["fields"].list
    let names = try fields.filter {
      try $0["createable"] == .bool(true) && $0["nillable"] == .bool(false)
        && $0["defaultedOnCreate"] == .bool(false)
    }.map { try $0["name"].text }
    #expect(names == ["LastName", "Company"])
  }

  @Test("Hidden fields are not listed, locked ones are neither createable nor updateable")
  func security() throws {
    let world = World {
      $0.hiddenFields = ["Lead": ["Phone"]]
      $0.lockedFields = ["Lead": ["Fax"]]
    }
    let fields = try world.call(.get, "/sobjects/Lead/describe").json["fields"].list
    #expect(try !fields.contains { try $0["name"].text == "Phone" })
    let fax = try #require(try fields.first { try $0["name"].text == "Fax" })
    #expect(try fax["createable"] == .bool(false))
    #expect(try fax["updateable"] == .bool(false))
  }

  @Test("If-Modified-Since is 304 until the fields change; it counts as a call")
  func notModified() throws {
    let world = World()
    let path = "/services/data/v66.0/sobjects/Lead/describe"
    let first = try world.send(.get, path)
    let stamp = try #require(first.headers["Last-Modified"])
    #expect(first.headers["ETag"] != nil)
    let headers: Headers = [
      "Authorization": "Bearer \(world.token)", "If-Modified-Since": stamp,
    ]
    let second = try world.send(.get, path, headers: headers)
    #expect(second.status == 304)
    #expect(second.body.isEmpty)
    #expect(world.org.apiCalls == 2)
    world.clock.now += 5000
    world.org.settings.hiddenFields = ["Lead": ["Phone"]]
    #expect(try world.send(.get, path, headers: headers).status == 200)
  }

  @Test("A hidden object is unknown everywhere")
  func hiddenObject() throws {
    let world = World { $0.hiddenObjects = ["UserRole"] }
    #expect(try world.code(world.query("SELECT Id FROM UserRole")) == "INVALID_TYPE")
    #expect(try world.call(.get, "/sobjects/UserRole/describe").status == 404)
    let list = try world.call(.get, "/sobjects").json["sobjects"].list
    #expect(try !list.contains { try $0["name"].text == "UserRole" })
  }
}

import HTTP
import Simulators
import Testing

@Suite struct EditTests {
  private func stamp(_ world: World, _ id: String) throws -> String? {
    world.org.value(id, "SystemModstamp")
  }

  @Test("Stamps are whole seconds")
  func seconds() throws {
    let world = World()
    world.clock.now += 999
    let lead = world.org.createLead(email: nil)
    #expect(try stamp(world, lead) == String(World.start))
  }

  @Test("Renaming a user moves the user's stamp, and no lead's")
  func rename() throws {
    let world = World()
    let user = world.org.createUser(lastName: "Old", email: "u@example.com")
    let lead = world.org.createLead(email: nil, fields: ["OwnerId": user])
    world.clock.now += 5000
    world.org.renameUser(user, firstName: "New", lastName: "Name")
    #expect(try stamp(world, user) == String(World.start + 5000))
    #expect(try stamp(world, lead) == String(World.start))
    #expect(try world.column("SELECT Owner.Name FROM Lead", "Owner.Name") == ["New Name"])
  }

  @Test("A merge deletes the victims with MasterRecordId and moves the survivor, in chains too")
  func merge() throws {
    let world = World()
    let leads = (0..<3).map { world.org.createLead(email: "m\($0)@example.com") }
    world.clock.now += 5000
    world.org.merge(into: leads[1], from: [leads[0]])
    world.org.merge(into: leads[2], from: [leads[1]])
    let soql = "SELECT MasterRecordId FROM Lead WHERE MasterRecordId != null ORDER BY Id"
    #expect(try world.column(soql, "MasterRecordId", all: true) == [leads[1], leads[2]])
    #expect(try world.column("SELECT Id FROM Lead") == [leads[2]])
    #expect(try stamp(world, leads[0]) == String(World.start + 5000))
    #expect(try stamp(world, leads[2]) == String(World.start + 5000))
  }

  @Test("Deleting and undeleting move the stamp and keep the Id")
  func undelete() throws {
    let world = World()
    let lead = world.org.createLead(email: nil)
    world.clock.now += 1000
    world.org.delete(lead)
    #expect(try stamp(world, lead) == String(World.start + 1000))
    world.clock.now += 1000
    world.org.undelete(lead)
    #expect(try stamp(world, lead) == String(World.start + 2000))
    #expect(try world.column("SELECT Id FROM Lead") == [lead])
  }

  @Test("A conversion makes contact and account, keeps the lead in plain query, and locks it")
  func convert() throws {
    let world = World()
    let lead = world.org.createLead(email: "a@example.com", company: "Acme")
    let contact = try #require(world.org.convert(lead: lead))
    let row = try world.query(
      "SELECT IsConverted, Status, ConvertedDate, ConvertedContactId, ConvertedAccount.Name, "
        + "ConvertedOpportunityId FROM Lead"
    ).json["records"][0]
    #expect(try row["IsConverted"] == .bool(true))
    #expect(try row["Status"].text == "Closed - Converted")
    #expect(try row["ConvertedDate"].text == "2026-09-21")
    #expect(try row["ConvertedContactId"].text == contact)
    #expect(try row["ConvertedAccount"]["Name"].text == "Acme")
    #expect(try row["ConvertedOpportunityId"] == .null)
    #expect(try world.column("SELECT Email FROM Contact", "Email") == ["a@example.com"])
    let write = try world.call(.patch, "/sobjects/Lead/\(lead)", #"{"Title":"x"}"#)
    #expect(try world.code(write) == "CANNOT_UPDATE_CONVERTED_LEAD")
  }

  @Test("A transaction that is open shows the old version until it commits, with the old stamp")
  func lateVisible() throws {
    let world = World()
    let lead = world.org.createLead(email: "a@example.com", fields: ["Title": "old"])
    world.clock.now += 10_000
    world.org.update(lead, ["Title": "new"], visibleAfter: 60_000)
    let made = world.org.createLead(email: "b@example.com", visibleAfter: 60_000)
    world.clock.now += 59_000
    #expect(try world.column("SELECT Title FROM Lead", "Title") == ["old"])
    let soql = "SELECT Id FROM Lead WHERE SystemModstamp >= 2026-09-21T14:13:30Z"
    #expect(try world.column(soql).isEmpty)
    let locked = try world.call(.patch, "/sobjects/Lead/\(lead)", #"{"Title":"x"}"#)
    #expect(try world.code(locked) == "UNABLE_TO_LOCK_ROW")
    world.clock.now += 1000
    #expect(try world.column(soql) == [lead, made])
    #expect(try stamp(world, lead) == String(World.start + 10_000))
  }

  @Test("A late delete is seen late")
  func lateDelete() throws {
    let world = World()
    let lead = world.org.createLead(email: nil)
    world.org.delete(lead, visibleAfter: 5000)
    #expect(try world.column("SELECT Id FROM Lead") == [lead])
    world.clock.now += 5000
    #expect(try world.column("SELECT Id FROM Lead").isEmpty)
  }

  @Test("T4: An archived task is in queryAll only")
  func archived() throws {
    let world = World()
    let task = world.org.create("Task", ["Subject": "S", "Status": "Completed"])
    world.org.archive(task: task)
    #expect(try world.column("SELECT Id FROM Task").isEmpty)
    #expect(try world.column("SELECT Id FROM Task WHERE IsArchived = true", all: true) == [task])
  }

  @Test("A lag that is set holds every edit back")
  func lag() throws {
    let world = World { $0.visibilityLag = 3000 }
    let lead = world.org.createLead(email: nil)
    #expect(try world.column("SELECT Id FROM Lead").isEmpty)
    world.clock.now += 3000
    #expect(try world.column("SELECT Id FROM Lead") == [lead])
  }

  @Test("A seeded world has what the awkward cases need, and is the same for the same seed")
  func seeding() throws {
    func make() -> World {
      let world = World { $0.seed = 7 }
      world.org.seed(.init(leads: 1200, contacts: 300))
      return world
    }
    let world = make()
    func count(_ condition: String) throws -> Double {
      let answer = try world.query("SELECT count() FROM \(condition)", all: true)
      return try answer.json["totalSize"].number ?? -1
    }
    #expect(try count("Lead") == 1200)
    #expect(try count("Lead WHERE IsDeleted = true AND MasterRecordId != null") > 0)
    #expect(try count("Lead WHERE IsDeleted = true AND MasterRecordId = null") > 0)
    #expect(try count("Lead WHERE IsConverted = true") > 0)
    #expect(try count("Lead WHERE Email = null") > 0)
    let email = SalesforceSimulator.seededEmail(48)
    #expect(try count("Lead WHERE Email = '\(email)'") == 2)
    let titles = try world.column("SELECT Title FROM Lead", "Title", all: true)
    #expect(titles.contains { ($0?.utf16.count ?? 0) > 255 })
    let again = try make().column("SELECT Title FROM Lead", "Title", all: true)
    #expect(titles == again)
  }
}

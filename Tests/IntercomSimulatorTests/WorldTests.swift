import HTTP
import Simulators
import Testing

@Suite struct WorldTests {
  private func world() -> World {
    var population = World.Population()
    population.leads = 300
    population.contacts = 60
    population.people = 400
    return World(population, now: Workspace.noon * 1000)
  }

  @Test("Most people match a record by e-mail, some without regard to case, some not at all")
  func matching() throws {
    let world = world()
    var emails: Set<String> = []
    for object in ["Lead", "Contact"] {
      for number in 0..<360 {
        let email = world.names.identity(number).email
        if !world.salesforce.ids(object, where: "Email", is: email).isEmpty {
          emails.insert(email)
        }
      }
    }
    var (matching, recased, nobody) = (0, 0, 0)
    for id in world.intercom.contactIDs() {
      guard let email = world.intercom.contact(id)?["email"]?.string else {
        nobody += 1
        continue
      }
      if emails.contains(email) {
        matching += 1
      } else if emails.contains(email.lowercased()) {
        recased += 1
      }
    }
    #expect(world.intercom.contactCount == 400)
    #expect(matching > 200)
    #expect(recased > 3)
    #expect(nobody > 5)
  }

  @Test("The same seed makes the same world, and nothing in it is newer than its beginning")
  func deterministic() {
    let (one, two) = (world(), world())
    #expect(one.intercom.contactIDs() == two.intercom.contactIDs())
    for id in one.intercom.contactIDs(limit: 50) {
      #expect(one.intercom.contact(id) == two.intercom.contact(id))
      #expect(one.intercom.contact(id)?["updated_at"]?.integer ?? .max < Workspace.noon)
    }
    #expect(one.clock.now == Workspace.noon * 1000)
  }
}

import SyncCore

/// Every small world: up to three records, each in every state that matters to a link.
enum SmallWorlds {
  /// What a record of a small world is; successors are named by their place.
  enum State: CaseIterable {
    case live, otherEmail, deleted, mergedIntoFirst, mergedIntoLast, convertedToLast,
      convertedToNone
  }

  struct World: CustomStringConvertible {
    var records: [Record]
    var states: [State]
    var description: String { "\(states) of \(records.map(\.id))" }

    func lookup(_ id: String) -> Record? { records.first { $0.id == id } }

    /// What the store would find by e-mail.
    var candidates: [Record] { records.filter { $0.email == SmallWorlds.email } }
  }

  static let email = "a@example.com"
  static let missing = "003missing"

  /// Places 0 and 2 are leads in one half of the worlds and contacts in the other.
  static func each(_ body: (World) throws -> Void) rethrows {
    for count in 0...3 {
      for objects in [[RecordObject.lead, .contact, .lead], [.contact, .contact, .contact]] {
        try each(Array(objects.prefix(count)), [], body)
      }
    }
  }

  private static func each(
    _ objects: [RecordObject], _ states: [State], _ body: (World) throws -> Void
  ) rethrows {
    guard states.count < objects.count else {
      return try body(world(objects, states))
    }
    for state in State.allCases { try each(objects, states + [state], body) }
  }

  private static func id(_ objects: [RecordObject], _ place: Int) -> String {
    (objects[place] == .lead ? "00Q" : "003") + "\(place)"
  }

  private static func world(_ objects: [RecordObject], _ states: [State]) -> World {
    let last = objects.count - 1
    var records: [Record] = []
    for (place, state) in states.enumerated() {
      var record = Record(
        id: id(objects, place), object: objects[place], email: email, createdAt: Int64(place % 2))
      switch state {
      case .live: break
      case .otherEmail: record.email = "b@example.com"
      case .deleted: record.isDeleted = true
      case .mergedIntoFirst:
        record.isDeleted = true
        record.masterRecordID = id(objects, 0)
      case .mergedIntoLast:
        record.isDeleted = true
        record.masterRecordID = id(objects, last)
      case .convertedToLast:
        record.isConverted = true
        record.convertedContactID = id(objects, last)
      case .convertedToNone:
        record.isConverted = true
        record.convertedContactID = missing
      }
      records.append(record)
    }
    return World(records: records, states: states)
  }
}

/// What an uninstall takes away, and how far it came: the reply of `Uninstall`.
package struct Uninstalling: Codable, Sendable, Hashable {
  /// An attribute of people in Intercom.
  package struct Attribute: Codable, Sendable, Hashable {
    package var name: String
    package var id: String
    /// Archived by this call.
    package var archived: Bool

    package init(name: String, id: String, archived: Bool = false) {
      self.name = name
      self.id = id
      self.archived = archived
    }
  }

  /// Nothing is left to do; false when this only shows, or when something is left.
  package var done: Bool
  package var attributes: [Attribute]
  /// Deliveries that are thrown away.
  package var deliveries: Int64
  /// Linked people whose data the store holds.
  package var people: Int64
  package var revoked: Bool
  package var emptied: Bool
  /// What could not be done, why, and what to do; one text each.
  package var left: [String]
  /// What else to know; one sentence each.
  package var notes: [String]

  package init(
    done: Bool, attributes: [Attribute], deliveries: Int64, people: Int64,
    revoked: Bool = false, emptied: Bool = false, left: [String] = [], notes: [String] = []
  ) {
    self.done = done
    self.attributes = attributes
    self.deliveries = deliveries
    self.people = people
    self.revoked = revoked
    self.emptied = emptied
    self.left = left
    self.notes = notes
  }
}

package import SyncCore

/// Which attributes an uninstall archives (O6).
///
/// Those of the configured names that are there and are of the kind that sfsync makes: by their
/// names alone nobody can tell whether sfsync made them or found them.
package struct AttributeRemoval: Sendable, Equatable {
  package struct Own: Sendable, Equatable {
    package var name: String
    package var id: String

    package init(name: String, id: String) {
      self.name = name
      self.id = id
    }
  }

  /// In the order of the attributes.
  package private(set) var toArchive: [Own] = []
  /// Those that bear a configured name and are not ours; one phrase each.
  package private(set) var foreign: [String] = []

  /// Chooses among `listed`, which is ``Intercom/dataAttributes()``, by the configured names.
  package init(wanted: [Attribute: String], listed: [DataAttribute]) {
    for attribute in Attribute.allCases {
      guard let name = wanted[attribute] else { continue }
      for twin in listed where twin.name == name && !twin.isArchived {
        place(twin)
      }
    }
  }

  private mutating func place(_ found: DataAttribute) {
    if found.model != .contact {
      foreign.append("\(found.name) (an attribute of companies)")
    } else if let id = found.id, found.isCustom {
      if let kind = AttributePlan.wrongKind(found) {
        foreign.append("\(found.name) (an attribute of the type \(kind))")
      } else {
        toArchive.append(Own(name: found.name, id: id))
      }
    } else {
      foreign.append("\(found.name) (a standard attribute)")
    }
  }
}

/// One field of an object, as describe tells it.
package struct OrgField: Sendable {
  /// The vendor's field types, spelt as in `type` of describe.
  package enum Kind: String, Sendable {
    case id, string, textarea, email, phone, url, picklist, multipicklist, combobox, reference
    case boolean, int, double, currency, percent, date, datetime, address
  }

  /// What may be done with a field.
  package struct Traits: OptionSet, Sendable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    package static let createable = Traits(rawValue: 1)
    package static let updateable = Traits(rawValue: 2)
    package static let nillable = Traits(rawValue: 4)
    package static let defaulted = Traits(rawValue: 8)
    package static let filterable = Traits(rawValue: 16)
    package static let sortable = Traits(rawValue: 32)
    package static let idLookup = Traits(rawValue: 64)
    package static let externalID = Traits(rawValue: 128)
    package static let unique = Traits(rawValue: 256)
    package static let restricted = Traits(rawValue: 512)
    package static let custom = Traits(rawValue: 1024)
    package static let caseSensitive = Traits(rawValue: 2048)

    /// An ordinary field: written and cleared by anyone.
    package static let editable: Traits = [
      .createable, .updateable, .nillable, .filterable, .sortable,
    ]
    /// Must have a value, and has no default.
    package static let required: Traits = [.createable, .updateable, .filterable, .sortable]
    /// Kept by the platform, may be empty.
    package static let readOnly: Traits = [.nillable, .filterable, .sortable]
    /// Kept by the platform, never empty.
    package static let system: Traits = [.defaulted, .filterable, .sortable]
  }

  package var name: String
  package var label: String
  package var kind: Kind
  /// In characters (UTF-16 units here); 0 where the kind has none.
  package var length: Int
  package var traits: Traits
  package var referenceTo: [String]
  package var relationshipName: String?
  /// The active values of a picklist, in order.
  package var values: [String]
  /// Those that were retired: shown by describe, refused by a restricted picklist.
  package var retiredValues: [String] = []
  package var defaultValue: String?
  /// Digits in all and after the point, for numbers.
  package var precision: Int
  package var scale: Int

  package init(
    _ name: String, _ kind: Kind = .string, _ length: Int = 0, label: String? = nil,
    traits: Traits = .editable, to referenceTo: [String] = [], relation: String? = nil,
    values: [String] = [], defaultValue: String? = nil, precision: Int = 18, scale: Int = 2
  ) {
    self.name = name
    self.label = label ?? Self.label(for: name)
    self.kind = kind
    self.length = length
    self.traits = traits
    self.referenceTo = referenceTo
    self.relationshipName = relation
    self.values = values
    self.defaultValue = defaultValue
    self.precision = precision
    self.scale = kind == .int ? 0 : scale
  }

  /// A custom text field that identifies a record of another system.
  package static func externalID(_ name: String, length: Int = 64) -> OrgField {
    OrgField(
      name, .string, length, traits: [.editable, .custom, .externalID, .unique, .idLookup])
  }

  var isPolymorphic: Bool { referenceTo.count > 1 }

  /// `LastName` is shown as `Last Name`, `OwnerId` as `Owner ID`.
  private static func label(for name: String) -> String {
    var out = ""
    let bare = name.hasSuffix("__c") ? String(name.dropLast(3)) : name
    var previousIsLower = false
    for character in bare {
      if character == "_" {
        out.append(" ")
      } else {
        if character.isUppercase && previousIsLower { out.append(" ") }
        out.append(character)
      }
      previousIsLower = character.isLowercase
    }
    return out.hasSuffix(" Id") ? String(out.dropLast(2)) + "ID" : out
  }
}

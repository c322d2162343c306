/// What Salesforce's describe says of one field, for fitting values to it (Q2, L4).
package struct FieldDescription: Sendable, Equatable, Codable {
  package struct PicklistValue: Sendable, Equatable, Codable {
    /// The API name, which is what is written.
    package var value: String
    package var label: String
    package var isActive: Bool

    package init(value: String, label: String, isActive: Bool = true) {
      self.value = value
      self.label = label
      self.isActive = isActive
    }
  }

  /// In the org's own spelling.
  package var name: String
  package var label: String
  /// In Salesforce's words, such as `string`, `picklist`, `double` or `reference`.
  package var type: String
  /// Characters at the most; 0 where the type has no length.
  package var length: Int
  /// Digits at the most of an integer; 0 for other types.
  package var digits: Int
  /// Digits of a number in all, and after the point.
  package var precision: Int
  package var scale: Int
  package var isCreateable: Bool
  package var isUpdateable: Bool
  package var isNillable: Bool
  /// Salesforce fills it when nothing is sent.
  package var isDefaultedOnCreate: Bool
  package var isRestrictedPicklist: Bool
  package var isExternalID: Bool
  package var isUnique: Bool
  /// Whether a query may compare it.
  package var isFilterable: Bool
  package var picklistValues: [PicklistValue]

  package init(
    name: String, type: String, label: String? = nil, length: Int = 0, digits: Int = 0,
    precision: Int = 0, scale: Int = 0, isCreateable: Bool = true, isUpdateable: Bool = true,
    isNillable: Bool = true, isDefaultedOnCreate: Bool = false,
    isRestrictedPicklist: Bool = false, isExternalID: Bool = false, isUnique: Bool = false,
    isFilterable: Bool = true, picklistValues: [PicklistValue] = []
  ) {
    self.name = name
    self.label = label ?? name
    self.type = type
    self.length = length
    self.digits = digits
    self.precision = precision
    self.scale = scale
    self.isCreateable = isCreateable
    self.isUpdateable = isUpdateable
    self.isNillable = isNillable
    self.isDefaultedOnCreate = isDefaultedOnCreate
    self.isRestrictedPicklist = isRestrictedPicklist
    self.isExternalID = isExternalID
    self.isUnique = isUnique
    self.isFilterable = isFilterable
    self.picklistValues = picklistValues
  }

  /// Must be sent when a record is made.
  package var isRequired: Bool { isCreateable && !isNillable && !isDefaultedOnCreate }
}

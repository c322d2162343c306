package import SyncCore

/// What is to be done so that every configured attribute can be written (S4).
///
/// A pure function of the workspace's attributes and the configured names.
package struct AttributePlan: Sendable, Equatable {
  /// An archived twin that only needs to be unarchived.
  package struct Revival: Sendable, Equatable {
    package var attribute: Attribute
    package var name: String
    package var id: String
  }

  /// Why some of the names cannot be used as they are.
  package struct Problem: Sendable, Equatable {
    package var meaning: Meaning
    package var names: [String]
    /// What the workspace has in their place.
    package var found: String

    /// The register's entry.
    package var failure: Failure {
      Failure(
        .intercom, meaning, attempt: "prepare the attributes \(names.joined(separator: ", "))",
        answer: found, fields: names)
    }
  }

  /// Custom attributes of a workspace, archived ones included.
  package static let limit = 250

  package private(set) var existing: [Attribute] = []
  package private(set) var toCreate: [NewAttribute] = []
  package private(set) var toRevive: [Revival] = []
  package private(set) var problems: [Problem] = []

  /// Plans for `wanted`.
  ///
  /// - Parameters:
  ///   - wanted: the configured names.
  ///   - listed: ``Intercom/dataAttributes()``, which has both models and the archived ones.
  package init(wanted: [Attribute: String], listed: [DataAttribute]) {
    for attribute in Attribute.allCases {
      guard let name = wanted[attribute] else { continue }
      place(attribute, name, listed.filter { $0.name == name })
    }
    keepToLimit(used: listed.filter(\.isCustom).count)
  }

  private mutating func place(_ attribute: Attribute, _ name: String, _ twins: [DataAttribute]) {
    let people = twins.filter { $0.model == .contact }
    if people.contains(where: { !$0.isCustom }) {
      problem(IntercomMeaning.attributeStandard, name, "a standard attribute of people")
    } else if let live = people.first(where: { !$0.isArchived }) {
      if let kind = Self.wrongKind(live) {
        problem(IntercomMeaning.attributeType, name, "an attribute of the type \(kind)")
      } else {
        existing.append(attribute)
      }
    } else if let archived = people.first {
      revive(attribute, archived)
    } else if twins.contains(where: { $0.isCustom && $0.model != .contact }) {
      problem(IntercomMeaning.attributeOtherModel, name, "an attribute of companies")
    } else {
      toCreate.append(NewAttribute(name: name, description: attribute.description))
    }
  }

  private mutating func revive(_ attribute: Attribute, _ archived: DataAttribute) {
    if let kind = Self.wrongKind(archived) {
      problem(
        IntercomMeaning.attributeType, archived.name, "an archived attribute of the type \(kind)")
    } else if let id = archived.id {
      toRevive.append(Revival(attribute: attribute, name: archived.name, id: id))
    } else {
      problem(IntercomMeaning.attributeMissing, archived.name, "an archived one without an id")
    }
  }

  private mutating func problem(_ meaning: Meaning, _ name: String, _ found: String) {
    problems.append(Problem(meaning: meaning, names: [name], found: found))
  }

  /// Creates as many as there is room for; one problem names all the others.
  private mutating func keepToLimit(used: Int) {
    let room = max(0, Self.limit - used)
    guard toCreate.count > room else { return }
    let missing = toCreate[room...].map(\.name)
    toCreate.removeSubrange(room...)
    problems.append(
      Problem(
        meaning: IntercomMeaning.attributeLimit, names: missing,
        found: "\(used) custom attributes, archived ones included"))
  }

  /// Nil for plain text, else what it is.
  static func wrongKind(_ attribute: DataAttribute) -> String? {
    if attribute.hasOptions { return "list" }
    return attribute.dataType == "string" ? nil : attribute.dataType
  }
}

extension Attribute {
  /// What teammates read about it in Intercom's settings.
  var description: String {
    let what =
      switch self {
      case .status: "Status of the Salesforce lead"
      case .title: "Title in Salesforce"
      case .ownerID: "Id of the owner in Salesforce"
      case .ownerName: "Name of the owner in Salesforce"
      case .ownerEmail: "E-mail address of the owner in Salesforce"
      case .ownerRole: "Role of the owner in Salesforce"
      case .recordID: "Id of the lead or contact in Salesforce"
      case .objectType: "Lead or Contact, whichever the Salesforce record is"
      case .url: "Link to the record in Salesforce"
      }
    return what + ". Written by sfsync; edits here are put back."
  }
}

import HTTP

/// One data attribute of the workspace, standard or custom, live or archived.
package struct DataAttribute: Sendable, Equatable {
  package enum Model: Sendable, Equatable { case contact, company, other }

  /// Custom attributes only.
  package var id: String?
  /// Case-sensitive, without `custom_attributes.`.
  package var name: String
  package var model: Model
  /// `string`, `integer`, `float`, `boolean`, `date`; an open list.
  package var dataType: String
  package var isCustom: Bool
  package var isArchived: Bool
  /// Whether its values come from a list of options.
  package var hasOptions: Bool

  package init(
    id: String?, name: String, model: Model, dataType: String, isCustom: Bool = true,
    isArchived: Bool = false, hasOptions: Bool = false
  ) {
    self.id = id
    self.name = name
    self.model = model
    self.dataType = dataType
    self.isCustom = isCustom
    self.isArchived = isArchived
    self.hasOptions = hasOptions
  }
}

/// A text attribute of people that is to be made.
package struct NewAttribute: Sendable, Equatable {
  package var name: String
  /// What teammates read about it in Intercom's settings.
  package var description: String

  package init(name: String, description: String) {
    self.name = name
    self.description = description
  }
}

extension Intercom {
  /// All attributes of people and of companies, archived ones included: both share one space of
  /// names (two calls; the answers have no pages).
  package func dataAttributes() async throws(IntercomError) -> [DataAttribute] {
    var all: [DataAttribute] = []
    for model in Self.attributeModels { all += try await dataAttributes(of: model) }
    return all
  }

  /// What ``dataAttributes(of:)`` may be asked for.
  package static let attributeModels = ["contact", "company"]

  /// The attributes of one model (one call).
  package func dataAttributes(of model: String) async throws(IntercomError) -> [DataAttribute] {
    let answered = try await call(
      .attribute, "read the \(model) attributes", .get,
      "/data_attributes?model=\(model)&include_archived=true")
    return try decode(ListShape.self, answered).data.map { $0.attribute(model) }
  }

  /// Makes a text attribute that the Messenger cannot write (S4).
  package func create(_ attribute: NewAttribute) async throws(IntercomError) -> DataAttribute {
    let body = JSONBody.object([
      ("name", .text(attribute.name)), ("model", .text("contact")),
      ("data_type", .text("string")), ("description", .text(attribute.description)),
      ("messenger_writable", .bool(false)),
    ])
    let answered = try await call(
      .attribute, "create the attribute \(attribute.name)", .post, "/data_attributes", body: body)
    return try decode(AttributeShape.self, answered).attribute("contact")
  }

  /// Unarchives an attribute; its type cannot be changed (S4).
  package func revive(_ id: String) async throws(IntercomError) -> DataAttribute {
    try await setArchived(false, id, "unarchive the attribute \(id)")
  }

  /// Archives an attribute: people keep its values, and nobody sees them any more (O6).
  ///
  /// Intercom has no way to delete one (OpenAPI 2.15, `updateDataAttribute`).
  @discardableResult
  package func archive(_ id: String, name: String) async throws(IntercomError) -> DataAttribute {
    try await setArchived(true, id, "archive the attribute \(name)")
  }

  private func setArchived(
    _ isArchived: Bool, _ id: String, _ attempt: String
  ) async throws(IntercomError) -> DataAttribute {
    let answered = try await call(
      .attribute, attempt, .put, "/data_attributes/" + id.percentEncoded,
      body: .object([("archived", .bool(isArchived))]))
    return try decode(AttributeShape.self, answered).attribute("contact")
  }
}

private struct ListShape: Decodable {
  var data: [AttributeShape]
}

private struct AttributeShape: Decodable {
  var id: LooseText?
  var name: LooseText
  var full_name: LooseText?
  var model: LooseText?
  var data_type: LooseText
  var custom: Bool?
  var archived: Bool?
  var options: [LooseOption]?

  func attribute(_ asked: String) -> DataAttribute {
    DataAttribute(
      id: id?.text, name: name.text, model: Self.model(model?.text ?? asked),
      dataType: data_type.text, isCustom: custom ?? (id != nil), isArchived: archived ?? false,
      hasOptions: options?.isEmpty == false)
  }

  private static func model(_ name: String) -> DataAttribute.Model {
    switch name {
    case "contact": .contact
    case "company": .company
    default: .other
    }
  }
}

/// An option is a text in answers and an object in requests; that it is there is enough.
private struct LooseOption: Decodable {
  init(from decoder: any Decoder) throws {}
}

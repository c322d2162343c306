import HTTP

extension IntercomSimulator {
  /// One definition of a custom attribute; its place in the list is its key.
  struct Attribute {
    enum Model: String { case contact, company }

    var id: Int
    var name: String
    var model: Model
    var dataType: String
    var description: String?
    var options: [String]?
    var messengerWritable = false
    var archived = false
    var createdAt: Int64
    var updatedAt: Int64

    var renderedKey: [UInt8] { JSON.string(name).bytes + [UInt8(ascii: ":")] }

    var json: JSON {
      var members: [JSON.Member] = []
      func add(_ key: String, _ value: JSON) {
        members.append(JSON.Member(key: key, value: value))
      }
      add("id", .int(Int64(id)))
      add("type", .string("data_attribute"))
      add("name", .string(name))
      add("full_name", .string("custom_attributes.\(name)"))
      add("label", .string(name))
      if let description { add("description", .string(description)) }
      add("data_type", .string(dataType))
      if let options { add("options", .array(options.map { .string($0) })) }
      add("api_writable", .bool(true))
      add("ui_writable", .bool(false))
      add("messenger_writable", .bool(messengerWritable))
      add("custom", .bool(true))
      add("archived", .bool(archived))
      add("admin_id", .string("991267459"))
      add("created_at", .int(createdAt))
      add("updated_at", .int(updatedAt))
      add("model", .string(model.rawValue))
      return .object(members)
    }
  }

  private static let standard: [(name: String, label: String, type: String, writable: Bool)] = [
    ("role", "Contact role", "string", true), ("name", "Name", "string", true),
    ("owner_id", "Owner", "integer", true), ("email", "Email", "string", true),
    ("phone", "Phone", "string", true), ("external_id", "User ID", "string", true),
    ("created_at", "First Seen", "date", false), ("signed_up_at", "Signed up", "date", true),
    ("last_seen_at", "Last seen", "date", true),
    ("last_contacted_at", "Last contacted", "date", false),
    ("last_replied_at", "Last heard from", "date", false),
    ("language_override", "Language Override", "string", false),
    ("browser", "Browser", "string", false), ("os", "OS", "string", false),
    ("unsubscribed_from_emails", "Unsubscribed from Emails", "boolean", true),
  ]

  /// A standard attribute: without an id.
  private static func standardJSON(
    _ entry: (name: String, label: String, type: String, writable: Bool), _ model: String
  ) -> JSON {
    .of(
      ("type", .string("data_attribute")), ("name", .string(entry.name)),
      ("full_name", .string(entry.name)), ("label", .string(entry.label)),
      ("description", .string("A standard attribute")), ("data_type", .string(entry.type)),
      ("api_writable", .bool(entry.writable)), ("ui_writable", .bool(false)),
      ("messenger_writable", .bool(false)), ("custom", .bool(false)), ("archived", .bool(false)),
      ("model", .string(model)))
  }

  func listAttributes(_ call: Call) throws(Refusal) -> Answer {
    guard call.path.count == 1 else { throw .resourceNotFound }
    let asked = call.query["model"]
    if asked == "conversation" {
      guard call.has216 else { return Answer(.of(("type", .string("list")), ("data", .array([])))) }
      throw Refusal(
        422, "parameter_invalid",
        "model=conversation is no longer supported. Use GET /conversations/attributes instead")
    }
    let archivedToo = call.query["include_archived"] == "true"
    var rows: [JSON] = []
    for model in ["contact", "company"] where asked == nil || asked == model {
      if model == "contact" {
        rows += Self.standard.map { Self.standardJSON($0, model) }
      } else {
        rows.append(Self.standardJSON(("name", "Company name", "string", true), model))
        rows.append(Self.standardJSON(("company_id", "Company ID", "string", false), model))
      }
      rows += attributes.filter { $0.model.rawValue == model && (archivedToo || !$0.archived) }
        .map(\.json)
    }
    return Answer(.of(("type", .string("list")), ("data", .array(rows))))
  }

  func writeAttribute(_ call: Call) throws(Refusal) -> Answer {
    switch (call.method, call.path.count) {
    case (.post, 1): return try createAttribute(call)
    case (.put, 2): return try updateAttribute(call)
    default: throw .resourceNotFound
    }
  }

  private func createAttribute(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    guard let model = body["model"]?.string.flatMap({ Attribute.Model(rawValue: $0) }) else {
      throw .invalid("The Data Attribute model field must be either contact or company")
    }
    guard let name = body["name"]?.string, Self.isName(name) else {
      throw .invalid(
        "Your name for this attribute must only contain alphanumeric characters, "
          + "currency symbols, and hyphens")
    }
    let type = body["data_type"]?.string ?? (body["options"] == nil ? nil : "string")
    guard let type,
      ["string", "integer", "float", "boolean", "datetime", "date", "options"].contains(type)
    else { throw .invalid("Data Type isn't an option") }
    if let standard = Self.standard.first(where: { $0.name == name || $0.label == name }) {
      throw .invalid("'\(standard.label)' is one of our standard attributes")
    }
    if let twin = attributes.first(where: { $0.name == name }) {
      let new = model == .contact ? "people" : "company"
      let old = twin.model == .contact ? "people" : "company"
      throw .invalid(
        "You already have '\(name)' in your \(old) data. "
          + "To save this as new \(new) data, use a different name.")
    }
    guard attributes.count < settings.attributeLimit else {
      throw Refusal(
        400, "custom_data_limit_reached",
        "You have reached the limit of \(settings.attributeLimit) custom attributes")
    }
    let options = try Self.options(body["options"], needed: type == "options")
    let place = define(name, model: model, dataType: type == "options" ? "string" : type)
    attributes[place].description = body["description"]?.string
    attributes[place].options = options
    attributes[place].messengerWritable = body["messenger_writable"]?.bool ?? (call.version < 11)
    writes += 1
    return Answer(attributes[place].json)
  }

  private func updateAttribute(_ call: Call) throws(Refusal) -> Answer {
    let body = try call.object()
    guard let id = Int(call.path[1]), let place = attributes.firstIndex(where: { $0.id == id })
    else {
      throw Refusal(404, "field_not_found", "We couldn't find that data attribute to update")
    }
    let options = try Self.options(body["options"], needed: false)
    if let archived = body["archived"]?.bool {
      // OpenAPI 2.15, updateDataAttribute, 422.
      guard !archived || !settings.attributesInUse.contains(attributes[place].name) else {
        throw Refusal(
          422, "data_invalid",
          "The Data Attribute you are trying to archive has a dependant object")
      }
      attributes[place].archived = archived
    }
    if let text = body["description"]?.string { attributes[place].description = text }
    if let options { attributes[place].options = options }
    if let flag = body["messenger_writable"]?.bool { attributes[place].messengerWritable = flag }
    attributes[place].updatedAt = people.second
    writes += 1
    return Answer(attributes[place].json)
  }

  private static func options(_ value: JSON?, needed: Bool) throws(Refusal) -> [String]? {
    guard let value else {
      if needed { throw .invalid("The Data Attribute needs options") }
      return nil
    }
    guard let rows = value.array else { throw .invalid("Options isn't an array") }
    guard rows.count >= 2 else { throw .invalid("The Data Attribute needs at least two options") }
    return rows.compactMap { $0["value"]?.string }
  }

  /// Letters, digits, spaces, hyphens, underscores and currency symbols except the dollar sign.
  private static func isName(_ name: String) -> Bool {
    guard !name.isEmpty, name.unicodeScalars.count <= 190 else { return false }
    return name.unicodeScalars.allSatisfy { scalar in
      scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == " "
        || scalar == "-" || scalar == "_"
        || (scalar.properties.generalCategory == .currencySymbol && scalar != "$")
    }
  }

  func define(_ name: String, model: Attribute.Model, dataType: String) -> Int {
    nextID += 1
    attributes.append(
      Attribute(
        id: nextID, name: name, model: model, dataType: dataType, createdAt: people.second,
        updatedAt: people.second))
    return attributes.count - 1
  }

  // MARK: Values on people

  /// Merges key by key; null clears; an unknown or archived name refuses the whole write.
  func applyAttributes(_ value: JSON, to contact: inout Contact) throws(Refusal) {
    guard let members = value.members else { throw .invalid("custom_attributes is invalid") }
    for member in members {
      guard
        let place = attributes.firstIndex(where: {
          $0.name == member.key && $0.model == .contact && !$0.archived
        })
      else { throw .invalid("Custom attribute '\(member.key)' does not exist") }
      contact.set(UInt16(place), try scalar(member.value, for: attributes[place]))
    }
  }

  private func scalar(_ value: JSON, for attribute: Attribute) throws(Refusal) -> Contact.Scalar {
    let mismatch = Refusal.invalid(
      "Custom attribute '\(attribute.name)' has to be a \(attribute.dataType)")
    if value.isNull { return .null }
    switch attribute.dataType {
    case "integer", "date", "datetime":
      guard let whole = value.integer else { throw mismatch }
      return .int(whole)
    case "float":
      guard let number = value.scalarText.flatMap({ Double($0) }), number.isFinite else {
        throw mismatch
      }
      return .double(number)
    case "boolean":
      guard let flag = value.bool ?? value.string.flatMap({ Bool($0) }) else { throw mismatch }
      return .bool(flag)
    default:
      guard let text = value.scalarText else { throw mismatch }
      guard text.count > 255 else { return .text(text) }
      guard settings.cutsLongStrings else {
        throw .invalid("Custom attribute '\(attribute.name)' is too long (255 characters)")
      }
      return .text(String(text.prefix(255)))
    }
  }
}

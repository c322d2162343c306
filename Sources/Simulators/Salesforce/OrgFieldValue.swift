/// Turns a value of a request into what a field keeps, or says what is wrong with it.
struct OrgFieldValue {
  let field: OrgField
  let org: Org

  /// nil where the field ends up empty.
  func text(of value: OrgJSON) throws(OrgError) -> String? {
    if value.isNull { return nil }
    switch field.kind {
    case .boolean: return try boolean(value) ? "1" : nil
    case .int, .double, .currency, .percent: return try number(value)
    case .date:
      guard let text = value.string, OrgTime.parseDay(text) != nil else {
        throw cannotRead(value, "date")
      }
      return text
    case .datetime:
      guard let text = value.string, let moment = OrgTime.parse(text) else {
        throw cannotRead(value, "datetime")
      }
      return String(moment / 1000 * 1000)
    case .id, .reference: return try reference(value)
    case .address: throw cannotRead(value, "address")
    default: return try string(value)
    }
  }

  private func boolean(_ value: OrgJSON) throws(OrgError) -> Bool {
    if let flag = value.bool { return flag }
    switch value.string?.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default: throw cannotRead(value, "boolean")
    }
  }

  private func number(_ value: OrgJSON) throws(OrgError) -> String? {
    let text: String
    switch value {
    case .number(let digits): text = digits
    case .string(let digits):
      if digits.isEmpty { return nil }
      text = digits
    default: throw cannotRead(value, field.kind.rawValue)
    }
    guard let number = Double(text), number.isFinite else {
      throw cannotRead(value, field.kind.rawValue)
    }
    if field.kind == .int {
      let parts = text.split(separator: ".", maxSplits: 1)
      guard let head = parts.first, let whole = Int64(head),
        parts.count == 1 || parts[1].allSatisfy({ $0 == "0" })
      else { throw cannotRead(value, "int") }
      guard String(whole.magnitude).utf8.count <= field.precision else { throw outside(text) }
      return String(whole)
    }
    var limit = 1.0
    for _ in 0..<max(0, field.precision - field.scale) { limit *= 10 }
    guard number.magnitude < limit else { throw outside(text) }
    return text.utf8.contains(UInt8(ascii: ".")) ? text : text + ".0"
  }

  private func outside(_ text: String) -> OrgError {
    OrgError(
      "NUMBER_OUTSIDE_VALID_RANGE",
      "\(field.label): value outside of valid range on numeric field: \(text)",
      fields: [field.name])
  }

  /// White space around a text is not kept; a text of white space only is none.
  private func string(_ value: OrgJSON) throws(OrgError) -> String? {
    let text: String
    switch value {
    case .string(let plain): text = field.kind == .textarea ? plain : Self.trimmed(plain)
    case .number(let digits): text = digits
    case .bool(let flag): text = flag ? "true" : "false"
    default: throw cannotRead(value, field.kind.rawValue)
    }
    if text.isEmpty { return nil }
    guard field.length == 0 || text.utf16.count <= field.length else {
      throw OrgError(
        "STRING_TOO_LONG",
        "\(field.label): data value too large: \(text) (max length=\(field.length))",
        fields: [field.name])
    }
    if field.kind == .email, !Self.isEmail(text) {
      throw OrgError(
        "INVALID_EMAIL_ADDRESS", "\(field.label): invalid email address: \(text)",
        fields: [field.name])
    }
    if field.traits.contains(.restricted) {
      let chosen =
        field.kind == .multipicklist ? text.split(separator: ";").map(String.init) : [text]
      for choice in chosen where !field.values.contains(choice) {
        throw OrgError(
          "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
          "\(field.label): bad value for restricted picklist field: \(choice)",
          fields: [field.name])
      }
    }
    return text
  }

  private static func trimmed(_ text: String) -> String {
    guard let first = text.firstIndex(where: { !$0.isWhitespace }),
      let last = text.lastIndex(where: { !$0.isWhitespace })
    else { return "" }
    return String(text[first...last])
  }

  static func isEmail(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."),
      !parts[1].hasPrefix("."), !parts[1].hasSuffix("."), !parts[0].hasSuffix("."),
      !parts[0].hasPrefix("."), !text.contains("..")
    else { return false }
    return text.utf8.allSatisfy {
      $0 > 0x20 && $0 < 0x7F && !Array("()<>[]:;,\\\"".utf8).contains($0)
    }
  }

  private func reference(_ value: OrgJSON) throws(OrgError) -> String? {
    guard let text = value.string else { throw cannotRead(value, "ID") }
    if text.isEmpty { return nil }
    guard let id = OrgID.normalised(text) else {
      throw OrgError(
        "MALFORMED_ID", "\(field.label): id value of incorrect type: \(text)",
        fields: [field.name])
    }
    let known = field.referenceTo.compactMap { org.table($0) }
    guard known.count == field.referenceTo.count || org.table(ofID: id) != nil else { return id }
    guard let table = org.table(ofID: id), known.contains(where: { $0 === table }) else {
      throw OrgError(
        "MALFORMED_ID", "\(field.label): id value of incorrect type: \(text)",
        fields: [field.name])
    }
    guard let place = org.locate(id) else {
      throw OrgError(
        "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", fields: [field.name])
    }
    guard !place.row.isDeleted else {
      throw OrgError("ENTITY_IS_DELETED", "entity is deleted", fields: [], status: 400)
    }
    return id
  }

  private func cannotRead(_ value: OrgJSON, _ type: String) -> OrgError {
    let kind: String
    switch value {
    case .string: kind = "VALUE_STRING"
    case .number(let text): kind = Int64(text) == nil ? "VALUE_NUMBER_FLOAT" : "VALUE_NUMBER_INT"
    case .bool(let flag): kind = flag ? "VALUE_TRUE" : "VALUE_FALSE"
    case .null: kind = "VALUE_NULL"
    case .array:
      return .json(
        "Cannot deserialize instance of \(type) from START_ARRAY value [line:1, column:2]")
    case .object: kind = "START_OBJECT"
    }
    let shown = value.members == nil ? value.plain : "{"
    return .json(
      "Cannot deserialize instance of \(type) from \(kind) value \(shown) or request may be "
        + "missing a required field at [line:1, column:2]")
  }
}

/// Makes values of Intercom fit the fields of Salesforce as describe has them (Q2).
package enum Fitting {
  /// `value` as it goes into `field`, or why it cannot.
  ///
  /// Null and what is blank clear a field that may be empty. A text is never cut; its length is
  /// counted in UTF-16 units. Fractions are rounded to the field's scale, half away from zero, as
  /// Salesforce does. Dates are unix seconds or ISO 8601; a day is the day in UTC. Of a picklist
  /// the label is taken too, and case does not matter; only custom ones that are not restricted
  /// take a value that they do not list.
  package static func fit(
    _ value: Value, to field: FieldDescription
  ) -> Result<Value, Misfit> {
    guard isFillable(field) else {
      return .failure(Misfit(FittingMeaning.type, field, "it is of type \(field.type)"))
    }
    return Result { () throws(Misfit) in
      let fitted = value.isBlank ? .null : try fitted(value, field)
      guard !fitted.isBlank else {
        guard field.isNillable else {
          throw Misfit(FittingMeaning.required, field, "it must not be empty")
        }
        return .null
      }
      return fitted
    }
  }

  /// Whether a constant text may stand in for a missing value (L4).
  package static func takesPlaceholder(_ field: FieldDescription) -> Bool {
    let types: Set<String> = ["string", "textarea", "combobox", "encryptedstring", "phone"]
    // The second lead would collide with the first.
    return types.contains(field.type) && !field.isUnique && !field.isExternalID
  }

  private static func isFillable(_ field: FieldDescription) -> Bool {
    let foreign: Set<String> = [
      "address", "location", "base64", "anyType", "complexvalue", "json", "time",
    ]
    return !foreign.contains(field.type)
  }

  private static func fitted(
    _ value: Value, _ field: FieldDescription
  ) throws(Misfit) -> Value {
    switch field.type {
    case "boolean": .flag(try flag(value, field))
    case "int", "long": .number(try wholeNumber(value, field))
    case "double", "currency", "percent": .number(try number(value, field))
    case "date": .text(try time(value, field).day)
    case "datetime": .text(try time(value, field).moment)
    case "picklist": .text(try text(.text(try listed(value.text ?? "", field)), field))
    case "multipicklist": .text(try several(value, field))
    case "email": .text(try email(value, field))
    case "reference", "id": .text(try id(value, field))
    default: .text(try text(value, field))
    }
  }

  // MARK: Texts

  private static func text(_ value: Value, _ field: FieldDescription) throws(Misfit) -> String {
    let text = value.text ?? ""
    let length = text.utf16.count
    guard field.length <= 0 || length <= field.length else {
      throw Misfit(
        FittingMeaning.tooLong, field,
        "it has \(length) characters, and the field holds \(field.length)")
    }
    return text
  }

  /// Only what Salesforce would refuse beyond doubt; it has the last word.
  private static func email(_ value: Value, _ field: FieldDescription) throws(Misfit) -> String {
    let address = trimmed(value.text ?? "")
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    let isSpaced = address.unicodeScalars.contains { $0.properties.isWhitespace }
    guard case .text = value, parts.count == 2, !parts.contains(""), !isSpaced else {
      throw Misfit(FittingMeaning.notAnEmail, field, "it is no e-mail address")
    }
    return try text(.text(address), field)
  }

  private static func id(_ value: Value, _ field: FieldDescription) throws(Misfit) -> String {
    let id = trimmed(value.text ?? "")
    let isPlain = id.utf8.allSatisfy { byte in
      byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26
    }
    guard case .text = value, isPlain, id.utf8.count == 15 || id.utf8.count == 18 else {
      throw Misfit(FittingMeaning.notAnID, field, "it is no id of 15 or 18 letters and digits")
    }
    return id
  }

  // MARK: Flags, numbers and times

  private static func flag(_ value: Value, _ field: FieldDescription) throws(Misfit) -> Bool {
    switch value {
    case .flag(let flag): return flag
    case .text(let text):
      switch trimmed(text).lowercased() {
      case "true", "yes", "1": return true
      case "false", "no", "0": return false
      default: break
      }
    case .number(let digits):
      if let number = DecimalText(digits) {
        if number == DecimalText("1") { return true }
        if number == DecimalText("0") { return false }
      }
    case .null, .list: break
    }
    throw Misfit(FittingMeaning.notAFlag, field, "it is neither true nor false")
  }

  private static func decimal(
    _ value: Value, _ field: FieldDescription
  ) throws(Misfit) -> DecimalText {
    let number: DecimalText?
    switch value {
    case .number(let text), .text(let text): number = DecimalText(text)
    case .null, .flag, .list: number = nil
    }
    guard let number else { throw Misfit(FittingMeaning.notANumber, field, "it is no number") }
    return number
  }

  private static func number(_ value: Value, _ field: FieldDescription) throws(Misfit) -> String {
    let hasPrecision = field.precision > 0
    // Where describe does not say, as much as any number of Salesforce holds.
    let scale = hasPrecision ? min(max(0, field.scale), 18) : 18
    let digitsMax = hasPrecision ? min(max(0, field.precision - scale), 18) : 18
    let number = try decimal(value, field).rounded(scale: scale)
    guard number.integerDigits <= digitsMax else {
      throw Misfit(
        FittingMeaning.numberRange, field, "the field holds \(digitsMax) digits before the point")
    }
    return number.plain
  }

  private static func wholeNumber(
    _ value: Value, _ field: FieldDescription
  ) throws(Misfit) -> String {
    let number = try decimal(value, field)
    guard number.fractionDigits == 0 else {
      throw Misfit(FittingMeaning.notANumber, field, "it is no whole number")
    }
    let typeMax = field.type == "int" ? 10 : 19
    let digitsMax = field.digits > 0 ? min(field.digits, typeMax) : typeMax
    let isInRange =
      number.integerDigits <= digitsMax
      && (field.type == "int" ? Int32(number.plain) != nil : Int64(number.plain) != nil)
    guard isInRange else {
      throw Misfit(FittingMeaning.numberRange, field, "the field holds \(digitsMax) digits")
    }
    return number.plain
  }

  private static func time(
    _ value: Value, _ field: FieldDescription
  ) throws(Misfit) -> CalendarTime {
    let time: CalendarTime?
    switch value {
    case .number(let seconds): time = CalendarTime(unixSeconds: seconds)
    case .text(let text): time = CalendarTime(text)
    case .null, .flag, .list: time = nil
    }
    guard let time, CalendarTime.salesforceYears.contains(time.year) else {
      throw Misfit(FittingMeaning.notADate, field, "it is no date between the years 1700 and 4000")
    }
    return time
  }

  // MARK: Picklists

  private static func several(
    _ value: Value, _ field: FieldDescription
  ) throws(Misfit) -> String {
    let parts: [String]
    if case .list(let values) = value {
      parts = values.compactMap(\.text)
    } else {
      parts = (value.text ?? "").split(separator: ";").map(String.init)
    }
    var chosen: [String] = []
    for part in parts where !trimmed(part).isEmpty {
      let listed = try listed(part, field)
      if !chosen.contains(listed) { chosen.append(listed) }
    }
    return try text(.text(chosen.joined(separator: ";")), field)
  }

  /// The API name of the active value that `text` names.
  private static func listed(_ text: String, _ field: FieldDescription) throws(Misfit) -> String {
    let text = trimmed(text)
    let folded = text.lowercased()
    let active = field.picklistValues.filter(\.isActive)
    let found =
      active.first { $0.value == text } ?? active.first { $0.value.lowercased() == folded }
      ?? active.first { $0.label.lowercased() == folded }
    if let found { return found.value }
    let isInactive = field.picklistValues.contains { $0.value == text }
    guard field.name.hasSuffix("__c"), !field.isRestrictedPicklist, !isInactive else {
      let reason = isInactive ? "is switched off in" : "is not one of the \(active.count) values of"
      throw Misfit(FittingMeaning.notInPicklist, field, "it \(reason) the picklist")
    }
    return text
  }

  static func trimmed(_ text: String) -> String {
    var text = Substring(text)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop(while: \.isWhitespace))
  }
}

extension Misfit {
  fileprivate init(_ meaning: Meaning, _ field: FieldDescription, _ reason: String) {
    self.init(meaning, field: field.name, reason: reason)
  }
}

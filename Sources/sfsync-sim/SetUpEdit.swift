import Simulators

extension Stage {
  /// What an administrator changes in the org; false for a verb of another thing.
  ///
  /// - `define-field` `object` (`Activity` for tasks), `name`, `type` (describe's), [`length`,
  ///   `label`, `values`, `required`, `restricted`, `unique` (an external id), `default`,
  ///   `precision`, `scale`].
  /// - `hide-field`, `lock-field` `object`, `field`, [`on`]: field-level security; `hide-object`,
  ///   `read-only-object` `object`, [`on`].
  /// - `require-field`, `restrict-field` `object`, `field`, [`on`].
  /// - `validation-rule` `object`, `field`, [`value`], `message`: refuses that value, or any when
  ///   there is no `value` and none when it is null; without `object` all rules go.
  /// - `duplicate-rule` `mode` (`alert`, `block`, `off`), [`misspelt`, `hides_matches`,
  ///   `crosses_objects`]; `assignment-rule` `owner` (a user or queue; null ends it).
  /// - `task-statuses` `statuses`: `[{"name", "label", "closed", "default"}]`.
  /// - `collections-refuse-whole` [`on`]; `may-edit-converted` [`on`].
  func setUp(_ body: JSON, _ verb: String) throws -> Bool {
    let org = world.salesforce
    let isOn = body["on"]?.bool ?? true
    switch verb {
    case "define-field": try defineField(body)
    case "hide-field":
      let object = Self.object(try body.needed("object"))
      toggle(body, &org.settings.hiddenFields[object, default: []], try body.needed("field"))
    case "lock-field":
      let object = Self.object(try body.needed("object"))
      toggle(body, &org.settings.lockedFields[object, default: []], try body.needed("field"))
    case "hide-object": toggle(body, &org.settings.hiddenObjects, try body.needed("object"))
    case "read-only-object":
      toggle(body, &org.settings.readOnlyObjects, try body.needed("object"))
    case "require-field":
      try changeField(body) { field in
        if isOn { field.traits.remove(.nillable) } else { field.traits.insert(.nillable) }
      }
    case "restrict-field":
      try changeField(body) { field in
        if isOn { field.traits.insert(.restricted) } else { field.traits.remove(.restricted) }
      }
    case "validation-rule": try validationRule(body)
    case "duplicate-rule": try duplicateRule(body)
    case "assignment-rule": org.settings.assignmentRuleOwner = body["owner"]?.string
    case "task-statuses": org.setTaskStatuses(try Self.statuses(body))
    case "collections-refuse-whole": org.settings.collectionsRefuseWhole = isOn
    case "may-edit-converted": org.settings.mayEditConverted = isOn
    default: return false
    }
    return true
  }

  private static func object(_ name: String) -> String { name == "Activity" ? "Task" : name }

  private func defineField(_ body: JSON) throws {
    guard let kind = OrgField.Kind(rawValue: try body.needed("type")) else {
      throw ControlError("No such type of field")
    }
    func number(_ key: String, _ usual: Int) -> Int {
      body[key]?.integer.map { Int(clamping: $0) } ?? usual
    }
    let field = OrgField.custom(
      try body.needed("name"), kind, length: number("length", 0), label: body["label"]?.string,
      values: (body["values"]?.array ?? []).compactMap(\.string),
      isRequired: body["required"]?.bool ?? false,
      isRestricted: body["restricted"]?.bool ?? false, isUnique: body["unique"]?.bool ?? false,
      defaultValue: body["default"]?.string, precision: number("precision", 18),
      scale: number("scale", 2))
    guard world.salesforce.defineField(field, on: try body.needed("object")) else {
      throw ControlError("There is no such object", status: 404)
    }
  }

  private func changeField(_ body: JSON, _ edit: (inout OrgField) -> Void) throws {
    let (field, object) = (try body.needed("field"), try body.needed("object"))
    guard world.salesforce.changeField(field, of: object, edit) else {
      throw ControlError("There is no such field", status: 404)
    }
  }

  private func validationRule(_ body: JSON) throws {
    let org = world.salesforce
    guard let object = body["object"]?.string else {
      org.settings.validationRule = nil
      return
    }
    let field = try body.needed("field")
    let message = body["message"]?.string ?? "Refused by a validation rule"
    let refused = body["value"]
    let before = org.settings.validationRule
    org.settings.validationRule = { name, fields in
      if let message = before?(name, fields) { return message }
      guard name == object else { return nil }
      let isHit =
        switch refused {
        case nil: fields[field] != nil
        case .null?: fields[field] == nil
        case let value?: fields[field] == value.scalarText
        }
      return isHit ? message : nil
    }
  }

  private func duplicateRule(_ body: JSON) throws {
    let mode: SalesforceSimulator.DuplicateRule.Mode
    switch try body.needed("mode") {
    case "alert": mode = .alert
    case "block": mode = .block
    case "off":
      world.salesforce.settings.duplicateRule = nil
      return
    default: throw ControlError("'mode' is alert, block or off")
    }
    var rule = SalesforceSimulator.DuplicateRule(mode)
    rule.isMisspelt = body["misspelt"]?.bool ?? false
    rule.hidesMatches = body["hides_matches"]?.bool ?? false
    rule.crossesObjects = body["crosses_objects"]?.bool ?? true
    world.salesforce.settings.duplicateRule = rule
  }

  private static func statuses(_ body: JSON) throws -> [OrgTaskStatus] {
    try (body["statuses"]?.array ?? []).map { row in
      OrgTaskStatus(
        try row.needed("name"), label: row["label"]?.string,
        isDefault: row["default"]?.bool ?? false, isClosed: row["closed"]?.bool ?? false)
    }
  }
}

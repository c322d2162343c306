/// The duplicate rule: leads and contacts that bear the same e-mail address.
extension SalesforceSimulator {
  func checkDuplicates(
    _ table: OrgTable, _ fields: [String: String?], _ place: Org.Location?,
    _ options: SaveOptions
  ) throws(OrgError) {
    guard let rule = settings.duplicateRule, table === org.lead || table === org.contact,
      let email = fields["Email"] ?? nil, !(rule.mode == .alert && options.savesDuplicates)
    else { return }
    var found: [Org.Location] = []
    for other in [org.lead, org.contact] where other === table || rule.crossesObjects {
      guard let column = other.schema.column("Email") else { continue }
      // Rules look at what is committed: two transactions at once make two records.
      found += matches(other, column, email).filter {
        !($0.table === place?.table && $0.index == place?.index)
          && other.committed($0.index, now: clock.now) != nil
      }
    }
    guard !found.isEmpty else { return }
    let shown = rule.hidesMatches ? [] : found.filter { $0.table.isShared($0.index) }
    let message =
      rule.isMisspelt
      ? "You're creating a duplicate record. We recommend you use an existing record instead."
      : "Use one of these records?"
    var error = OrgError(
      "DUPLICATES_DETECTED", message, fields: options.isCollection ? [] : nil)
    if !options.isCollection {
      error.payload = OrgMember(
        key: rule.isMisspelt ? "duplicateResut" : "duplicateResult",
        value: payload(rule, table.schema.name, message, shown))
    }
    throw error
  }

  private func payload(
    _ rule: DuplicateRule, _ object: String, _ message: String, _ found: [Org.Location]
  ) -> OrgJSON {
    var results: [OrgJSON] = []
    for other in [org.lead, org.contact] {
      let matches = found.filter { $0.table === other }
      guard !matches.isEmpty else { continue }
      let name = other.schema.name
      results.append([
        "entityType": .string(name), "errors": [], "matchEngine": "FuzzyMatchEngine",
        "matchRecords": .array(matches.map { Self.match($0.id, name) }),
        "rule": .string("Standard_\(name)_Match_Rule_v1_1"),
        "size": OrgJSON(matches.count), "success": true,
      ])
    }
    return [
      "allowSave": .bool(rule.mode == .alert),
      "duplicateRule": .string("Standard_\(object)_Duplicate_Rule"),
      "duplicateRuleEntityType": .string(object), "errorMessage": .string(message),
      "matchResults": .array(results),
    ]
  }

  private static func match(_ id: String, _ object: String) -> OrgJSON {
    [
      "additionalInformation": [], "fieldDiffs": [], "matchConfidence": .number("100.0"),
      "record": [
        "attributes": [
          "type": .string(object),
          "url": .string("/services/data/v66.0/sobjects/\(object)/\(id)"),
        ],
        "Id": .string(id),
      ],
    ]
  }
}

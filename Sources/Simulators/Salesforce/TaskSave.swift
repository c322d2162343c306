/// What is particular to tasks.
extension SalesforceSimulator {
  func prepareTask(_ fields: inout [String: String?], isUpdate: Bool) throws(OrgError) {
    if let who = fields["WhoId"] ?? nil, let place = org.locate(who) {
      try checkLock(place)
      guard place.table.isShared(place.index) else {
        throw OrgError(
          "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
          "insufficient access rights on cross-reference id", fields: [])
      }
      if settings.readOnlyRecords.contains(place.id) {
        throw OrgError(
          "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
          "insufficient access rights on cross-reference id", fields: [])
      }
      if place.table === org.lead {
        if let cell = org.lead.schema.cell("IsConverted"), place.row.has(cell) {
          throw .converted
        }
        if (fields["WhatId"] ?? nil) != nil {
          throw OrgError(
            "FIELD_INTEGRITY_EXCEPTION",
            "Related To ID: a lead cannot be related to another record", fields: ["WhatId"])
        }
      } else if let cell = org.contact.schema.cell("AccountId") {
        fields["AccountId"] = place.row.text(cell)
      }
    }
    guard let status = fields["Status"] ?? nil else { return }
    let isClosed = settings.taskStatuses.contains { $0.isClosed && $0.apiName == status }
    fields["CompletedDateTime"] = isClosed ? String(org.second) : nil
  }

  /// A task moves LastActivityDate, and with it SystemModstamp, of the person that it is about.
  func touchWho(_ fields: [String: String?]) {
    guard let who = fields["WhoId"] ?? nil, let place = org.locate(who) else { return }
    let day = (fields["ActivityDate"] ?? nil) ?? OrgTime.dayString(clock.now)
    org.update(
      place, ["LastActivityDate": day],
      Org.Change(
        actor: integrationUserID, visibleAfter: commitDelay, isModification: false))
  }
}

extension Org {
  /// What an org has before anyone works in it: itself, its statuses, a role, two people.
  ///
  /// Returns the ids of the organization and of the integration user.
  func setUp(_ settings: SalesforceSimulator.Settings) -> (String, String) {
    let change = Change(actor: user.id(OrgRow(serial: user.nextSerial, at: 0)))
    let integration = insert(
      user,
      [
        "Username": settings.username, "LastName": "Integration", "FirstName": "Sync",
        "Email": settings.username, "Alias": "sync", "IsActive": "1",
        "TimeZoneSidKey": settings.timeZone, "UserType": "Standard", "LocaleSidKey": "en_GB",
        "LanguageLocaleKey": "en_US",
      ], change)
    let organization = insert(
      organization,
      [
        "Name": settings.organizationName, "OrganizationType": settings.organizationType,
        "InstanceName": settings.isSandbox ? "CS40" : "EU45",
        "IsSandbox": settings.isSandbox ? "1" : nil, "TimeZoneSidKey": settings.timeZone,
        "DefaultLocaleSidKey": "en_GB", "LanguageLocaleKey": "en_US", "PrimaryContact": "Ann",
      ], change)
    for (index, status) in settings.leadStatuses.enumerated() {
      insert(
        leadStatus,
        [
          "ApiName": status.apiName, "MasterLabel": status.label,
          "SortOrder": String(index + 1), "IsDefault": status.isDefault ? "1" : nil,
          "IsConverted": status.isConverted ? "1" : nil,
        ], change)
    }
    fillTaskStatuses(settings.taskStatuses, change)
    insert(
      assignmentRule,
      [
        "Name": "Inbound", "SobjectType": "Lead",
        "Active": settings.assignmentRuleOwner == nil ? nil : "1",
      ], change)
    return (organization, integration)
  }

  func fillTaskStatuses(_ statuses: [OrgTaskStatus], _ change: Change) {
    for (index, status) in statuses.enumerated() {
      insert(
        taskStatus,
        [
          "ApiName": status.apiName, "MasterLabel": status.label,
          "SortOrder": String(index * 2 + 1), "IsDefault": status.isDefault ? "1" : nil,
          "IsClosed": status.isClosed ? "1" : nil,
        ], change)
    }
  }
}

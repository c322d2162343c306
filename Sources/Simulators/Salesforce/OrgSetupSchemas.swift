/// The objects of the set-up: people who own, what they own by, and the org itself.
extension OrgSchemas {
  static let user = OrgSchema(
    "User", prefix: "005",
    fields: [
      id("User ID"), OrgField("Username", .string, 80, traits: [.required, .idLookup]),
      OrgField("LastName", .string, 80, traits: .required), OrgField("FirstName", .string, 40),
      OrgField("Name", .string, 121, label: "Full Name", traits: [.filterable, .sortable]),
      OrgField("CompanyName", .string, 80), OrgField("Department", .string, 80),
      OrgField("Title", .string, 80),
      OrgField("Email", .email, 128, traits: [.required, .idLookup]),
      OrgField("Phone", .phone, 40), OrgField("MobilePhone", .phone, 40),
      OrgField("Alias", .string, 8, traits: .required),
      OrgField("IsActive", .boolean, label: "Active", traits: [.required, .defaulted]),
      OrgField("TimeZoneSidKey", .picklist, 40, label: "Time Zone", traits: .required),
      OrgField(
        "UserRoleId", .reference, 18, label: "Role ID", to: ["UserRole"], relation: "UserRole"),
      OrgField("ProfileId", .reference, 18, to: ["Profile"], relation: "Profile"),
      OrgField("UserType", .picklist, 40, traits: .readOnly),
      OrgField("LocaleSidKey", .picklist, 40, label: "Locale"),
      OrgField("LanguageLocaleKey", .picklist, 40, label: "Language"),
      OrgField("LastLoginDate", .datetime, traits: .readOnly),
      OrgField(
        "ManagerId", .reference, 18, to: ["User"], relation: "Manager"),
      OrgField("FederationIdentifier", .string, 512, label: "SAML Federation ID"),
    ] + audit)

  static let group = OrgSchema(
    "Group", prefix: "00G",
    fields: [
      id("Group ID"), OrgField("Name", .string, 40, traits: .required),
      OrgField("DeveloperName", .string, 80),
      OrgField(
        "RelatedId", .reference, 18, traits: .readOnly, to: ["UserRole"], relation: "Related"),
      OrgField("Type", .picklist, 40, values: ["Regular", "Role", "Queue", "Organization"]),
      OrgField("Email", .email, 255),
      OrgField(
        "OwnerId", .reference, 18, traits: .readOnly, to: ["Organization"], relation: "Owner"),
      OrgField("DoesSendEmailToMembers", .boolean, traits: [.required, .defaulted]),
      OrgField("DoesIncludeBosses", .boolean, traits: [.required, .defaulted]),
    ] + audit)

  static let role = OrgSchema(
    "UserRole", label: "Role", prefix: "00E",
    fields: [
      id("Role ID"), OrgField("Name", .string, 80, traits: .required),
      OrgField(
        "ParentRoleId", .reference, 18, label: "Parent Role ID", to: ["UserRole"]),
      OrgField("RollupDescription", .string, 80, label: "Description"),
      OrgField("DeveloperName", .string, 80), OrgField("PortalType", .picklist, 40),
    ] + modified)

  static let leadStatus = statuses("LeadStatus", "01J", flag: "IsConverted")
  static let taskStatus = statuses("TaskStatus", "01T", flag: "IsClosed")

  private static func statuses(_ name: String, _ prefix: String, flag: String) -> OrgSchema {
    OrgSchema(
      name, plural: name, prefix: prefix,
      fields: [
        id("\(name) ID"), OrgField("MasterLabel", .string, 255, traits: .readOnly),
        OrgField("ApiName", .string, 255, traits: .readOnly),
        OrgField("SortOrder", .int, traits: .readOnly),
        OrgField("IsDefault", .boolean, traits: .system),
        OrgField(flag, .boolean, traits: .system),
      ] + audit, isReplicateable: false, isEditable: false, isBulkReadable: false)
  }

  static let assignmentRule = OrgSchema(
    "AssignmentRule", prefix: "01Q",
    fields: [
      id("Rule ID"), OrgField("Name", .string, 120, traits: .readOnly),
      OrgField("SobjectType", .picklist, 40, traits: .readOnly),
      OrgField("Active", .boolean, traits: .system),
    ] + audit, isReplicateable: false, isEditable: false, isBulkReadable: false)

  static let organization = OrgSchema(
    "Organization", prefix: "00D",
    fields: [
      id("Organization ID"), OrgField("Name", .string, 80, traits: .required),
      OrgField("Division", .string, 80), OrgField("Street", .textarea, 255),
      OrgField("City", .string, 40), OrgField("State", .string, 80),
      OrgField("PostalCode", .string, 20), OrgField("Country", .string, 80),
      OrgField("Phone", .phone, 40), OrgField("PrimaryContact", .string, 80),
      OrgField("DefaultLocaleSidKey", .picklist, 40),
      OrgField("TimeZoneSidKey", .picklist, 40, label: "Time Zone"),
      OrgField("LanguageLocaleKey", .picklist, 40, label: "Language"),
      OrgField("OrganizationType", .picklist, 40, label: "Edition", traits: .readOnly),
      OrgField("NamespacePrefix", .string, 15, traits: .readOnly),
      OrgField("InstanceName", .string, 5, traits: .readOnly),
      OrgField("IsSandbox", .boolean, label: "Is Sandbox", traits: .system),
      OrgField("IsReadOnly", .boolean, label: "Is Read Only", traits: .system),
      OrgField("TrialExpirationDate", .datetime, traits: .readOnly),
    ] + audit, isEditable: false, isBulkReadable: false)
}

/// The standard objects as an untouched org has them (describe of v59, Object Reference v66).
enum OrgSchemas {
  static func lead(statuses: [OrgLeadStatus], custom: [OrgField]) -> OrgSchema {
    let fields: [OrgField] =
      head("Lead ID", master: "Lead")
      + person(salutations: ["Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx."])
      + [
        OrgField("Title", .string, 128), OrgField("Company", .string, 255, traits: .required),
      ] + address("") + [
        OrgField("Phone", .phone, 40), OrgField("MobilePhone", .phone, 40),
        OrgField("Fax", .phone, 40),
        OrgField("Email", .email, 80, traits: [.editable, .idLookup]),
        OrgField("Website", .url, 255),
        OrgField("PhotoUrl", .url, 255, label: "Photo URL", traits: .readOnly),
        description(label: "Description"),
        OrgField("LeadSource", .picklist, 255, values: sources),
        OrgField(
          "Status", .picklist, 255, traits: [.required, .defaulted],
          values: statuses.map(\.apiName),
          defaultValue: statuses.first(where: \.isDefault)?.apiName),
        OrgField("Industry", .picklist, 255, values: industries),
        OrgField("Rating", .picklist, 255, values: ["Hot", "Warm", "Cold"]),
        OrgField("AnnualRevenue", .currency, precision: 18, scale: 0),
        OrgField("NumberOfEmployees", .int, label: "Employees", precision: 8),
        owner(to: ["Group", "User"]),
        OrgField(
          "IsConverted", .boolean, label: "Converted", traits: [.system, .createable]),
        OrgField("ConvertedDate", .date, traits: .readOnly),
        converted("Account"), converted("Contact"), converted("Opportunity"),
        OrgField(
          "IsUnreadByOwner", .boolean, label: "Unread By Owner",
          traits: [.required, .defaulted]),
      ] + audit + activity + jigsaw("JigsawContact") + [
        OrgField("CompanyDunsNumber", .string, 9, label: "Company D-U-N-S Number"),
        reference("DandbCompany", to: "DandBCompany", label: "D&B Company ID"),
        OrgField("EmailBouncedReason", .string, 255, traits: [.readOnly, .updateable]),
        OrgField("EmailBouncedDate", .datetime, traits: [.readOnly, .updateable]),
        reference("Individual", to: "Individual"),
      ] + custom
    return OrgSchema("Lead", prefix: "00Q", fields: fields, isMergeable: true)
  }

  static func contact(custom: [OrgField]) -> OrgSchema {
    let fields: [OrgField] =
      head("Contact ID", master: "Contact") + [reference("Account", to: "Account")]
      + person(salutations: ["Mr.", "Ms.", "Mrs.", "Dr.", "Prof."])
      + address("Other") + address("Mailing")
      + [
        OrgField("Phone", .phone, 40, label: "Business Phone"),
        OrgField("Fax", .phone, 40, label: "Business Fax"), OrgField("MobilePhone", .phone, 40),
        OrgField("HomePhone", .phone, 40), OrgField("OtherPhone", .phone, 40),
        OrgField("AssistantPhone", .phone, 40, label: "Asst. Phone"),
        reference("ReportsTo", to: "Contact", label: "Reports To ID"),
        OrgField("Email", .email, 80, traits: [.editable, .idLookup]),
        OrgField("Title", .string, 128), OrgField("Department", .string, 80),
        OrgField("AssistantName", .string, 40, label: "Assistant's Name"),
        OrgField("LeadSource", .picklist, 255, values: sources), OrgField("Birthdate", .date),
        description(label: "Contact Description"), owner(to: ["User"]),
      ] + audit + activity + [
        OrgField(
          "LastCURequestDate", .datetime, label: "Last Stay-in-Touch Request Date",
          traits: .readOnly),
        OrgField(
          "LastCUUpdateDate", .datetime, label: "Last Stay-in-Touch Save Date",
          traits: .readOnly),
        OrgField("EmailBouncedReason", .string, 255),
        OrgField("EmailBouncedDate", .datetime),
        OrgField("IsEmailBounced", .boolean, traits: .system),
        OrgField("PhotoUrl", .url, 255, label: "Photo URL", traits: .readOnly),
      ] + jigsaw("JigsawContact") + [reference("Individual", to: "Individual")] + custom
    return OrgSchema("Contact", prefix: "003", fields: fields, isMergeable: true)
  }

  static func account(custom: [OrgField]) -> OrgSchema {
    let fields: [OrgField] =
      head("Account ID", master: "Account") + [
        OrgField("Name", .string, 255, label: "Account Name", traits: .required),
        OrgField("Type", .picklist, 255, label: "Account Type"),
        reference("Parent", to: "Account", label: "Parent Account ID"),
      ] + address("Billing") + address("Shipping") + [
        OrgField("Phone", .phone, 40, label: "Account Phone"),
        OrgField("Website", .url, 255), OrgField("Industry", .picklist, 255, values: industries),
        OrgField("AnnualRevenue", .currency, precision: 18, scale: 0),
        OrgField("NumberOfEmployees", .int, label: "Employees", precision: 8),
        description(label: "Account Description"), owner(to: ["User"]),
      ] + audit + activity + custom
    return OrgSchema("Account", prefix: "001", fields: fields, isMergeable: true)
  }

  static func task(statuses: [OrgTaskStatus], custom: [OrgField]) -> OrgSchema {
    let fields: [OrgField] =
      [
        id("Activity ID"),
        reference("Who", to: ["Contact", "Lead"], label: "Name ID"),
        reference("What", to: ["Account", "Opportunity"], label: "Related To ID"),
        OrgField("Subject", .combobox, 255),
        OrgField("ActivityDate", .date, label: "Due Date Only"),
        OrgField(
          "Status", .picklist, 255, traits: [.required, .defaulted],
          values: statuses.map(\.apiName),
          defaultValue: statuses.first(where: \.isDefault)?.apiName),
        OrgField(
          "Priority", .picklist, 255, traits: [.required, .defaulted],
          values: ["High", "Normal", "Low"], defaultValue: "Normal"),
        OrgField("IsHighPriority", .boolean, traits: .system),
        OrgField(
          "OwnerId", .reference, 18, label: "Assigned To ID", traits: [.required, .defaulted],
          to: ["Group", "User"], relation: "Owner"),
        description(label: "Description"),
        OrgField("Type", .picklist, 40, values: ["Call", "Email", "Meeting", "Other"]),
        OrgField("IsDeleted", .boolean, label: "Deleted", traits: .system),
        OrgField(
          "AccountId", .reference, 18, traits: .readOnly, to: ["Account"], relation: "Account"),
        OrgField("IsClosed", .boolean, label: "Closed", traits: .system),
      ] + audit + [
        OrgField("IsArchived", .boolean, label: "Archived", traits: .system),
        OrgField(
          "TaskSubtype", .picklist, 40,
          traits: [.createable, .nillable, .filterable, .sortable, .restricted],
          values: ["Task", "Email", "ListEmail", "LinkedIn", "Call"]),
        OrgField("CompletedDateTime", .datetime, traits: .readOnly),
      ] + custom
    return OrgSchema("Task", prefix: "00T", fields: fields)
  }
}

extension OrgSchemas {
  static let sources = ["Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other"]
  static let industries = [
    "Agriculture", "Apparel", "Banking", "Biotechnology", "Chemicals", "Communications",
    "Construction", "Consulting", "Education", "Electronics", "Technology", "Other",
  ]

  static func id(_ label: String) -> OrgField {
    OrgField("Id", .id, 18, label: label, traits: [.system, .idLookup])
  }

  static func head(_ label: String, master: String) -> [OrgField] {
    [
      id(label), OrgField("IsDeleted", .boolean, label: "Deleted", traits: .system),
      OrgField(
        "MasterRecordId", .reference, 18, traits: .readOnly, to: [master],
        relation: "MasterRecord"),
    ]
  }

  static func person(salutations: [String]) -> [OrgField] {
    [
      OrgField("LastName", .string, 80, traits: .required), OrgField("FirstName", .string, 40),
      OrgField("Salutation", .picklist, 40, values: salutations),
      OrgField(
        "Name", .string, 121, label: "Full Name", traits: [.filterable, .sortable]),
    ]
  }

  static func address(_ prefix: String) -> [OrgField] {
    let label = prefix.isEmpty ? "" : prefix + " "
    return [
      OrgField(prefix + "Street", .textarea, 255), OrgField(prefix + "City", .string, 40),
      OrgField(prefix + "State", .string, 80, label: label + "State/Province"),
      OrgField(prefix + "PostalCode", .string, 20, label: label + "Zip/Postal Code"),
      OrgField(prefix + "Country", .string, 80),
      OrgField(prefix + "Latitude", .double, precision: 18, scale: 15),
      OrgField(prefix + "Longitude", .double, precision: 18, scale: 15),
      OrgField(
        prefix + "GeocodeAccuracy", .picklist, 40, traits: [.editable, .restricted],
        values: ["Address", "NearAddress", "Block", "Street", "Zip", "City", "State"]),
      OrgField(prefix + "Address", .address, traits: [.nillable, .filterable]),
    ]
  }

  static func description(label: String) -> OrgField {
    OrgField(
      "Description", .textarea, 32000, label: label,
      traits: [.createable, .updateable, .nillable])
  }

  static func owner(to objects: [String]) -> OrgField {
    OrgField(
      "OwnerId", .reference, 18, traits: [.required, .defaulted], to: objects, relation: "Owner")
  }

  static func reference(_ relation: String, to object: String, label: String? = nil) -> OrgField {
    reference(relation, to: [object], label: label)
  }

  static func reference(
    _ relation: String, to objects: [String], label: String? = nil
  ) -> OrgField {
    OrgField(relation + "Id", .reference, 18, label: label, to: objects, relation: relation)
  }

  static func converted(_ object: String) -> OrgField {
    OrgField(
      "Converted\(object)Id", .reference, 18, traits: .readOnly, to: [object],
      relation: "Converted" + object)
  }

  static func jigsaw(_ relation: String) -> [OrgField] {
    [
      OrgField("Jigsaw", .string, 20, label: "Data.com Key"),
      OrgField("\(relation)Id", .string, 20, traits: .readOnly, relation: relation),
      OrgField(
        "CleanStatus", .picklist, 40, traits: [.editable, .restricted],
        values: ["Matched", "Different", "Acknowledged", "NotFound", "Inactive", "Pending"]),
    ]
  }

  static let modified: [OrgField] = [
    OrgField("LastModifiedDate", .datetime, traits: .system),
    OrgField(
      "LastModifiedById", .reference, 18, traits: .system, to: ["User"],
      relation: "LastModifiedBy"),
    OrgField("SystemModstamp", .datetime, label: "System Modstamp", traits: .system),
  ]

  static let audit: [OrgField] =
    [
      OrgField("CreatedDate", .datetime, traits: .system),
      OrgField(
        "CreatedById", .reference, 18, traits: .system, to: ["User"], relation: "CreatedBy"),
    ] + modified

  static let activity: [OrgField] = [
    OrgField("LastActivityDate", .date, label: "Last Activity", traits: .readOnly),
    OrgField("LastViewedDate", .datetime, traits: .readOnly),
    OrgField("LastReferencedDate", .datetime, traits: .readOnly),
  ]
}

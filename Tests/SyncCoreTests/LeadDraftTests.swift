import SyncCore
import Testing

@Suite("L4: what is sent to make a lead")
struct LeadDraftTests {
  static let picklist = [
    FieldDescription.PicklistValue(value: "Web", label: "Web"),
    FieldDescription.PicklistValue(value: "Phone", label: "Phone"),
  ]
  /// Lead of an untouched org as describe has it, and a few custom fields.
  static let lead: [FieldDescription] = [
    FieldDescription(name: "Id", type: "id", length: 18, isCreateable: false, isNillable: false),
    FieldDescription(name: "LastName", type: "string", length: 80, isNillable: false),
    FieldDescription(name: "FirstName", type: "string", length: 40),
    FieldDescription(name: "Name", type: "string", length: 121, isCreateable: false),
    FieldDescription(name: "Company", type: "string", length: 255, isNillable: false),
    FieldDescription(name: "Email", type: "email", length: 80),
    FieldDescription(name: "Phone", type: "phone", length: 40),
    FieldDescription(name: "LeadSource", type: "picklist", length: 255, picklistValues: picklist),
    FieldDescription(
      name: "Status", type: "picklist", length: 255, isNillable: false, isDefaultedOnCreate: true),
    FieldDescription(name: "Industry", type: "picklist", length: 255, picklistValues: picklist),
    FieldDescription(name: "NumberOfEmployees", type: "int", digits: 8),
    FieldDescription(name: "Campaign__c", type: "string", length: 10),
    FieldDescription(
      name: "Key__c", type: "string", length: 30, isExternalID: true, isUnique: true),
    FieldDescription(name: "Sum__c", type: "double", isCreateable: false, isUpdateable: false),
  ]
  static let person: Values = [
    "name": .text("Grace Brewster Hopper"), "email": .text(" Grace@example.com"),
    "phone": .text("+1 555"), "utm_campaign": .text("spring"),
    "custom_attributes.size": .number("500"),
  ]

  private func draft(
    person: Values = person, company: Values? = ["name": .text("Navy")], edits: Values = [:],
    settings: LeadSettings = LeadSettings(), mapping: [String: String] = [:],
    fields: [FieldDescription] = lead
  ) -> LeadDraft {
    LeadDraft.make(
      person: person, company: company, edits: edits, settings: settings, mapping: mapping,
      fields: fields, personID: "65f0000000000000000000aa")
  }

  private func required(
    _ name: String, _ type: String, length: Int = 0, isUnique: Bool = false
  ) -> FieldDescription {
    FieldDescription(name: name, type: type, length: length, isNillable: false, isUnique: isUnique)
  }

  @Test("L4: name, e-mail, phone, source, company")
  func own() {
    let draft = draft()
    #expect(
      draft.fields == [
        "FirstName": .text("Grace Brewster"), "LastName": .text("Hopper"),
        "Email": .text("Grace@example.com"), "Phone": .text("+1 555"),
        "LeadSource": .text("Intercom"), "Company": .text("Navy"),
      ])
    #expect(draft.misfits.isEmpty)
    #expect(draft.missing.isEmpty)
    #expect(draft.base.isEmpty)
  }

  @Test(
    "L4: the name is split at the last space, and one word is a last name",
    arguments: [
      ("Grace Hopper", "Grace", "Hopper"), ("  Grace \u{A0} B.\tHopper ", "Grace B.", "Hopper"),
      ("Hopper", nil, "Hopper"), ("", nil, "[not provided]"), (" ", nil, "[not provided]"),
      (nil, nil, "[not provided]"),
    ] as [(String?, String?, String)])
  func names(name: String?, first: String?, last: String) {
    var person = Self.person
    person["name"] = name.map(Value.text)
    let fields = draft(person: person).fields
    #expect(fields["FirstName"] == first.map(Value.text))
    #expect(fields["LastName"] == .text(last))
  }

  @Test("L4: where the first name cannot be written the last name is the whole name")
  func noFirstName() {
    let fields = draft(fields: Self.lead.filter { $0.name != "FirstName" }).fields
    #expect(fields["LastName"] == .text("Grace Brewster Hopper"))
    #expect(fields["FirstName"] == nil)
  }

  @Test("L4: a required text without a value gets the placeholder, cut to the field's length")
  func placeholder() {
    let short = required("Short__c", "string", length: 4)
    let draft = draft(company: nil, fields: Self.lead + [short])
    #expect(draft.fields["Company"] == .text("[not provided]"))
    #expect(draft.fields["Short__c"] == .text("[not"))
    #expect(draft.missing.isEmpty)
  }

  @Test(
    "L4: what is required, is no plain text and has no value is missing",
    arguments: ["double", "date", "picklist", "email", "reference", "boolean", "multipicklist"])
  func missing(type: String) {
    let field = required("Need__c", type)
    let draft = draft(fields: Self.lead + [field])
    #expect(draft.missing.map(\.name) == ["Need__c"])
    #expect(draft.fields["Need__c"] == nil)
  }

  @Test("L4: a unique field never gets the placeholder, for the second lead would collide")
  func uniquePlaceholder() {
    let draft = draft(fields: Self.lead + [required("U__c", "string", length: 20, isUnique: true)])
    #expect(draft.missing.map(\.name) == ["U__c"])
  }

  @Test("L4: an empty placeholder fills nothing")
  func emptyPlaceholder() {
    let draft = draft(company: nil, settings: LeadSettings(placeholder: ""))
    #expect(draft.missing.map(\.name) == ["Company"])
  }

  @Test("L4: the company comes from the person's company, wherever it stands")
  func company() {
    var person = Self.person
    person["company.name"] = .text("Joined")
    #expect(draft(person: person, company: nil).fields["Company"] == .text("Joined"))
    #expect(draft(person: person).fields["Company"] == .text("Navy"))
  }

  @Test("L4: mapped attributes go to their fields and are the base of the new lead")
  func mapped() {
    let draft = draft(
      company: ["name": .text("Navy"), "plan": .text("Pro")],
      mapping: [
        "utm_campaign": "campaign__C", "custom_attributes.size": "NumberOfEmployees",
        "company.plan": "Company", "custom_attributes.none": "Industry",
        "custom_attributes.hidden": "Gone__c", "utm_source": "Sum__c",
      ])
    #expect(draft.fields["Campaign__c"] == .text("spring"))
    #expect(draft.fields["NumberOfEmployees"] == .number("500"))
    #expect(draft.fields["Company"] == .text("Pro"))
    #expect(
      draft.base == [
        "utm_campaign": .text("spring"), "custom_attributes.size": .number("500"),
        "company.plan": .text("Pro"), "custom_attributes.none": .null,
      ])
    #expect(draft.misfits.isEmpty)
  }

  @Test("Q2: a mapped value that does not fit is left out, told, and not tried again")
  func mappedMisfit() {
    var person = Self.person
    person["utm_campaign"] = .text("much too long")
    person["custom_attributes.who"] = .text(String(repeating: "x", count: 300))
    let draft = draft(
      person: person, settings: LeadSettings(defaults: ["Campaign__c": .text("other")]),
      mapping: ["utm_campaign": "Campaign__c", "custom_attributes.who": "Company"])
    #expect(draft.fields["Campaign__c"] == .text("other"))
    #expect(draft.fields["Company"] == .text("Navy"))
    #expect(draft.misfits.map(\.attribute) == ["custom_attributes.who", "utm_campaign"])
    #expect(draft.misfits.map(\.meaning) == [FittingMeaning.tooLong, FittingMeaning.tooLong])
    #expect(draft.base["utm_campaign"] == .null)
    #expect(draft.refused["utm_campaign"] == .text("much too long"))
    let plan = FieldPlan.make(
      values: person, base: draft.base, refused: draft.refused,
      mapping: ["utm_campaign": "Campaign__c", "custom_attributes.who": "Company"],
      fields: Self.lead)
    #expect(plan.isEmpty)
  }

  @Test("Q1: right after creation nothing is owed to the new lead")
  func nothingOwed() {
    let mapping = [
      "utm_campaign": "Campaign__c", "custom_attributes.size": "NumberOfEmployees",
      "custom_attributes.none": "Industry",
    ]
    let draft = draft(edits: ["Campaign__c": .text("by hand")], mapping: mapping)
    #expect(draft.fields["Campaign__c"] == .text("by hand"))
    let plan = FieldPlan.make(
      values: Self.person, base: draft.base, refused: draft.refused, mapping: mapping,
      fields: Self.lead)
    #expect(plan.isEmpty)
  }

  @Test("Q1: what is set for the first time after creation is a change, whatever Salesforce holds")
  func laterValue() {
    let mapping = ["custom_attributes.none": "Campaign__c"]
    let draft = draft(mapping: mapping)
    let plan = FieldPlan.make(
      values: ["custom_attributes.none": .text("now")], base: draft.base, refused: [:],
      mapping: mapping, fields: Self.lead)
    #expect(plan.set == ["custom_attributes.none"])
  }

  @Test("L4: defaults fill what nothing else fills, and never more")
  func defaults() {
    let settings = LeadSettings(defaults: [
      "Industry": .text("web"), "Company": .text("Default"), "NumberOfEmployees": .text("many"),
      "Nope__c": .flag(true), "FirstName": .text(""),
    ])
    let full = draft(settings: settings)
    #expect(full.fields["Industry"] == .text("Web"))
    #expect(full.fields["Company"] == .text("Navy"))
    #expect(full.misfits.map(\.field) == ["Nope__c", "NumberOfEmployees"])
    #expect(
      full.misfits.map(\.meaning) == [FittingMeaning.noField, FittingMeaning.notANumber])
    #expect(draft(company: nil, settings: settings).fields["Company"] == .text("Default"))
  }

  @Test("L4: what is edited by hand wins over everything, under either name")
  func edits() {
    let settings = LeadSettings(defaults: ["Industry": .text("Web")])
    let draft = draft(
      edits: [
        "name": .text("Ada Lovelace"), "email": .text("ada@example.com"), "phone": .text(""),
        "company": .text("Engines"), "industry": .text("Phone"), "LeadSource": .text("Web"),
        "FirstName": .text("Augusta"),
      ], settings: settings, mapping: ["custom_attributes.size": "Company"])
    #expect(
      draft.fields == [
        "FirstName": .text("Augusta"), "LastName": .text("Lovelace"),
        "Email": .text("ada@example.com"), "Company": .text("Engines"),
        "Industry": .text("Phone"), "LeadSource": .text("Web"),
      ])
    #expect(draft.editMisfits.isEmpty)
    #expect(draft.base == ["custom_attributes.size": .number("500")])
  }

  @Test("L4: an edit that empties a required text leaves the placeholder")
  func emptyEdit() {
    let draft = draft(edits: ["company": .null, "name": .text("Cher")])
    #expect(draft.fields["Company"] == .text("[not provided]"))
    #expect(draft.fields["LastName"] == .text("Cher"))
    #expect(draft.fields["FirstName"] == nil)
  }

  @Test("L4: an edit that does not fit is told and not replaced in silence")
  func badEdit() {
    let draft = draft(edits: [
      "Campaign__c": .text("much too long"), "Nope": .text("x"), "Sum__c": .number("1"),
      "Gone": .null,
    ])
    #expect(draft.editMisfits.map(\.field) == ["Campaign__c", "Gone", "Nope", "Sum__c"])
    #expect(
      draft.editMisfits.map(\.meaning) == [
        FittingMeaning.tooLong, FittingMeaning.noField, FittingMeaning.noField,
        FittingMeaning.readOnly,
      ])
  }

  @Test("L6: the external id is the contact's, whatever is mapped or edited")
  func externalID() {
    let draft = draft(
      edits: ["Key__c": .text("mine")], settings: LeadSettings(externalIDField: "key__c"),
      mapping: ["utm_campaign": "Key__c"])
    #expect(draft.fields["Key__c"] == .text("65f0000000000000000000aa"))
    let hidden = LeadDraftTests().draft(settings: LeadSettings(externalIDField: "Gone__c"))
    #expect(hidden.misfits.map(\.meaning) == [FittingMeaning.noField])
  }

  @Test("L4: the source is sent though an unrestricted picklist does not list it; a label is not")
  func source() {
    var fields = Self.lead
    #expect(draft(settings: LeadSettings(source: "")).fields["LeadSource"] == nil)
    #expect(draft(settings: LeadSettings(source: "WEB")).fields["LeadSource"] == .text("Web"))
    for index in fields.indices where fields[index].name == "LeadSource" {
      fields[index].isRestrictedPicklist = true
    }
    let draft = draft(fields: fields)
    #expect(draft.fields["LeadSource"] == nil)
    #expect(draft.misfits.map(\.meaning) == [FittingMeaning.notInPicklist])
  }

  @Test("L2: the e-mail address is the edited one, else the person's; without one none")
  func email() {
    #expect(LeadDraft.email(person: Self.person, edits: [:]) == "Grace@example.com")
    #expect(LeadDraft.email(person: [:], edits: ["email": .text(" a@b.de ")]) == "a@b.de")
    #expect(LeadDraft.email(person: [:], edits: ["Email": .text("a@b.de")]) == "a@b.de")
    #expect(LeadDraft.email(person: Self.person, edits: ["email": .null]) == nil)
    #expect(LeadDraft.email(person: ["email": .text("")], edits: [:]) == nil)
    #expect(LeadDraft.email(person: [:], edits: [:]) == nil)
    let both: Values = ["Email": .text("api@b.de"), "email": .text("own@b.de")]
    #expect(LeadDraft.email(person: [:], edits: both) == "api@b.de")
    #expect(draft(edits: both).fields["Email"] == .text("api@b.de"))
  }

  @Test("L2, L3: the lead bears the address that it was looked for by, or is not made")
  func emailOfLead() {
    let mapped = draft(mapping: ["custom_attributes.mail": "Email"])
    #expect(mapped.fields["Email"] == .text("Grace@example.com"))
    var person = Self.person
    person["email"] = .text("no address")
    let bad = draft(person: person)
    #expect(bad.missing.map(\.name) == ["Email"])
    #expect(bad.misfits.map(\.meaning) == [FittingMeaning.notAnEmail])
    let hidden = draft(fields: Self.lead.filter { $0.name != "Email" })
    #expect(hidden.missing.map(\.name) == ["Email"])
  }

  @Test("L4: a name that is too long is told, and the lead is made all the same")
  func longName() {
    var person = Self.person
    person["name"] = .text("Grace " + String(repeating: "x", count: 81))
    let draft = draft(person: person)
    #expect(draft.fields["LastName"] == .text("[not provided]"))
    #expect(draft.fields["FirstName"] == .text("Grace"))
    #expect(draft.misfits.map(\.attribute) == ["name"])
  }

  @Test("L4: whatever comes in, only createable fields go out, each with a value that fits it")
  func anything() {
    var random = Seeded(4)
    let names = Self.lead.map(\.name) + ["Nope", "name", "email", "phone", "company"]
    let attributes = [
      "email", "name", "phone", "utm_campaign", "company.name", "custom_attributes.a",
    ]
    for _ in 0..<3_000 {
      let pick = { (names: [String]) -> Values in
        Values(
          (0..<random.below(5)).map { _ in (names[random.below(names.count)], random.value()) }
        ) {
          $1
        }
      }
      let (person, edits, defaults) = (pick(attributes), pick(names), pick(names))
      let mapping = Dictionary(
        attributes.map { ($0, names[random.below(Self.lead.count + 1)]) }, uniquingKeysWith: { $1 })
      let draft = draft(
        person: person, company: nil, edits: edits, settings: LeadSettings(defaults: defaults),
        mapping: mapping)
      for (name, value) in draft.fields {
        let field = Self.lead.first { $0.name == name }
        #expect(field?.isCreateable == true)
        #expect(!value.isBlank)
      }
      for field in Self.lead where field.isRequired {
        let isThere = draft.fields[field.name] != nil
        #expect(isThere != draft.missing.contains { $0.name == field.name })
      }
      let isMissing = draft.missing.contains { $0.name == "Email" }
      #expect((draft.fields["Email"] == nil) == isMissing)
    }
  }
}

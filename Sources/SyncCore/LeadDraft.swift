/// What is sent to make a Lead of a person (L4): the pure heart of a creation and of its preview.
package struct LeadDraft: Sendable, Equatable {
  /// By the API names of describe; ready for `POST /sobjects/Lead`.
  package var fields: Values
  /// Of every mapped attribute Intercom's value as it was taken over: the base of the new lead (Q1).
  ///
  /// Null where it had none that could be sent.
  package var base: Values
  /// Mapped attributes whose value did not fit, with that value: not tried again until it changes.
  package var refused: Values
  /// Values of the person, the mapping or the defaults that were left out: one register entry each.
  package var misfits: [Misfit]
  /// Values given by hand that do not fit: nothing should be created.
  package var editMisfits: [Misfit]
  /// Required fields that nothing fills: nothing can be created.
  package var missing: [FieldDescription]

  /// Where the names of a person's own page differ from the field's: the keys of edits beside API
  /// names.
  package static let editNames = ["name", "email", "phone", "company"]

  /// The e-mail address that the lead would have, trimmed; nil means that nothing is created (L2).
  package static func email(person: Values, edits: Values) -> String? {
    let edit = edits.filter { $0.key.lowercased() == "email" }.min { $0.key < $1.key }?.value
    guard let value = edit ?? person["email"], !value.isBlank else { return nil }
    return value.text.map(Fitting.trimmed)
  }

  /// Drafts the lead of one person.
  ///
  /// What wins, from the strongest: the contact id in `leads.external_id_field`, `edits` (an empty
  /// one leaves its field out), the person's e-mail, mapped attributes, its name, phone, company
  /// and LeadSource, `leads.defaults`, the placeholder. A value that does not fit gives way to the
  /// next.
  ///
  /// - `person`: by ``AttributeName``.
  /// - `company`: under the bare names (`name`, `website`); nil for a person without one.
  /// - `edits`: by `name`, `email`, `phone`, `company` or API name.
  /// - `mapping`: attribute to API name.
  /// - `fields`: of Lead, by describe.
  /// - `personID`: the Intercom contact id.
  package static func make(
    person: Values, company: Values?, edits: Values, settings: LeadSettings,
    mapping: [String: String], fields: [FieldDescription], personID: String
  ) -> LeadDraft {
    var composer = LeadComposer(FieldTable(fields), settings)
    if let field = settings.externalIDField { composer.identify(field, by: personID) }
    composer.apply(edits: edits)
    // By it the lead was looked for, and is found again.
    composer.own("email", person["email"], "Email")
    composer.apply(mapping: mapping) { attribute in
      AttributeName.ofCompany(attribute).flatMap { company?[$0] } ?? person[attribute]
    }
    composer.applyOwn(person: person, companyName: company?["name"] ?? person["company.name"])
    composer.applyDefaults()
    composer.fillRequired()
    return composer.draft
  }
}

/// Fills the fields of a draft, the strongest source first: what is decided is not decided again.
private struct LeadComposer {
  var draft = LeadDraft(
    fields: [:], base: [:], refused: [:], misfits: [], editMisfits: [], missing: [])
  /// Names of fields that have a value or are to have none.
  private var decided: Set<String> = []
  private let table: FieldTable
  private let settings: LeadSettings

  init(_ table: FieldTable, _ settings: LeadSettings) {
    self.table = table
    self.settings = settings
  }

  /// Decides `name`; says why not, or nil when it is done or was before.
  private mutating func put(_ value: Value, _ name: String) -> Misfit? {
    guard let field = table[name] else { return .missing(name) }
    guard !decided.contains(field.name) else { return nil }
    guard field.isCreateable else { return .readOnly(field.name) }
    switch Fitting.fit(value, to: field) {
    case .success(let fitted):
      draft.fields[field.name] = fitted
      decided.insert(field.name)
      return nil
    case .failure(let misfit): return misfit
    }
  }

  mutating func identify(_ name: String, by personID: String) {
    if let misfit = put(.text(personID), name) { draft.misfits.append(misfit) }
  }

  // MARK: By hand

  mutating func apply(edits: Values) {
    // API names before the person's own, which may stand for two fields.
    let isOwn = { LeadDraft.editNames.contains($0) }
    for (name, value) in edits.sorted(by: { $0.key < $1.key }) where !isOwn(name) {
      edit(name, value)
    }
    for (name, value) in edits.sorted(by: { $0.key < $1.key }) where isOwn(name) {
      switch name {
      case "name": for (field, part) in nameParts(value) { edit(field, part) }
      case "email": edit("Email", value)
      case "phone": edit("Phone", value)
      default: edit("Company", value)
      }
    }
  }

  private mutating func edit(_ name: String, _ value: Value) {
    guard !value.isBlank else {
      if let field = table[name], decided.insert(field.name).inserted { return }
      if table[name] == nil { draft.editMisfits.append(.missing(name)) }
      return
    }
    if let misfit = put(value, name) { draft.editMisfits.append(misfit) }
  }

  // MARK: From Intercom

  mutating func apply(mapping: [String: String], value: (String) -> Value?) {
    for (attribute, name) in mapping.sorted(by: { $0.key < $1.key }) {
      // A field that is missing or hidden is one open error of the mapping, not one a person (Q3).
      guard let field = table[name], field.isCreateable else { continue }
      guard let value = value(attribute), !value.isBlank else {
        draft.base[attribute] = .null
        continue
      }
      if let misfit = put(value, field.name) {
        draft.misfits.append(misfit.of(attribute))
        draft.base[attribute] = .null
        draft.refused[attribute] = value
      } else {
        draft.base[attribute] = value
      }
    }
  }

  mutating func applyOwn(person: Values, companyName: Value?) {
    for (field, part) in nameParts(person["name"] ?? .null) { own("name", part, field) }
    own("phone", person["phone"], "Phone")
    own("company.name", companyName, "Company")
    applySource()
  }

  mutating func own(_ attribute: String, _ value: Value?, _ name: String) {
    guard let value, !value.isBlank, let field = table[name], field.isCreateable else { return }
    if let misfit = put(value, field.name) { draft.misfits.append(misfit.of(attribute)) }
  }

  /// LeadSource is what lost leads are looked up by (L6): of an unrestricted picklist it need not
  /// be a value, for Salesforce takes it.
  private mutating func applySource() {
    guard !settings.source.isEmpty, var field = table["LeadSource"], field.isCreateable,
      !decided.contains(field.name)
    else { return }
    if put(.text(settings.source), field.name) == nil { return }
    if !field.isRestrictedPicklist { field.type = "string" }
    switch Fitting.fit(.text(settings.source), to: field) {
    case .success(let fitted):
      draft.fields[field.name] = fitted
      decided.insert(field.name)
    case .failure(let misfit): draft.misfits.append(misfit)
    }
  }

  /// First and last name, split at the last space; one word is a last name (L4).
  private func nameParts(_ name: Value) -> [(field: String, value: Value)] {
    let words = (name.text ?? "").split(whereSeparator: \.isWhitespace)
    guard words.count > 1, table["FirstName"]?.isCreateable == true, let last = words.last else {
      let whole = words.joined(separator: " ")
      return [("LastName", whole.isEmpty ? .null : .text(whole)), ("FirstName", .null)]
    }
    let first = words.dropLast().joined(separator: " ")
    return [("FirstName", .text(first)), ("LastName", .text(String(last)))]
  }

  // MARK: What is still empty

  mutating func applyDefaults() {
    for (name, value) in settings.defaults.sorted(by: { $0.key < $1.key }) where !value.isBlank {
      if let misfit = put(value, name) { draft.misfits.append(misfit) }
    }
  }

  mutating func fillRequired() {
    for field in table.all where field.isRequired && isEmpty(field.name) {
      let text = Text.cut(
        settings.placeholder, utf16Units: field.length > 0 ? field.length : .max)
      if Fitting.takesPlaceholder(field), !Value.text(text).isBlank {
        draft.fields[field.name] = .text(text)
      } else {
        draft.missing.append(field)
      }
    }
    // Without it the lead could never be matched with the person.
    let email = table["Email"] ?? FieldDescription(name: "Email", type: "email")
    let isListed = draft.missing.contains { $0.name == email.name }
    if isEmpty(email.name), !isListed { draft.missing.append(email) }
    for name in draft.fields.keys where isEmpty(name) { draft.fields[name] = nil }
  }

  private func isEmpty(_ name: String) -> Bool { draft.fields[name]?.isBlank ?? true }
}

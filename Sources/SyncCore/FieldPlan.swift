/// Which mapped attributes of a person go to its lead: the pure heart of Q1 and Q3.
package struct FieldPlan: Sendable, Equatable {
  /// Attributes whose value changed in Intercom: they are written whatever Salesforce holds.
  package var set: [String]
  /// Attributes never compared with this lead: they are written only where its field is empty, and
  /// become the base either way.
  package var fill: [String]
  /// Attributes whose value becomes the base without a call, with that value.
  package var rebase: Values
  /// Of `set`, what does not fit; it is not in `set` and is set aside as refused.
  package var misfits: [Misfit]
  /// The values of `misfits`, by attribute.
  package var refused: Values
  /// Attributes whose refused value is Intercom's no more: they are refused no more, and their
  /// register entries close.
  package var mended: [String]
  /// The API name of each attribute of `set` and `fill`, in describe's spelling.
  package var fields: [String: String]
  /// Intercom's value of each attribute of `set` and `fill`: the base, once it is written.
  package var values: Values
  /// The same as it goes into the field; absent for what is to be filled and does not fit.
  package var fitted: Values
  private var fillMisfits: [String: Misfit]

  /// Nothing is to be written, read or noted.
  package var isEmpty: Bool {
    self.set.isEmpty && fill.isEmpty && rebase.isEmpty && misfits.isEmpty && mended.isEmpty
  }

  /// Plans for one person and one unconverted lead.
  ///
  /// - `values`: of the person, by ``AttributeName``, `company.*` among them; absent is no news.
  /// - `base`: of each attribute Intercom's value when it was last written or taken over.
  /// - `isKnownAbsent`: whether an attribute without a value surely has none, so that its first
  ///   value later is a change and not something to fill with.
  /// - `refused`: values that Salesforce or the fitting refused: not tried again while they last.
  /// - `mapping`: attribute to API name.
  /// - `fields`: of Lead, by describe; a mapped field that is missing there is passed over here
  ///   and told by ``unmappable(mapping:fields:)``.
  package static func make(
    values: Values, base: Values, refused: Values, mapping: [String: String],
    fields: [FieldDescription], isKnownAbsent: (String) -> Bool = { _ in false }
  ) -> FieldPlan {
    var plan = FieldPlan()
    let table = FieldTable(fields)
    for (attribute, name) in mapping.sorted(by: { $0.key < $1.key }) {
      guard let field = table[name], field.isUpdateable else { continue }
      guard let value = values[attribute] else {
        if base[attribute] == nil, isKnownAbsent(attribute) { plan.rebase[attribute] = .null }
        continue
      }
      if let refused = refused[attribute] {
        if refused.isSame(as: value) { continue }
        plan.mended.append(attribute)
      }
      if let known = base[attribute] {
        if !known.isSame(as: value) { plan.set(attribute, value, field) }
      } else {
        plan.fill(attribute, value, field)
      }
    }
    return plan
  }

  /// What of the mapping cannot be written: one open error each while it lasts, not one a person.
  package static func unmappable(
    mapping: [String: String], fields: [FieldDescription]
  ) -> [Misfit] {
    let table = FieldTable(fields)
    return mapping.sorted { $0.key < $1.key }.compactMap { attribute, name in
      guard let field = table[name] else { return Misfit.missing(name).of(attribute) }
      return field.isUpdateable ? nil : Misfit.readOnly(field.name).of(attribute)
    }
  }

  private init() {
    set = []
    fill = []
    rebase = [:]
    misfits = []
    refused = [:]
    mended = []
    fields = [:]
    values = [:]
    fitted = [:]
    fillMisfits = [:]
  }

  private mutating func set(_ attribute: String, _ value: Value, _ field: FieldDescription) {
    switch Fitting.fit(value, to: field) {
    case .success(let fitted):
      set.append(attribute)
      note(attribute, value, field, fitted)
    case .failure(let misfit):
      misfits.append(misfit.of(attribute))
      refused[attribute] = value
      mended.removeAll { $0 == attribute }
    }
  }

  private mutating func fill(_ attribute: String, _ value: Value, _ field: FieldDescription) {
    // Nothing to fill with; what comes later is a change.
    guard !value.isBlank else {
      rebase[attribute] = value
      return
    }
    fill.append(attribute)
    switch Fitting.fit(value, to: field) {
    case .success(let fitted): note(attribute, value, field, fitted)
    case .failure(let misfit):
      note(attribute, value, field, nil)
      fillMisfits[attribute] = misfit.of(attribute)
    }
  }

  private mutating func note(
    _ attribute: String, _ value: Value, _ field: FieldDescription, _ fitted: Value?
  ) {
    fields[attribute] = field.name
    values[attribute] = value
    self.fitted[attribute] = fitted
  }
}

extension FieldPlan {
  /// What one PATCH of the lead holds, and what it means once Salesforce took it.
  package struct Write: Sendable, Equatable {
    /// By API name; empty when nothing is to be sent.
    package var fields: Values
    /// The attribute of each field of `fields`.
    package var attributes: [String: String]
    /// What becomes the base when Salesforce took `fields`; of others at once.
    package var base: Values
    /// What is set aside as refused, by attribute.
    package var refused: Values
    package var misfits: [Misfit]
  }

  /// The write, given what the lead's fields of `fill` hold now, by API name.
  package func write(current: Values = [:]) -> Write {
    var write = Write(
      fields: [:], attributes: [:], base: rebase, refused: refused, misfits: misfits)
    for attribute in set { put(attribute, into: &write) }
    for attribute in fill {
      let name = fields[attribute] ?? ""
      if !(current[name] ?? .null).isBlank {
        write.base[attribute] = values[attribute]
      } else if let misfit = fillMisfits[attribute] {
        write.misfits.append(misfit)
        write.refused[attribute] = values[attribute]
      } else {
        put(attribute, into: &write)
      }
    }
    return write
  }

  private func put(_ attribute: String, into write: inout Write) {
    guard let name = fields[attribute], let fitted = fitted[attribute] else { return }
    write.fields[name] = fitted
    write.attributes[name] = attribute
    write.base[attribute] = values[attribute]
  }
}

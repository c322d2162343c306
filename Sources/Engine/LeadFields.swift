import EventLoop
import Salesforce
import Store
import SyncCore

/// The fields of Lead as describe has them, and what of the configuration they cannot take (Q3).
@EventLoop final class LeadFields {
  private let parts: EngineParts
  /// Nil before the first look.
  private(set) var fields: [FieldDescription]?
  /// What is kept will not do at the next look.
  private var isStale = false
  private var isClosed = false

  init(_ parts: EngineParts) { self.parts = parts }

  /// What the entries of the mapping begin with in the register.
  private static let subjectPrefix = "mapping:"

  var isWanted: Bool {
    !parts.settings.mapping.isEmpty || parts.settings.leads.externalIDField != nil
      || !parts.settings.leads.defaults.isEmpty
  }

  /// The next look asks Salesforce: somebody says that something was mended.
  func forget() { isStale = true }

  /// Looks at the fields if anything is to be written to them; else their entries are closed.
  func refreshIfWanted() async throws {
    guard !isWanted else {
      try await refresh()
      return
    }
    guard !isClosed else { return }
    isClosed = true
    try parts.store.transaction {
      try parts.store.closeErrors(
        subjectPrefix: Self.subjectPrefix, except: [], at: parts.clock.now)
    }
  }

  /// Looks at the fields, and says whether they are others than before; the client keeps what it
  /// read for a day, unless that will not do.
  @discardableResult
  func refresh(isFresh: Bool = false) async throws -> Bool {
    let found = try await parts.salesforce.describe(.lead, isFresh: isFresh || isStale).fields
    isStale = false
    guard found != fields else { return false }
    try parts.store.transaction { try note(found) }
    fields = found
    return true
  }

  /// The fields as they are known now.
  func current() async throws -> [FieldDescription] {
    try await refresh()
    return fields ?? []
  }

  /// Of these names, what can be written to.
  func writable(_ names: [String]) -> Set<String> {
    let known = Set((fields ?? []).filter(\.isUpdateable).map { $0.name.lowercased() })
    return Set(names.filter { known.contains($0.lowercased()) })
  }

  /// A field is not there any more, or may not be written: what describe says has changed.
  static func isOutdated(_ failure: Failure) -> Bool {
    [SalesforceMeaning.writeField, SalesforceMeaning.fieldNotWritable].contains(failure.meaning)
  }

  /// Whether a misfit is the configuration's and not a person's: one entry of its own (E1).
  static func isOfConfiguration(_ misfit: Misfit, _ settings: LeadSettings) -> Bool {
    let names = Array(settings.defaults.keys) + [settings.externalIDField].compactMap { $0 }
    return misfit.attribute == nil
      && names.contains { $0.lowercased() == misfit.field.lowercased() }
  }

  /// What of `[leads]` and `[leads.defaults]` a lead cannot take, found by the draft of a made-up
  /// person; what is told already is `told`.
  private func misfitsOfDefaults(_ fields: [FieldDescription], told: Set<String>) -> [Misfit] {
    let settings = parts.settings.leads
    let contactID = String(repeating: "0", count: 24)
    return LeadDraft.make(
      person: ["email": .text("ada@example.com")], company: nil, edits: [:], settings: settings,
      mapping: [:], fields: fields, personID: contactID
    ).misfits.filter {
      Self.isOfConfiguration($0, settings) && !told.contains($0.field.lowercased())
    }
  }

  /// One entry for each name that nothing can be written to, while it lasts.
  private func note(_ fields: [FieldDescription]) throws {
    var misfits = FieldPlan.unmappable(mapping: parts.settings.mapping, fields: fields)
    if let name = parts.settings.leads.externalIDField {
      let field = fields.first { $0.name.lowercased() == name.lowercased() }
      if field?.isCreateable != true {
        let meaning = field == nil ? FittingMeaning.noField : FittingMeaning.readOnly
        misfits.append(
          Misfit(meaning, field: name, reason: "it is to hold the Intercom contact id"))
      }
    }
    misfits += misfitsOfDefaults(fields, told: Set(misfits.map { $0.field.lowercased() }))
    let subjects = misfits.map { Self.subjectPrefix + $0.field }
    let now = parts.clock.now
    try parts.store.closeErrors(
      subjectPrefix: Self.subjectPrefix, except: Set(subjects), at: now)
    for (misfit, subject) in zip(misfits, subjects) {
      try parts.store.enter(
        Report(misfit.meaning, what: misfit.attempt, subjectKey: subject), now: now)
    }
  }
}

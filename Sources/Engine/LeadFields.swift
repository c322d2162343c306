import EventLoop
import Salesforce
import Store
import SyncCore

/// The fields of Lead as describe has them, and what of the configuration they cannot take (Q3).
@EventLoop final class LeadFields {
  private let parts: EngineParts
  /// Nil before the first look.
  private(set) var fields: [FieldDescription]?

  init(_ parts: EngineParts) { self.parts = parts }

  /// What the entries of the mapping begin with in the register.
  private static let subjectPrefix = "mapping:"

  var isWanted: Bool {
    !parts.settings.mapping.isEmpty || parts.settings.leads.externalIDField != nil
  }

  /// Looks at the fields; the client keeps what it read for a day, unless that will not do.
  func refresh(isFresh: Bool = false) async throws {
    let found = try await parts.salesforce.describe(.lead, isFresh: isFresh).fields
    guard found != fields else { return }
    try parts.store.transaction { try note(found) }
    fields = found
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
    let subjects = misfits.map { Self.subjectPrefix + $0.field }
    let now = parts.clock.now
    try parts.store.closeErrors(
      subjectPrefix: Self.subjectPrefix, except: Set(subjects), at: now)
    for (misfit, subject) in zip(misfits, subjects) {
      try parts.store.enter(
        Report(misfit.meaning, what: misfit.sentence, subjectKey: subject), now: now)
    }
  }
}

import EventLoop
import Store
import SyncCore

/// Writes down what became of a person's mapped attributes on one lead (Q1, Q2).
///
/// Runs inside a transaction of the caller's.
@EventLoop struct FieldSettlement {
  private let store: Store
  private let now: Int64

  init(_ store: Store, now: Int64) {
    self.store = store
    self.now = now
  }

  static func subject(_ personID: String, _ recordID: String, _ attribute: String) -> String {
    "field:\(personID)/\(recordID)/\(attribute)"
  }

  /// Takes over what needs no call, and what does not fit.
  func note(_ write: FieldPlan.Write, of personID: String, on recordID: String) throws {
    try settle(base: write.base, refused: write.refused, of: personID, on: recordID)
    for misfit in write.misfits {
      try enter(
        Report(misfit.meaning, what: misfit.attempt), misfit.attribute ?? misfit.field,
        of: personID, on: recordID)
    }
  }

  /// The base of what Salesforce has taken, and what it refused; either closes or replaces what
  /// was refused before.
  func settle(
    base: Values, refused: Values, of personID: String, on recordID: String
  ) throws {
    var (known, set) = try store.fieldBase(person: personID, record: recordID) ?? ([:], [:])
    let hasErrors = try store.hasOpenErrors(ofPerson: personID)
    for attribute in Set(base.keys).union(refused.keys) {
      set[attribute] = nil
      guard hasErrors, refused[attribute] == nil else { continue }
      try store.closeErrors(
        subjectKey: Self.subject(personID, recordID, attribute), at: now)
    }
    known.merge(base) { $1 }
    set.merge(refused) { $1 }
    try store.setFieldBase(person: personID, record: recordID, base: known, refused: set)
  }

  /// What was refused of these attributes does not matter any more.
  func forget(_ attributes: Set<String>, of personID: String, on recordID: String) throws {
    var (base, refused) = try store.fieldBase(person: personID, record: recordID) ?? ([:], [:])
    for attribute in attributes {
      refused[attribute] = nil
      try store.closeErrors(
        subjectKey: Self.subject(personID, recordID, attribute), at: now)
    }
    try store.setFieldBase(person: personID, record: recordID, base: base, refused: refused)
  }

  /// One entry for a value that is set aside.
  func enter(
    _ report: Report, _ attribute: String, of personID: String, on recordID: String
  ) throws {
    var report = report
    report.personID = personID
    report.recordID = recordID
    report.subjectKey = Self.subject(personID, recordID, attribute)
    try store.closeErrors(
      subjectKey: report.subjectKey, exceptCode: report.meaning.code, at: now)
    try store.enter(report, now: now)
  }
}

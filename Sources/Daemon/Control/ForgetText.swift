import Control
import Engine
import EventLoop
import Store
import SyncCore

/// Traces of somebody in the words of the control interface.
@EventLoop struct ForgetText {
  private let traces: Traces
  private let daemon: Daemon

  init(_ traces: Traces, _ daemon: Daemon) {
    self.traces = traces
    self.daemon = daemon
  }

  static let obstacleRemedy = """
    It is looked up by itself, within some minutes once Salesforce answers; \
    'sfsyncctl queue' shows it until then. Ask again when it is gone from there.
    """

  /// What became of the bytes of somebody who was erased.
  static func rest(_ scrub: SyncStore.Scrub) -> String {
    switch scrub {
    case .clean: "What was left in the file of somebody who was erased before is gone now."
    case .logInUse:
      """
      Another program is reading the store, so its log could not be emptied and still holds \
      what was erased. End that program; then 'sfsyncctl forget' with the same words, or the \
      daemon's next start, removes it.
      """
    case .copiesMayRemain:
      """
      SQLite could not write the store anew, for want of room most likely, so that copies of \
      some rows may remain in unused parts of the file. Make room; then 'sfsyncctl forget' with \
      the same words, or the daemon's next start, removes them.
      """
    }
  }

  /// A second lead is worse than a person who is forgotten some minutes later.
  var obstacle: String? {
    guard let delivery = traces.unsettled.first else { return nil }
    let noun = delivery.kind == .lead ? "lead" : "task"
    return """
      Salesforce has not said yet whether it made a \(noun) that was sent for \
      \(delivery.personID ?? "this person"). Were that forgotten, it could be made a second time.
      """
  }

  func forgetting(done: Bool) -> Forgetting {
    var records = traces.records.map { copy($0, stays: nil) }
    records += traces.shared.map { copy($0.record, stays: $0.personID) }
    var counts: [String: Int64] = [:]
    for kind in Traces.Kind.allCases { counts[kind.rawValue] = traces.counts[kind] ?? 0 }
    return Forgetting(
      done: done,
      people: traces.people.map { person in
        Forgetting.Somebody(
          contact: person.id, email: person.email,
          role: person.role.isEmpty ? nil : person.role, record: traces.links[person.id])
      }, records: records, counts: counts,
      kept: ["made_leads": traces.madeLeads, "logged_messages": traces.loggedMessages],
      obstacle: done ? nil : obstacle, notes: notes)
  }

  private func copy(_ record: Record, stays: String?) -> Forgetting.Copy {
    Forgetting.Copy(
      id: record.id, objectType: record.object.rawValue, name: record.name, email: record.email,
      stays: stays)
  }

  private var notes: [String] {
    var notes = [
      """
      Intercom and Salesforce are not touched: nothing is deleted, changed or cleared there.
      """,
      """
      Whoever is still in Intercom or Salesforce comes back with the next change there, at the \
      latest with the next full read\(everyWords). Delete the person there first, then here.
      """,
    ]
    if traces.madeLeads + traces.loggedMessages > 0 {
      notes.append(
        """
        What stays are ids and times alone, without a name, an address or a text: that a lead was \
        made for this id, and which messages are in a task, so that neither is made a second time.
        """)
    }
    if !traces.shared.isEmpty {
      notes.append("A record that somebody else in Intercom is linked to, or shares, stays.")
    }
    if !traces.namesakes.isEmpty {
      notes.append(
        """
        Others in Intercom have the same address and stay: \
        \(traces.namesakes.joined(separator: ", ")). Name the address to forget all of them.
        """)
    }
    notes.append("Backups that were made before, and the journal, are not touched.")
    let copies = daemon.store.wholeCopies
    if !copies.isEmpty {
      notes.append(
        """
        Whole stores that are kept here hold everybody of their time, and are not touched: \
        \(copies.joined(separator: ", ")). Remove them if nobody needs them any more.
        """)
    }
    return notes
  }

  private var everyWords: String {
    guard let every = daemon.configuration.engineSettings.reconcileEvery else {
      return " ('sfsyncctl sync --full')"
    }
    return " (every \(TimeSpan.text(every)))"
  }
}

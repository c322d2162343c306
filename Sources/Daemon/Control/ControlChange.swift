import Control

/// What somebody changed through the control socket, for the journal.
struct ControlChange {
  let call: ControlCall
  /// The Intercom id of the person that the call names by whatever they typed; nil if not known.
  var contact: String?

  /// Past tense, without the one who did it; no e-mail address.
  var deed: String {
    switch call {
    case .pause: "paused sfsync"
    case .resume: "resumed sfsync"
    case .reload: "had the configuration read again"
    case .retryErrors(nil): "had all errors tried again"
    case .retryErrors(let ids?): "had \(Self.errors(ids)) tried again"
    case .dismissErrors(let ids): "dismissed \(Self.errors(ids))"
    case .sync(let options):
      switch (options.yes, options.full) {
      case (true, _): "let through the large change that was held back"
      case (false, true): "asked for a comparison of everything"
      case (false, false): "asked for a poll"
      }
    case .link(_, let record): "linked \(person) to the record \(record) by hand"
    case .unlink: "ended the link by hand of \(person)"
    case .createLead: "asked for a lead for \(person)"
    case .createTask(let conversation, _):
      "asked for a task for the conversation \(conversation)"
    case .assignConversation(let conversation):
      "asked for the conversation \(conversation) to be assigned"
    case .forget(_, let isSure):
      isSure ? "erased \(person) from the store" : "looked at what is stored of \(person)"
    case .uninstall(let isSure):
      isSure
        ? "took sfsync out of Salesforce and Intercom" : "looked at what an uninstall takes away"
    case .backup: "took a backup of the store"
    case .support: "had a report for support made"
    default: "called \(call.method)"
    }
  }

  var record: String? {
    if case .link(_, let record) = call { record } else { nil }
  }

  /// What whoever is named by hand in the call typed.
  var who: String? {
    switch call {
    case .link(let who, _), .unlink(let who), .createLead(let who, _): who
    default: nil
    }
  }

  /// A poll that somebody asked for is a poll like any other, and what is only shown is no change.
  var isDetail: Bool {
    switch call {
    case .sync(let options): !options.yes && !options.full
    case .forget(_, let isSure), .uninstall(let isSure): !isSure
    default: false
    }
  }

  private var person: String { contact.map { "the person \($0)" } ?? "a person" }

  private static func errors(_ ids: [Int64]) -> String {
    ids.count == 1 ? "error \(ids[0])" : "\(ids.count) errors"
  }
}

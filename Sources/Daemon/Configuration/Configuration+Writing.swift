package import SyncCore

/// The tables about what goes from Intercom to Salesforce.
extension Configuration {
  package struct Leads: Sendable, Equatable {
    /// Goes into LeadSource.
    package var source = "Intercom"
    /// For a required field that has no value.
    package var placeholder = "[not provided]"
    package var externalIDField: String?
    /// A teammate's tag on a person creates the lead; nil is off.
    package var tag: String? = "send-to-salesforce"
    package var allowDuplicates = false
    /// Constants for Lead fields that nothing else fills.
    package var defaults: [String: Constant] = [:]
    package var rules: [Rule] = []
  }

  /// A value written into the file: of a lead's default, or what a condition compares with.
  package enum Constant: Sendable, Equatable {
    case text(String)
    case integer(Int)
    case number(Double)
    case flag(Bool)
    case list([Constant])
  }

  /// A lead is created when every condition comes to hold.
  package struct Rule: Sendable, Equatable {
    package var name: String
    package var when: [Condition]
    /// Also for people who met it before the rule was there.
    package var backfill = false
  }

  package struct Condition: Sendable, Equatable {
    package typealias Comparison = SyncCore.Condition.Comparison

    package var attribute: String
    package var comparison: Comparison
    /// Nil with `set` and `unset`, a list with `in`.
    package var value: Constant?
  }

  package struct Tasks: Sendable, Equatable {
    /// On a conversation or on one message; nil is off.
    package var tag: String? = "salesforce-task"
    /// Log every closed conversation of a matched person.
    package var onClose = false
    /// A unique external-id field on Activity.
    package var externalIDField: String?
  }

  package struct Assign: Sendable, Equatable {
    package enum Conversations: String, Sendable, CaseIterable {
      case never, unassigned
    }

    package var conversations = Conversations.never
    /// Set the person's Intercom owner.
    package var contacts = false
    /// An e-mail address; nil is the token's own admin.
    package var actingAdmin: String?
  }
}

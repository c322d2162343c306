/// How Leads are made (L1, L4, L6, L7); from `[leads]`.
package struct LeadSettings: Sendable, Equatable {
  /// LeadSource.
  package var source: String
  /// For a required text field that has no value.
  package var placeholder: String
  /// A unique field of Lead that holds the Intercom contact id.
  package var externalIDField: String?
  /// A teammate's tag on a person that makes the lead.
  package var tag: String?
  package var allowsDuplicates: Bool
  /// Constants by the API name of the Lead field.
  package var defaults: Values
  package var rules: [LeadRule]

  package init(
    source: String = "Intercom", placeholder: String = "[not provided]",
    externalIDField: String? = nil, tag: String? = nil, allowsDuplicates: Bool = false,
    defaults: Values = [:], rules: [LeadRule] = []
  ) {
    self.source = source
    self.placeholder = placeholder
    self.externalIDField = externalIDField
    self.tag = tag
    self.allowsDuplicates = allowsDuplicates
    self.defaults = defaults
    self.rules = rules
  }
}

/// What becomes a Task (T1, T4); from `[tasks]`.
package struct TaskSettings: Sendable, Equatable {
  /// A tag on a conversation or on one message.
  package var tag: String?
  package var logsOnClose: Bool
  /// A unique external-id field on Activity.
  package var externalIDField: String?

  package init(tag: String? = nil, logsOnClose: Bool = false, externalIDField: String? = nil) {
    self.tag = tag
    self.logsOnClose = logsOnClose
    self.externalIDField = externalIDField
  }
}

/// Who gets conversations and people in Intercom (A1, A2); from `[assign]`.
package struct AssignSettings: Sendable, Equatable {
  /// Open and unassigned conversations go to the record's owner.
  package var assignsConversations: Bool
  /// The person's Intercom owner follows the record's.
  package var assignsPeople: Bool
  /// The e-mail address of the teammate who acts; nil is the token's own.
  package var actingAdmin: String?

  package init(
    assignsConversations: Bool = false, assignsPeople: Bool = false, actingAdmin: String? = nil
  ) {
    self.assignsConversations = assignsConversations
    self.assignsPeople = assignsPeople
    self.actingAdmin = actingAdmin
  }
}

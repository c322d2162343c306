/// How the wish for one lead, task or assignment ended.
package enum CreationResult: String, Codable, Sendable, Hashable, CaseIterable {
  case created
  /// A conversation: it is the teammate's now.
  case assigned
  /// It was there already: nothing new was made.
  case exists
  case refused
}

/// The reply of `CreateLead`, `CreateTask` and `AssignConversation`.
package struct Creation: Codable, Sendable, Hashable {
  package var result: CreationResult
  /// Of the leads or contacts, tasks, or the teammate; empty when refused.
  package var ids: [String]
  /// Why it was refused, as the register has it.
  @Nullable package var error: ErrorEntry?

  package init(result: CreationResult, ids: [String] = [], error: ErrorEntry? = nil) {
    self.result = result
    self.ids = ids
    self.error = error
  }
}

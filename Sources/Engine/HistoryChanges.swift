import SyncCore

/// The changes of one line of the timeline, as JSON: `{"TITLE":{"from":null,"to":"CEO"}}`.
enum HistoryChanges {
  /// By name, with the value before and after; what did not change is left out.
  static func json(_ changes: [(name: String, from: String?, to: String?)]) -> String? {
    let changed = changes.filter { $0.from != $0.to }
    guard !changed.isEmpty else { return nil }
    let parts = changed.map { name, from, to in
      "\(quoted(name)):{\"from\":\(quoted(from)),\"to\":\(quoted(to))}"
    }
    return "{\(parts.joined(separator: ","))}"
  }

  /// What was written, where it is not known what stood there before.
  static func json(written values: Values) -> String? {
    guard !values.isEmpty else { return nil }
    let parts = values.sorted { $0.key < $1.key }.map { name, value in
      "\(quoted(name)):{\"to\":\(value.json)}"
    }
    return "{\(parts.joined(separator: ","))}"
  }

  private static func quoted(_ text: String?) -> String {
    text.map { AttributeValues.quoted($0) } ?? "null"
  }
}

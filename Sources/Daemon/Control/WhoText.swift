import Salesforce
import Wire

/// An id as a person types it: 15 or 18 characters.
enum SalesforceIDText {
  /// The 18-character form of a 15-character id; anything else as it is.
  static func normalized(_ text: String) -> String { SalesforceID.normalized(text) ?? text }
}

enum EmailText {
  static func key(_ text: String) -> String? { EmailKey.of(text) }
}

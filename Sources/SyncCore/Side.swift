/// One of the two systems.
package enum Side: String, Sendable, CaseIterable, Codable {
  case salesforce
  case intercom

  /// As people write it.
  package var title: String {
    switch self {
    case .salesforce: "Salesforce"
    case .intercom: "Intercom"
    }
  }
}

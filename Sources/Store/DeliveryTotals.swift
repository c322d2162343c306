package import SyncCore

/// What deliveries came to since the store was opened, for who counts over time.
package struct DeliveryTotals: Sendable, Equatable {
  package enum Result: Int, Sendable, CaseIterable {
    /// Ended: taken by the far side, or with nothing left to say.
    case settled = 0
    /// Tried without success, and tried again later.
    case postponed
    /// Refused, and set aside.
    case parked
  }

  private var toIntercom = [Int64](
    repeating: 0, count: DeliveryKind.allCases.count * Result.allCases.count)
  private var toSalesforce = [Int64](
    repeating: 0, count: SalesforceDeliveryKind.allCases.count * Result.allCases.count)

  package init() {}

  package subscript(kind: DeliveryKind, result: Result) -> Int64 {
    toIntercom[Int(kind.rawValue) * Result.allCases.count + result.rawValue]
  }

  package subscript(kind: SalesforceDeliveryKind, result: Result) -> Int64 {
    toSalesforce[Int(kind.rawValue) * Result.allCases.count + result.rawValue]
  }

  /// Every count, each kind by the name that people read.
  package var all: [(side: Side, kind: String, result: Result, count: Int64)] {
    Result.allCases.flatMap { result in
      DeliveryKind.allCases.map { (.intercom, "\($0)", result, self[$0, result]) }
        + SalesforceDeliveryKind.allCases.map { (.salesforce, "\($0)", result, self[$0, result]) }
    }
  }

  mutating func count(_ result: Result, of kind: DeliveryKind) {
    toIntercom[Int(kind.rawValue) * Result.allCases.count + result.rawValue] += 1
  }

  mutating func count(_ result: Result, of kind: SalesforceDeliveryKind) {
    toSalesforce[Int(kind.rawValue) * Result.allCases.count + result.rawValue] += 1
  }
}

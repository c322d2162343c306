import SyncCore
import Testing

@testable import Store

/// What the suites of the outbox to Salesforce say in one word.
protocol SalesforceOutboxSuite {
  var store: Store { get }
}

extension SalesforceOutboxSuite {
  func owe(_ new: NewSalesforceDelivery, now: Int64 = 1_000) throws {
    try store.transaction { try store.owe(new, now: now) }
  }

  func lead(
    _ person: String, email: String? = nil, lane: Lane = .fresh, cycle: Int64 = 1,
    payload: String = "{}", cause: String = "rule:r", isHeld: Bool = false
  ) -> NewSalesforceDelivery {
    .lead(
      for: person, email: email, lane: lane, cycle: cycle, payload: payload, cause: cause,
      isHeld: isHeld)
  }

  @discardableResult
  func change<Value>(_ body: () throws -> Value) throws -> Value {
    try store.transaction(body)
  }

  func row(
    _ subject: String, _ kind: SalesforceDeliveryKind = .lead
  ) throws -> SalesforceDelivery {
    try #require(try store.salesforceDelivery(kind, subject: subject))
  }

  func due(
    _ kind: SalesforceDeliveryKind = .lead, now: Int64 = 9_000, limit: Int = 99,
    after last: SalesforceDelivery? = nil
  ) throws -> [String] {
    try store.dueToSalesforce(now: now, limit: limit, after: last, kind: kind).map(\.subject)
  }

  func markSending(_ subject: String, sentAfter: Int64 = 500) throws -> Bool {
    try change { try store.markSending(try row(subject), sentAfter: sentAfter) }
  }
}

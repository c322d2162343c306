import SyncCore

/// The queue to both sides in figures.
package struct OutboxCounts: Sendable, Equatable {
  /// Waiting or being sent.
  package var pending: Int64
  package var held: Int64
  package var parked: Int64
  /// First-time enrichment that waits, which is all Intercom's.
  package var backfill: Int64
  /// Of ``pending``, what is owed to Salesforce.
  package var toSalesforce: Int64 = 0
  /// When the oldest pending delivery was queued.
  package var oldestQueuedAt: Int64?
}

/// The links in figures.
package struct LinkCounts: Sendable, Equatable {
  package var people: Int64
  package var leads: Int64
  package var contacts: Int64
  package var ambiguous: Int64
}

extension Store {
  package func outboxCounts() throws(SQLError) -> OutboxCounts {
    let oldest = try [oldest(oldestToIntercom()), oldest(Self.oldestToSalesforce)]
    let toSalesforce =
      try tally(SalesforceDeliveryState.waiting) + tally(SalesforceDeliveryState.sending)
    return OutboxCounts(
      pending: try tally(DeliveryState.waiting) + toSalesforce,
      held: try tally(DeliveryState.held) + tally(SalesforceDeliveryState.held),
      parked: try tally(DeliveryState.parked) + tally(SalesforceDeliveryState.parked),
      backfill: try tally(DeliveryState.waiting, lane: .backfill), toSalesforce: toSalesforce,
      oldestQueuedAt: oldest.compactMap(\.self).min())
  }

  private static let oldestToSalesforce =
    "SELECT queued_at FROM salesforce_delivery WHERE state <> 2 ORDER BY id LIMIT 1"

  /// By age where few are parked, else by the indexes of those that are not, since one is short.
  ///
  /// The sign keeps SQLite from walking the table for the smallest id.
  private func oldestToIntercom() throws(SQLError) -> String {
    let open = try tally(DeliveryState.waiting) + tally(DeliveryState.held)
    guard try tally(DeliveryState.parked) > open else {
      return "SELECT queued_at FROM delivery WHERE state <> 2 ORDER BY id LIMIT 1"
    }
    return """
      SELECT queued_at FROM delivery WHERE id = (SELECT min(id) FROM (
        SELECT min(+id) AS id FROM delivery WHERE state = 0
        UNION ALL SELECT min(+id) FROM delivery WHERE state = 1))
      """
  }

  private func oldest(_ sql: String) throws(SQLError) -> Int64? {
    try database.statement(sql).first { _ in
    } read: {
      $0.integer(0)
    }
  }

  /// How many deliveries to Intercom are in that state, in one lane or in all.
  func tally(_ state: DeliveryState, lane: Lane? = nil) throws(SQLError) -> Int64 {
    try tally("delivery_tally", state.rawValue, lane)
  }

  /// How many deliveries to Salesforce are in that state, in one lane or in all.
  func tally(_ state: SalesforceDeliveryState, lane: Lane? = nil) throws(SQLError) -> Int64 {
    try tally("salesforce_delivery_tally", state.rawValue, lane)
  }

  private func tally(_ table: String, _ state: Int64, _ lane: Lane?) throws(SQLError) -> Int64 {
    try database.statement(
      "SELECT sum(count) FROM \(table) WHERE state = ?1 AND (?2 IS NULL OR lane = ?2)"
    ).first {
      $0.bind(1, state)
      $0.bind(2, lane?.rawValue)
    } read: {
      $0.integer(0)
    } ?? 0
  }

  package func linkCounts() throws(SQLError) -> LinkCounts {
    let leads = try count("SELECT sum(count) FROM link_tally WHERE prefix = '00Q'")
    let contacts = try count("SELECT sum(count) FROM link_tally WHERE prefix = '003'")
    return LinkCounts(
      people: leads + contacts, leads: leads, contacts: contacts,
      ambiguous: try count("SELECT count(*) FROM ambiguous"))
  }

  /// Deliveries after `id` in the order in which they were queued.
  package func deliveries(after id: Int64, limit: Int) throws(SQLError) -> [Delivery] {
    var list: [Delivery] = []
    try database.statement(
      "SELECT \(Self.deliveryColumns) FROM delivery WHERE id > ? ORDER BY id LIMIT ?"
    ).rows {
      $0.bind(1, id)
      $0.bind(2, Int64(limit))
    } each: {
      list.append(Self.delivery($0))
    }
    return list
  }

  package func deliveries(of personID: String) throws(SQLError) -> [Delivery] {
    var list: [Delivery] = []
    try database.statement(
      "SELECT \(Self.deliveryColumns) FROM delivery WHERE person_id = ? ORDER BY id"
    ).rows {
      $0.bind(1, personID)
    } each: {
      list.append(Self.delivery($0))
    }
    return list
  }
}

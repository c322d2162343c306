import SyncCore

/// Deliveries to Salesforce, to look at.
extension Store {
  package func salesforceDelivery(
    _ kind: SalesforceDeliveryKind, subject: String
  ) throws(SQLError) -> SalesforceDelivery? {
    try salesforceDeliveries(
      "SELECT \(Self.salesforceColumns) FROM salesforce_delivery WHERE kind = ?1 AND subject = ?2"
    ) {
      $0.bind(1, kind.rawValue)
      $0.bind(2, subject)
    }.first
  }

  package func salesforceDelivery(_ id: Int64) throws(SQLError) -> SalesforceDelivery? {
    try salesforceDeliveries(
      "SELECT \(Self.salesforceColumns) FROM salesforce_delivery WHERE id = ?1"
    ) { $0.bind(1, id) }.first
  }

  /// Deliveries after `id` in the order in which they were queued.
  package func salesforceDeliveries(
    after id: Int64, limit: Int
  ) throws(SQLError) -> [SalesforceDelivery] {
    try salesforceDeliveries(
      """
      SELECT \(Self.salesforceColumns) FROM salesforce_delivery WHERE id > ?1 ORDER BY id LIMIT ?2
      """
    ) {
      $0.bind(1, id)
      $0.bind(2, Int64(limit))
    }
  }

  package func salesforceDeliveries(
    of personID: String
  ) throws(SQLError) -> [SalesforceDelivery] {
    try salesforceDeliveries(
      """
      SELECT \(Self.salesforceColumns) FROM salesforce_delivery WHERE person_id = ?1 ORDER BY id
      """
    ) { $0.bind(1, personID) }
  }

  func salesforceDeliveries(
    _ sql: String, _ bindings: (Statement) -> Void
  ) throws(SQLError) -> [SalesforceDelivery] {
    var list: [SalesforceDelivery] = []
    try database.statement(sql).rows(bindings) { list.append(Self.salesforceDelivery($0)) }
    return list
  }
}

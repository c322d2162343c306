import EventLoop
import Store
import SyncCore

/// Writes one kind of delivery to Salesforce; the loop that feeds it is ``SalesforceDeliverer``.
///
/// A writer settles each delivery of its batch itself, through ``Settlements``. It throws a
/// `Failure` only for a whole call before anything was sent: the loop then postpones the batch and
/// tells the breaker. An `IntercomError` postpones the batch without blaming Salesforce. Any other
/// error is the store's, and stops the engine.
@EventLoop protocol SalesforceWriter: AnyObject {
  var kind: SalesforceDeliveryKind { get }
  /// Deliveries that one ``deliver(_:)`` may get.
  var batchMax: Int { get }
  /// Batches that may be under way at once.
  var callsMax: Int { get }

  /// Delivers rows that are due; one in state `sending` has an unknown outcome and is looked up.
  func deliver(_ batch: [SalesforceDelivery]) async throws
}

extension SalesforceWriter {
  var callsMax: Int { 1 }
}

package import SyncCore

/// Something that the journal should hold, in one plain sentence with its fields.
package struct Occurrence: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    case initialStarted = "sync.initial.started"
    case initialFinished = "sync.initial.finished"
    case pollFinished = "poll.finished"
    case pollFailed = "poll.failed"
    case budgetExhausted = "budget.exhausted"
    case budgetReleased = "budget.released"
    case fullFinished = "sync.full.finished"
    case sideBroken = "side.broken"
    case sideRecovered = "side.recovered"
    case deliveryParked = "delivery.parked"
    case guardStopped = "guard.stopped"
    case guardReleased = "guard.released"
    case attributesPrepared = "attributes.prepared"
    case personDropped = "person.dropped"
    case delivered = "delivery.settled"
    case storeRestored = "store.restored"
  }

  package var kind: Kind
  package var sentence: String
  package var cycle: Int64?
  package var personID: String?
  package var recordID: String?
  package var side: Side?
  package var code: String?
  package var status: Int?
  package var requestID: String?
  package var attempt: Int64?
  /// Said before, and unchanged since: nothing for a person.
  package var isRepeated: Bool

  package init(
    _ kind: Kind, _ sentence: String, cycle: Int64? = nil, personID: String? = nil,
    recordID: String? = nil, side: Side? = nil,
    failure: Failure? = nil, attempt: Int64? = nil, isRepeated: Bool = false
  ) {
    self.kind = kind
    self.sentence = sentence
    self.cycle = cycle
    self.personID = personID
    self.recordID = recordID
    code = failure?.meaning.code
    status = failure?.status
    requestID = failure?.requestID
    self.side = failure?.side ?? side
    self.attempt = attempt
    self.isRepeated = isRepeated
  }
}

import Engine

/// Writes what the engine reports into the journal.
struct Journalist {
  let log: Log

  func note(_ occurrence: Occurrence) {
    guard let event = event(of: occurrence.kind) else {
      return log.debug("\(occurrence.sentence)")
    }
    log.event(
      event, occurrence.sentence,
      [
        .cycle: occurrence.cycle.map(String.init) ?? "",
        .contact: occurrence.personID ?? "",
        .record: occurrence.recordID ?? "",
        .code: occurrence.code ?? "",
        .attempt: occurrence.attempt.map(String.init) ?? "",
        .httpStatus: occurrence.status.map(String.init) ?? "",
        .requestID: occurrence.requestID ?? "",
      ])
  }

  /// Nil for what concerns one record and is no trouble: debug.
  private func event(of kind: Occurrence.Kind) -> JournalEvent? {
    switch kind {
    case .initialStarted: .initialSyncStarted
    case .initialFinished: .initialSyncFinished
    case .pollFinished: .pollFinished
    case .pollFailed: .pollFailed
    case .fullFinished: .reconcileFinished
    case .sideBroken: .sideBroken
    case .sideRecovered: .sideRecovered
    case .deliveryParked: .deliveryParked
    case .guardStopped: .guardStopped
    case .guardReleased: .guardReleased
    case .storeRestored: .storeRestored
    case .attributesPrepared, .personDropped, .delivered: nil
    }
  }
}

import Engine
import EventLoop
import Logging
import SyncCore

/// Writes what the engine reports into the journal.
@EventLoop struct Journalist {
  let log: Log
  let register: RegisterWatch

  func note(_ occurrence: Occurrence) {
    log.event(
      event(of: occurrence), occurrence.sentence,
      [
        .side: occurrence.side?.rawValue ?? "",
        .cycle: occurrence.cycle.map(String.init) ?? "",
        .contact: occurrence.personID ?? "",
        .record: occurrence.recordID ?? "",
        .object: Self.object(of: occurrence.recordID ?? ""),
        .code: occurrence.code ?? "",
        .attempt: occurrence.attempt.map(String.init) ?? "",
        .httpStatus: occurrence.status.map(String.init) ?? "",
        .requestID: occurrence.requestID ?? "",
      ], level: occurrence.isRepeated ? .debug : nil)
    switch occurrence.kind {
    case .pollFinished, .pollFailed, .fullFinished: register.look()
    default: break
    }
  }

  /// By the first three characters, which Salesforce gives each object of its own.
  nonisolated static func object(of recordID: String) -> String {
    switch recordID.prefix(3) {
    case "00Q": "Lead"
    case "003": "Contact"
    case "00T": "Task"
    default: ""
    }
  }

  private func event(of occurrence: Occurrence) -> JournalEvent {
    switch occurrence.kind {
    case .initialStarted: .initialSyncStarted
    case .initialFinished: .initialSyncFinished
    case .pollFinished: .pollFinished
    case .pollFailed: .pollFailed
    case .fullFinished: .reconcileFinished
    case .sideBroken:
      EngineMeaning.refusesCredentials(occurrence.code) ? .credentialRefused : .sideBroken
    case .budgetExhausted: .budgetExhausted
    case .budgetReleased: .budgetReleased
    case .sideRecovered: .sideRecovered
    case .deliveryParked: .deliveryParked
    case .guardStopped: .guardStopped
    case .guardReleased: .guardReleased
    case .attributesPrepared: .attributesPrepared
    case .personDropped: .personDropped
    case .delivered: .deliverySettled
    case .storeRestored: .storeRestored
    }
  }
}

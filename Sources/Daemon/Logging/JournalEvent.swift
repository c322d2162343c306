package import Logging

/// What the journal is told about, by a dotted name and a MESSAGE_ID that never changes.
///
/// The ids were drawn at random once; the message catalog and people's own alerts hold on to them.
package enum JournalEvent: String, Sendable, CaseIterable {
  case serviceStarting = "service.starting"
  case serviceReady = "service.ready"
  case serviceStopping = "service.stopping"
  case serviceFailed = "service.failed"
  case pollFinished = "poll.finished"
  case pollFailed = "poll.failed"
  case initialSyncStarted = "sync.initial.started"
  case initialSyncProgress = "sync.initial.progress"
  case initialSyncFinished = "sync.initial.finished"
  case reconcileFinished = "reconcile.finished"
  case sideBroken = "side.broken"
  case sideRecovered = "side.recovered"
  case budgetExhausted = "budget.exhausted"
  case budgetReleased = "budget.released"
  case deliverySettled = "delivery.settled"
  case deliveryParked = "delivery.parked"
  case personDropped = "person.dropped"
  case attributesPrepared = "attributes.prepared"
  case guardStopped = "guard.stopped"
  case guardReleased = "guard.released"
  case configurationWarning = "configuration.warning"
  case configurationReloaded = "configuration.reloaded"
  case configurationRefused = "configuration.refused"
  case credentialRefused = "credential.refused"
  case storeRebuilt = "store.rebuilt"
  case storeRestored = "store.restored"
  case storeMigrated = "store.migrated"
  case errorOpened = "error.opened"
  case errorClosed = "error.closed"
  case tokenRotated = "token.rotated"
  case controlChanged = "control.changed"
  case mailSent = "mail.sent"
  case mailFailed = "mail.failed"

  /// 128 bits in lower-case hexadecimal, as sd-id128 prints them.
  package var messageID: String {
    switch self {
    case .serviceStarting: "609f6274f2d746a098a473bbb334cd26"
    case .serviceReady: "c25dc00b3a654ba88cf8d8025190a4c0"
    case .serviceStopping: "405545b0caf24b85a574c10ac36e9eb6"
    case .serviceFailed: "7e4681479436467786bc64825b252da7"
    case .pollFinished: "bb9e2d495d514ebe9018186b03617c94"
    case .pollFailed: "0fdd143ad0ab4c1d8277d254a9387b56"
    case .initialSyncStarted: "ede7a3f8a1154530a932a0a7c61004ed"
    case .initialSyncProgress: "92d67fe2818945bcb6da155f79d53ff2"
    case .initialSyncFinished: "bf313c70d38248389e9bbf8cd20b8f93"
    case .reconcileFinished: "29faf457d74a47f6819a2731ddfac7ec"
    case .sideBroken: "0f78c5d874db470f807d3a52d9c5fe1e"
    case .sideRecovered: "70f4ed9f6808479bb33f969d161c72c9"
    case .budgetExhausted: "f31ca7cbfee24efba2c3ac09946fa87b"
    case .budgetReleased: "631e5b60f7724b4fb8068022cb4c1b2e"
    case .deliverySettled: "67504d827ba241e7bea27344ed38bd35"
    case .personDropped: "d0e7dc77983f43aea628702429d1feb6"
    case .attributesPrepared: "54d01577179c4f4393f176938b9edad1"
    case .deliveryParked: "c765a865cefe4d40a0cf58436e0e9138"
    case .guardStopped: "d0302693e9d24e14b69b3bc77f8280d7"
    case .guardReleased: "855cada49b234503ad8e3d7c6648893a"
    case .configurationWarning: "aad981cab7574f5381844daac4ac374a"
    case .configurationReloaded: "57741b61ac0d45ab8a19efea96aab405"
    case .configurationRefused: "ea243bd71cf14d62991309359f0ed277"
    case .credentialRefused: "695f22a73e384275b0b6e0c8fa75c874"
    case .storeRebuilt: "f1748162fcf542838163f83fbf7487f1"
    case .storeRestored: "bef1a14a1c585ffb7f4c03f32c941442"
    case .storeMigrated: "b281450a7b36cb078914b501fed7e057"
    case .errorOpened: "2b302ddf779d4360b7c1fd62d905e21b"
    case .errorClosed: "43aac77dab1346f5ae5a7c920824052d"
    case .tokenRotated: "182a62364ffa43d0bd0b2c8d4b85f40d"
    case .controlChanged: "e90ac9386be941e386a909f7d121a1cb"
    case .mailSent: "3106cda6a1c94aee9019023ac87d53e5"
    case .mailFailed: "d2e4b61fc9c14a1bb78c5680809e3f62"
    }
  }

  /// One line a poll at info; nothing about a single record above debug, but what wants a person.
  package var level: Logger.Level {
    switch self {
    case .serviceFailed, .configurationRefused, .credentialRefused, .sideBroken: .error
    case .pollFailed, .budgetExhausted, .guardStopped, .configurationWarning, .storeRebuilt,
      .errorOpened, .mailFailed:
      .warning
    case .serviceReady, .serviceStopping, .initialSyncStarted, .initialSyncFinished,
      .sideRecovered, .budgetReleased, .guardReleased, .configurationReloaded, .controlChanged,
      .attributesPrepared, .storeRestored, .storeMigrated:
      .notice
    case .serviceStarting, .pollFinished, .initialSyncProgress, .reconcileFinished, .tokenRotated,
      .errorClosed, .mailSent:
      .info
    // The register's entry, `error.opened`, is what a person sees; these are each record.
    case .deliverySettled, .deliveryParked, .personDropped: .debug
    }
  }
}

/// A field beside the message, in the order in which a line shows them.
package enum LogField: String, Sendable, CaseIterable {
  case side, cycle, contact, record, object, code, attempt
  case httpStatus = "http_status"
  case requestID = "request_id"

  /// `SFSYNC_HTTP_STATUS`.
  package var journalName: String { "SFSYNC_\(rawValue.uppercased())" }
}

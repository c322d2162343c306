import Control
import EventLoop
import Logging
import SyncCore

// What the control socket wants of the daemon besides its engine.
@EventLoop extension Daemon {
  /// Who changed what, as far as the kernel knows them.
  func note(_ call: ControlCall, by peer: ControlPeer) {
    var change = ControlChange(call: call)
    let people = change.who.flatMap { try? Explainer.people($0, in: store) } ?? []
    if people.count == 1 { change.contact = people[0].id }
    let name = ControlAccess.userName(peer.user) ?? "somebody"
    log.event(
      .controlChanged, "\(name) (uid \(peer.user)) \(change.deed).",
      [.contact: change.contact ?? "", .record: change.record ?? ""],
      level: change.isDetail ? .debug : nil)
  }

  /// Where a rotated refresh token is kept.
  var rotatedToken: RotatedToken {
    RotatedToken(
      directory: RotatedToken.directory(
        environment: environment, store: configuration.store.path), credentials: credentials)
  }
}

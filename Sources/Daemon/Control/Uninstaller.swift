import Control
import Engine
import EventLoop
import Intercom
import Salesforce
import Store
import SyncCore

/// Takes everything away, in an order in which a failure leaves a state that can be lived with (O6).
///
/// Nothing runs any more. First the attributes, while the store still says which workspace is the
/// right one; then Salesforce's token, while it is still known; the store last. What is not to be
/// had at the moment stops what follows, so that the same can be asked again, or everything
/// resumed as if nothing had been.
@EventLoop struct Uninstaller {
  private let daemon: Daemon
  private(set) var report: Uninstalling

  init(_ daemon: Daemon, _ report: Uninstalling) {
    self.daemon = daemon
    self.report = report
  }

  mutating func run(_ engine: Engine) async {
    report.notes = []
    guard await archive(engine), await revoke(engine) else {
      report.left.append(
        """
        \(report.revoked ? "" : "The Salesforce token is not revoked and the ")\
        \(report.revoked ? "The " : "")store is not emptied. Nothing runs until \
        'sfsyncctl uninstall --yes' is asked again, or 'sfsyncctl resume'.
        """)
      return
    }
    empty()
    report.done = report.left.isEmpty
    if report.emptied { report.notes.append(Engine.Uninstalled.done.notice) }
  }

  /// True when nothing is left that asking again would mend by itself.
  private mutating func archive(_ engine: Engine) async -> Bool {
    let attributes: AttributeRemoval
    do throws(Failure) { attributes = try await engine.ownAttributes() } catch {
      report.left.append(Self.sentence(error))
      return false
    }
    report.notes += Self.notes(foreign: attributes.foreign)
    var mayGoOn = true
    for attribute in attributes.toArchive {
      var archived = Uninstalling.Attribute(name: attribute.name, id: attribute.id)
      do throws(Failure) {
        try await engine.archive(attribute)
        archived.archived = true
      } catch {
        report.left.append(Self.sentence(error))
        // What Intercom refuses of one attribute, a person has to mend; it holds up nothing else.
        if error.meaning.kind != .refused { mayGoOn = false }
      }
      report.attributes.append(archived)
    }
    return mayGoOn
  }

  private mutating func revoke(_ engine: Engine) async -> Bool {
    do {
      try await engine.parts.salesforce.revoke()
      try daemon.rotatedToken.remove()
      report.revoked = true
      return true
    } catch let failure as Failure {
      report.left.append(Self.sentence(failure))
    } catch {
      report.left.append("The token is revoked, but its file could not be removed: \(error).")
    }
    return false
  }

  private mutating func empty() {
    do {
      let store = daemon.store
      try store.empty(keeping: ["paused", Engine.goneKey])
      store.removeWholeCopies()
      try store.transaction {
        try store.set(Engine.goneKey, Engine.Uninstalled.done.rawValue)
      }
      report.emptied = true
    } catch {
      report.left.append(
        """
        The store could not be emptied: \(error). Nothing runs until 'sfsyncctl uninstall --yes' \
        is asked again, or 'sfsyncctl resume'.
        """)
    }
  }

  // MARK: Words

  static func sentence(_ failure: Failure) -> String {
    "\(failure.sentence) \(failure.meaning.remedy)"
  }

  static let notes = [
    "Leads, contacts, tasks, conversations and events stay as they are, on both sides.",
    """
    Archived attributes keep their values on people in Intercom, but nobody sees them any more, and \
    reports, filters, segments and workflows that use them stop matching. An attribute that was there \
    before sfsync is among them: only its name tells.
    """,
    """
    Files stay: the configuration, the credentials, and backups that were made. 'apt purge sfsync' \
    removes the package; revoke the Intercom access token in Intercom's Developer Hub.
    """,
  ]

  static func notes(foreign: [String]) -> [String] {
    foreign.isEmpty
      ? []
      : [
        """
        Left as they are, since sfsync does not make attributes of that kind: \
        \(foreign.joined(separator: ", ")).
        """
      ]
  }

  static func notes(copies: [String]) -> [String] {
    copies.isEmpty
      ? [] : ["Whole stores that were kept here are removed: \(copies.joined(separator: ", "))."]
  }
}

extension Engine.Uninstalled {
  /// What `status` says of it.
  var notice: String {
    switch self {
    case .begun:
      """
      Uninstalling was begun and is not finished: run 'sfsyncctl uninstall --yes' again, or \
      'sfsyncctl resume' to go on as before.
      """
    case .done:
      "Uninstalled; run 'systemctl disable --now sfsyncd', or 'sfsyncctl resume' to begin anew."
    }
  }
}

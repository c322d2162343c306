import EventLoop
package import Intercom
import Store
package import SyncCore

/// What ends: somebody who is forgotten, and the whole installation (O6).
@EventLoop extension Engine {
  /// Where the store keeps how far an uninstall came; see ``Uninstalled``.
  package nonisolated static let goneKey = "uninstalled"

  /// How far an uninstall came; nothing but a resume ends it.
  package enum Uninstalled: String, Sendable {
    /// It was begun: nothing runs, and everything may still be there.
    case begun
    case done
  }

  package func uninstalled() throws -> Uninstalled? {
    try parts.store.get(Self.goneKey).flatMap(Uninstalled.init)
  }

  /// Whether something is being written to one of these people or for them at this moment: its
  /// answer would enter them anew.
  package func isWriting(for people: Set<String>) throws -> Bool {
    if deliverer.isSending(to: people) { return true }
    return try salesforceDeliverer.isSending(for: people)
  }

  /// Tells those who wait for a lead of somebody who was forgotten.
  package func forgot(_ people: Set<String>) {
    for person in people {
      deliverer.missing.remove(person)
      leadWriter.tell(person, .waiting("The person was forgotten meanwhile."))
    }
  }

  // MARK: Uninstalling

  /// The attributes that an uninstall archives, as Intercom has them now (three calls).
  ///
  /// Throws where the access token leads to another workspace than the store's (G2).
  package func ownAttributes() async throws(Failure) -> AttributeRemoval {
    let parts = parts
    let found = try await patiently { try await parts.intercom.workspace() }
    let pinned: String?
    do { pinned = try parts.store.get(Preparation.workspaceKey) } catch {
      throw Failure(
        .intercom, EngineMeaning.otherWorkspace, attempt: "read the store", answer: "\(error)")
    }
    guard pinned == nil || pinned == found.id else {
      throw Failure(
        .intercom, EngineMeaning.otherWorkspace, attempt: "use the workspace \(found.id)",
        answer: "the store belongs to the workspace \(pinned ?? "")")
    }
    var listed: [DataAttribute] = []
    for model in Intercom.attributeModels {
      listed += try await patiently { try await parts.intercom.dataAttributes(of: model) }
    }
    return AttributeRemoval(wanted: parts.settings.attributeNames, listed: listed)
  }

  /// Archives one; one that is no longer there is as good as archived.
  package func archive(_ attribute: AttributeRemoval.Own) async throws(Failure) {
    let parts = parts
    do {
      _ = try await patiently {
        try await parts.intercom.archive(attribute.id, name: attribute.name)
      }
    } catch {
      guard error.meaning == IntercomMeaning.attributeMissing else { throw error }
    }
  }

  /// How often a call of an uninstall is made while Intercom only asks to wait, or stumbles.
  private static let triesMax = 3

  private func patiently<Value>(
    _ body: () async throws -> Value
  ) async throws(Failure) -> Value {
    var tries = 0
    while true {
      tries += 1
      do {
        return try await parts.pace.call(isAsked: true, body)
      } catch let error as IntercomError {
        let failure = error.failure
        guard failure.meaning.kind == .passing, tries < Self.triesMax else { throw failure }
        let wait = min(max(failure.waitMilliseconds ?? 0, 1_000), 15_000)
        try? await parts.clock.sleep(milliseconds: wait)
      } catch {
        throw Failure(
          .intercom, IntercomMeaning.cancelled, attempt: "call Intercom", answer: "\(error)")
      }
    }
  }
}

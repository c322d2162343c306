package import EventLoop
package import Intercom
package import Salesforce
import Store
import SyncCore

/// What has to hold before anything is written: the right org, the right workspace, the attributes.
@EventLoop package final class Preparation {
  private let parts: EngineParts
  package private(set) var organization: Organization?
  package private(set) var workspace: Workspace?

  package init(_ parts: EngineParts) { self.parts = parts }

  /// Where the store keeps the pins.
  package nonisolated static let orgKey = "org_id"
  package nonisolated static let workspaceKey = "workspace_id"

  // MARK: Pins (G2)

  /// Asks which org this is; throws when it is not the one that the store was built from.
  package func checkOrganization() async throws {
    let found = try await parts.salesforce.organization()
    let attempt = "use the org \(found.id)"
    guard found.isSandbox == parts.settings.isSandbox else {
      throw Failure(
        .salesforce, EngineMeaning.environment, attempt: attempt,
        answer: "the org says that it is \(found.isSandbox ? "a sandbox" : "no sandbox")")
    }
    try parts.store.transaction {
      let pinned = try parts.store.get(Self.orgKey)
      guard pinned == nil || pinned == found.id else {
        throw Failure(
          .salesforce, EngineMeaning.otherOrg, attempt: attempt,
          answer: "the store belongs to the org \(pinned ?? "")")
      }
      try parts.store.set(Self.orgKey, found.id)
    }
    organization = found
  }

  /// Asks which workspace this is; throws when it is not the pinned one.
  package func checkWorkspace() async throws {
    let found = try await parts.pace.call(isAsked: true) { try await parts.intercom.workspace() }
    try parts.store.transaction {
      let pinned = try parts.store.get(Self.workspaceKey)
      guard pinned == nil || pinned == found.id else {
        throw Failure(
          .intercom, EngineMeaning.otherWorkspace, attempt: "use the workspace \(found.id)",
          answer: "the store belongs to the workspace \(pinned ?? "")")
      }
      try parts.store.set(Self.workspaceKey, found.id)
    }
    workspace = found
  }

  // MARK: Attributes (S4)

  /// Creates what is missing and unarchives what is archived; throws the first problem that
  /// only a person can solve, after everything else is done.
  package func prepareAttributes() async throws {
    // Two calls: people's and companies' attributes share one space of names.
    let listed = try await parts.pace.call(isAsked: true) { try await parts.intercom.dataAttributes() }
    let plan = AttributePlan(wanted: parts.settings.attributeNames, listed: listed)
    for attribute in plan.toCreate {
      _ = try await parts.pace.call(isAsked: true) { try await parts.intercom.create(attribute) }
    }
    for revival in plan.toRevive {
      _ = try await parts.pace.call(isAsked: true) { try await parts.intercom.revive(revival.id) }
    }
    let made = plan.toCreate.map(\.name) + plan.toRevive.map(\.name)
    if !made.isEmpty {
      parts.report(
        Occurrence(.attributesPrepared, "Prepared the attributes \(made.joined(separator: ", "))."))
    }
    if let problem = plan.problems.first { throw problem.failure }
  }
}

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

  /// The token may lead elsewhere from now on.
  func forgetWorkspace() { workspace = nil }

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

  /// What the entries of attributes begin with in the register.
  static let subjectPrefix = "attribute:"

  static func subject(of failure: Failure) -> String {
    subjectPrefix + failure.fields.joined(separator: ",")
  }

  /// Creates what is missing and unarchives what is archived.
  ///
  /// Each problem that only a person can solve is entered; the first one is thrown after
  /// everything else is done.
  package func prepareAttributes() async throws {
    var plan = try await planned()
    do {
      try await carryOut(plan)
    } catch let error as IntercomError
      where error.failure.meaning == IntercomMeaning.attributeExists
    {
      // Someone else was quicker, or our own lost call got through.
      plan = try await planned()
      try await carryOut(plan)
    }
    let failures = plan.problems.map(\.failure)
    let store = parts.store
    try store.transaction {
      try store.closeErrors(
        subjectPrefix: Self.subjectPrefix, except: Set(failures.map(Self.subject)),
        at: parts.clock.now)
      // The first one is entered by whoever catches it.
      for failure in failures.dropFirst() {
        try store.enter(
          Report(failure, subjectKey: Self.subject(of: failure)), now: parts.clock.now)
      }
    }
    if let first = failures.first { throw first }
  }

  private func planned() async throws -> AttributePlan {
    var listed: [DataAttribute] = []
    // People's and companies' attributes share one space of names.
    for model in Intercom.attributeModels {
      listed += try await parts.pace.call(isAsked: true) {
        try await parts.intercom.dataAttributes(of: model)
      }
    }
    return AttributePlan(wanted: parts.settings.attributeNames, listed: listed)
  }

  private func carryOut(_ plan: AttributePlan) async throws {
    for attribute in plan.toCreate {
      _ = try await parts.pace.call(isAsked: true) { try await parts.intercom.create(attribute) }
    }
    for revival in plan.toRevive {
      _ = try await parts.pace.call(isAsked: true) { try await parts.intercom.revive(revival.id) }
    }
    let made = plan.toCreate.map(\.name) + plan.toRevive.map(\.name)
    guard !made.isEmpty else { return }
    parts.report(
      Occurrence(
        .attributesPrepared, "Made the Intercom attributes \(made.joined(separator: ", "))."))
  }
}

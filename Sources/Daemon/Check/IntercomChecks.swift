import Engine
import HTTP
import Intercom
import SyncCore

/// What is asked of Intercom: reads only, four calls.
final class IntercomChecks {
  private let intercom: IntercomClient
  private let configuration: Configuration
  /// What the last answer said of the rate.
  private(set) var rate: RateLimit?

  init(_ intercom: IntercomClient, _ configuration: Configuration) {
    self.intercom = intercom
    self.configuration = configuration
    intercom.onAnswer = { [unowned self] response in
      self.rate = RateLimit(response.headers) ?? self.rate
    }
  }

  static let tokenName = "intercom token"
  static let versionName = "intercom API version"
  static let workspaceName = "intercom workspace"

  // MARK: Token, version, workspace

  /// One call tells all three; true when it makes sense to go on.
  func workspace(pinned: String?) async -> (results: [CheckResult], isGood: Bool) {
    let found: Workspace
    do throws(IntercomError) {
      found = try await intercom.workspace()
    } catch {
      return (refused(error.failure), false)
    }
    let workspace = workspace(found, pinned: pinned)
    return (
      [
        .good(Self.tokenName, "accepted"),
        .good(Self.versionName, configuration.intercom.apiVersion), workspace,
      ], workspace.mark != .failed
    )
  }

  private func refused(_ failure: Failure) -> [CheckResult] {
    if failure.meaning == IntercomMeaning.version {
      return [
        .skipped(Self.tokenName, because: "the API version is refused"),
        .failed(Self.versionName, failure, exitCode: .configuration),
        .skipped(Self.workspaceName, because: "the API version is refused"),
      ]
    }
    let isToken = [IntercomMeaning.token, IntercomMeaning.tokenUnreadable].contains(failure.meaning)
    let reason = isToken ? "there is no good token" : "the workspace could not be read"
    return [
      .failed(Self.tokenName, failure, exitCode: isToken ? .noPermission : nil),
      .skipped(Self.versionName, because: reason), .skipped(Self.workspaceName, because: reason),
    ]
  }

  private func workspace(_ found: Workspace, pinned: String?) -> CheckResult {
    let name = Self.workspaceName
    let region = found.region.map { ", region \($0)" } ?? ""
    let text = "\(found.name), \(found.id)\(region)"
    guard pinned == nil || pinned == found.id else {
      return .failed(
        name, EngineMeaning.otherWorkspace, answer: "\(text); the store has \(pinned ?? "")",
        exitCode: .configuration)
    }
    let host = configuration.intercom.apiURL.host
    let hosts = ["US": "api.intercom.io", "EU": "api.eu.intercom.io", "AU": "api.au.intercom.io"]
    if let region = found.region, let home = hosts[region.uppercased()], home != host,
      hosts.values.contains(host)
    {
      return .warning(
        name, "\(text), but intercom.api_url is \(host)",
        remedy: "Set intercom.api_url to https://\(home), and intercom.app_url alike.")
    }
    return .good(name, text)
  }

  func rateLimit() -> CheckResult {
    let name = "intercom rate limit"
    guard let rate else {
      return .warning(
        name, "the answers do not say how many calls are allowed",
        remedy: "sfsync then keeps to a careful pace; look for a proxy that removes headers.")
    }
    let share = Int(configuration.intercom.rateShare * 100)
    return .good(
      name,
      "\(CheckText.number(Int(clamping: rate.limit))) calls in 10 s, of which sfsync uses "
        + "\(share) %")
  }

  // MARK: Attributes

  /// What the start would do about the attributes, without doing it (S4).
  func attributes() async -> [CheckResult] {
    let name = "intercom attributes"
    let listed: [DataAttribute]
    do throws(IntercomError) {
      listed = try await intercom.dataAttributes()
    } catch {
      return [.failed(name, error.failure)]
    }
    let unknown = unknownAttributes(listed)
    let plan = AttributePlan(wanted: configuration.engineSettings.attributeNames, listed: listed)
    var parts: [String] = []
    if !plan.existing.isEmpty { parts.append("\(plan.existing.count) are there") }
    if !plan.toCreate.isEmpty {
      let names = plan.toCreate.map(\.name).joined(separator: ", ")
      parts.append("will be created at the start: \(names)")
    }
    if !plan.toRevive.isEmpty {
      let names = plan.toRevive.map(\.name).joined(separator: ", ")
      parts.append("will be unarchived at the start: \(names)")
    }
    var results = plan.problems.map { problem in
      CheckResult.failed(
        name, problem.meaning,
        answer: "\(problem.names.joined(separator: ", ")): \(problem.found)")
    }
    if !parts.isEmpty || results.isEmpty {
      results.insert(
        .good(name, parts.isEmpty ? "none is configured" : parts.joined(separator: "; ")), at: 0)
    }
    if !unknown.isEmpty {
      results.append(
        .warning(
          name, "rules or the mapping name what is not there: \(unknown.joined(separator: ", "))",
          remedy: "Correct the names in [[leads.rule]] or [mapping], or make the attributes in "
            + "Intercom (Settings, Data)."))
    }
    return results
  }

  /// Custom attributes of people that rules or the mapping look at and the workspace has not; a
  /// typing error would otherwise hold for ever in silence.
  private func unknownAttributes(_ listed: [DataAttribute]) -> [String] {
    let known = Set(listed.filter { !$0.isArchived }.map(\.name))
    return configuration.engineSettings.watchedAttributes.filter { attribute in
      attribute.hasPrefix(AttributeName.customPrefix)
        && !known.contains(String(attribute.dropFirst(AttributeName.customPrefix.count)))
    }
  }

  // MARK: People

  func people() async -> (result: CheckResult, count: Int?) {
    let name = "intercom people"
    do throws(IntercomError) {
      let page = try await intercom.list(startingAfter: nil)
      guard let count = page.totalCount else {
        return (.good(name, "can be read; the answer does not say how many"), nil)
      }
      return (.good(name, CheckText.number(count)), count)
    } catch {
      return (.failed(name, error.failure), nil)
    }
  }
}

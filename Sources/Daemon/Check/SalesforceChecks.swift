import Engine
import Salesforce
import SyncCore

/// What is asked of Salesforce: reads only, about eight API calls.
struct SalesforceChecks {
  let salesforce: SalesforceClient
  let configuration: Configuration.Salesforce
  let hasURL: Bool
  let attributes: Configuration.Attributes

  init(_ salesforce: SalesforceClient, _ configuration: Configuration) {
    self.salesforce = salesforce
    self.configuration = configuration.salesforce
    hasURL = configuration.attributes[.url] != nil
    attributes = configuration.attributes
  }

  // MARK: Host and version

  static let versionName = "salesforce API version"

  /// Whether the host answers and offers our version, asked without a token.
  func host() async -> (results: [CheckResult], isGood: Bool) {
    let name = "salesforce host"
    let versions: [String]
    do throws(Failure) {
      versions = try await salesforce.versions()
    } catch {
      return ([.failed(name, error)], false)
    }
    let range = "\(versions.first ?? "") to \(versions.last ?? "")"
    let host = CheckResult.good(name, "\(configuration.loginURL) answers")
    let isOffered = versions.contains(configuration.apiVersion)
    let version =
      isOffered
      ? CheckResult.good(
        Self.versionName, "\(configuration.apiVersion), of \(range)")
      : CheckResult.failed(
        Self.versionName, "\(configuration.apiVersion) is not offered: \(range) are",
        remedy: "Set salesforce.api_version to one of them.", exitCode: .configuration)
    return ([host, version], isOffered)
  }

  // MARK: Token and org

  func token() async -> CheckResult {
    let name = "salesforce token"
    do throws(Failure) {
      let host = try await salesforce.signIn()
      return .good(name, "given by \(configuration.flow.rawValue), for \(host)")
    } catch {
      let isRefusal = error.meaning.kind == .broken
      return .failed(name, error, exitCode: isRefusal ? .noPermission : nil)
    }
  }

  /// Which org this is; it must be the pinned one, and what the configuration says (G2).
  func organization(pinned: String?) async -> CheckResult {
    let name = "salesforce organization"
    let found: Organization
    do throws(Failure) {
      found = try await salesforce.organization()
    } catch {
      return .failed(name, error)
    }
    let kind = found.isSandbox ? "a sandbox" : "production"
    let text = "\(found.name), \(found.edition), \(kind), \(found.id)"
    guard found.isSandbox == (configuration.environment == .sandbox) else {
      return .failed(name, EngineMeaning.environment, answer: text, exitCode: .configuration)
    }
    guard pinned == nil || pinned == found.id else {
      return .failed(
        name, EngineMeaning.otherOrg, answer: "\(text); the store has \(pinned ?? "")",
        exitCode: .configuration)
    }
    return .good(name, text)
  }

  // MARK: Limits

  /// The org's calls of 24 hours, as the answers so far told.
  func dailyCalls(pollMilliseconds: Int64) -> CheckResult {
    let name = "salesforce daily calls"
    guard let usage = salesforce.usage else {
      return .warning(
        name, "the answers do not say how many calls are used",
        remedy: "sfsync counts its own calls only; look at Setup, Company Information.")
    }
    let ours = Int(Double(usage.limit) * configuration.dailyShare)
    let polls = Int(86_400_000 / max(1, pollMilliseconds))
    let text =
      "\(CheckText.number(usage.used)) of \(CheckText.number(usage.limit)) used in 24 hours; "
      + "sfsync may use \(CheckText.number(ours))"
    guard usage.used < usage.limit else {
      return .failed(name, SalesforceMeaning.dailyLimit, answer: text)
    }
    guard ours >= polls else {
      return .warning(
        name, "\(text), and its polls alone need \(CheckText.number(polls))",
        remedy: "Raise salesforce.daily_share or poll.at_most; else polls wait for their share.")
    }
    guard Double(usage.used) < 0.9 * Double(usage.limit) else {
      return .warning(
        name, text,
        remedy: "Nine tenths are used: find the caller that spends most, or buy calls.")
    }
    return .good(name, text)
  }

  /// Our clock beside Salesforce's: assertions and reads lean on it.
  func clock(now: Int64) -> CheckResult {
    let name = "clock"
    guard let theirs = salesforce.serverTime else {
      return .skipped(name, because: "no answer told the time")
    }
    let seconds = (now - theirs) / 1000
    guard seconds.magnitude > 60 else { return .good(name, "agrees with Salesforce's") }
    return .warning(
      name, "\(seconds.magnitude) s \(seconds > 0 ? "ahead of" : "behind") Salesforce's",
      remedy: "Have it synchronized ('timedatectl' shows); an assertion may be taken for expired.")
  }

  // MARK: Permissions

  /// The fields of Lead or Contact; true when the object can be synced.
  func fields(of object: RecordObject) async -> (results: [CheckResult], isGood: Bool) {
    let name = "salesforce \(object.rawValue)"
    let hidden: HiddenFields
    do throws(Failure) {
      hidden = try await salesforce.hiddenFields(of: object)
    } catch {
      return ([.failed(name, error)], false)
    }
    let grant =
      "Grant read access in a permission set (Object Manager, \(object.rawValue), "
      + "Fields, Field-Level Security)."
    if !hidden.indispensable.isEmpty {
      let list = hidden.indispensable.joined(separator: ", ")
      var result = CheckResult.failed(
        name, "\(list) is hidden from the integration user, and sfsync needs it", remedy: grant)
      result.code = SalesforceMeaning.fieldHidden.code
      return ([result], false)
    }
    guard !hidden.optional.isEmpty else { return ([.good(name, "all fields can be read")], true) }
    let warnings = hidden.optional.map { field in
      CheckResult.warning(name, "cannot see \(field): \(cost(of: field))", remedy: grant)
    }
    return (warnings, true)
  }

  /// What is missing when a field is hidden.
  private func cost(of field: String) -> String {
    switch field {
    case "Title": "\(attribute(.title)) stays empty, and there are no events of titles"
    case "Status": "\(attribute(.status)) stays empty, and there are no events of statuses"
    case "Name": "lists and events show no names"
    case "MasterRecordId": "a merged record counts as deleted, and its link does not follow"
    default: "what it holds is left out"
    }
  }

  private func attribute(_ attribute: Attribute) -> String {
    attributes[attribute] ?? "the attribute (switched off)"
  }

  /// Users, queues and roles: read from tomorrow on, so that only the permission is tried.
  func owners(now: Int64) async -> [CheckResult] {
    let streams: [Stream] = [.user, .group, .role]
    let start = StreamStart.changes(since: now + 86_400_000, after: nil)
    let answer: PollAnswer
    do throws(Failure) {
      answer = try await salesforce.poll(
        Dictionary(uniqueKeysWithValues: streams.map { ($0, start) }))
    } catch {
      return streams.map { .failed("salesforce \($0.rawValue)", error) }
    }
    return streams.map { owners($0, answer.failures[$0]) }
  }

  private func owners(_ stream: Stream, _ failure: Failure?) -> CheckResult {
    let name = "salesforce \(stream.rawValue)"
    if let failure {
      guard stream == .role, failure.meaning.kind != .passing else { return .failed(name, failure) }
      return .warning(
        name, "cannot be read: \(attribute(.ownerRole)) falls back to the owners' titles",
        remedy: "Grant View Roles and Role Hierarchy, if roles are wanted.")
    }
    let hidden = salesforce.missingFields.filter { $0.hasPrefix("\(stream.rawValue).") }
    guard hidden.isEmpty else {
      return .warning(
        name, "cannot see \(hidden.joined(separator: ", ")): the owners' attributes stay without",
        remedy: "Grant read access to these fields in a permission set.")
    }
    return .good(name, "can be read")
  }

  /// Rows that the integration user sees, deleted ones included.
  func records() async -> (result: CheckResult, counts: [Int]) {
    let name = "salesforce records"
    do throws(Failure) {
      let counts = try await salesforce.counts([.lead, .contact])
      let leads = counts[.lead] ?? 0
      let contacts = counts[.contact] ?? 0
      let text =
        "leads: \(CheckText.number(leads)), contacts: \(CheckText.number(contacts)) visible"
        + " (recently deleted ones included)"
      guard leads + contacts > 0 else {
        return (
          .warning(
            name, text,
            remedy: "If there should be some: grant View All on Lead and Contact; without it "
              + "Salesforce hides rows and says nothing."), [leads, contacts]
        )
      }
      return (.good(name, text), [leads, contacts])
    } catch {
      return (.failed(name, error), [])
    }
  }
}

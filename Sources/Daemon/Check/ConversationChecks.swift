import Intercom
import SyncCore

/// What tags, conversations and assignment need of Intercom: three calls, reads only.
struct ConversationChecks {
  let intercom: IntercomClient
  let leadTag: String?
  let tasks: TaskSettings
  let assign: AssignSettings
  /// Milliseconds UTC.
  let now: Int64

  static let tagsName = "intercom tags"
  static let conversationsName = "intercom conversations"
  static let teammateName = "intercom acting teammate"
  static let names = [tagsName, conversationsName, teammateName]

  init(_ intercom: IntercomClient, _ configuration: Configuration, now: Int64) {
    self.intercom = intercom
    leadTag = configuration.leads.tag
    tasks = configuration.taskSettings
    assign = configuration.assignSettings
    self.now = now
  }

  func run() async -> [CheckResult] { [await tags(), await conversations(), await teammate()] }

  private func tags() async -> CheckResult {
    let wanted = [leadTag, tasks.tag].compactMap { $0 }
    guard !wanted.isEmpty else { return .good(Self.tagsName, "none is configured") }
    do throws(IntercomError) {
      let known = Set(try await intercom.tags().map { $0.name.lowercased() })
      let missing = wanted.filter { !known.contains($0.lowercased()) }
      guard !missing.isEmpty else {
        return .good(Self.tagsName, wanted.joined(separator: ", "))
      }
      return .good(
        Self.tagsName,
        "\(missing.joined(separator: ", ")) not there yet: used as soon as somebody makes it")
    } catch {
      return .failed(Self.tagsName, error.failure)
    }
  }

  private func conversations() async -> CheckResult {
    guard tasks.tag != nil || tasks.logsOnClose || assign.assignsConversations else {
      return .good(Self.conversationsName, "not read: nothing is configured that needs them")
    }
    do throws(IntercomError) {
      _ = try await intercom.conversations(updatedSince: now, startingAfter: nil)
      return .good(Self.conversationsName, "can be read")
    } catch {
      return .failed(Self.conversationsName, error.failure)
    }
  }

  private func teammate() async -> CheckResult {
    guard assign.assignsConversations || assign.assignsPeople else {
      return .good(Self.teammateName, "not needed: assignment is off")
    }
    do throws(IntercomError) {
      let admins = try await intercom.admins()
      let own = try await intercom.workspace().adminID
      let acting = admins.first { admin in
        guard let wanted = assign.actingAdmin else { return admin.id == own }
        return admin.email?.lowercased() == wanted.lowercased()
      }
      return judge(acting.map { ($0.name ?? $0.id, $0.hasInboxSeat) })
    } catch {
      return .failed(Self.teammateName, error.failure)
    }
  }

  private func judge(_ acting: (name: String, hasSeat: Bool?)?) -> CheckResult {
    let remedy =
      "Set assign.acting_admin to the e-mail address of a teammate with an inbox seat."
    guard let acting else {
      return .failed(Self.teammateName, "there is no such teammate", remedy: remedy)
    }
    guard acting.hasSeat != false else {
      return .failed(Self.teammateName, "\(acting.name) has no inbox seat", remedy: remedy)
    }
    return .good(Self.teammateName, acting.name)
  }
}

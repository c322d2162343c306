import EventLoop

/// What Salesforce said once and is believed for a while: users by address, and the closed status.
struct TaskFacts {
  static let userMilliseconds: Int64 = 3_600_000
  static let statusMilliseconds: Int64 = 86_400_000

  private struct Dated<Value> {
    var value: Value
    /// Uptime.
    var at: Int64
  }

  private var users: [String: Dated<String?>] = [:]
  private var status: Dated<String>?

  /// The user with that address, or nobody; nil when nobody has asked for long.
  func user(_ email: String, uptime: Int64) -> String?? {
    guard let known = users[email], uptime - known.at < Self.userMilliseconds else { return nil }
    return .some(known.value)
  }

  mutating func note(user: String?, email: String, uptime: Int64) {
    users[email] = Dated(value: user, at: uptime)
  }

  mutating func forget(user email: String) { users[email] = nil }

  func closedStatus(uptime: Int64) -> String? {
    guard let status, uptime - status.at < Self.statusMilliseconds else { return nil }
    return status.value
  }

  mutating func note(status: String, uptime: Int64) {
    self.status = Dated(value: status, at: uptime)
  }

  mutating func forgetStatus() { status = nil }
}

package import HTTP

extension SalesforceSimulator {
  /// What a call was for.
  package enum CallKind: String, Sendable, CaseIterable {
    case token, identity, versions, query, queryMore, composite, collections, record, describe
    case limits, replication, bulk, other

    init(_ call: OrgCall) {
      let path = call.path
      switch (path.first, path.count > 1 ? path[1] : "") {
      case ("id", _): self = .identity
      case ("services", "oauth2"): self = path.last == "userinfo" ? .identity : .token
      case ("services", "data"):
        self = path.count < 4 ? .versions : CallKind(resource: Array(path[3...]))
      default: self = .other
      }
    }

    private init(resource: [String]) {
      switch resource.first {
      case "query", "queryAll": self = resource.count > 1 ? .queryMore : .query
      case "composite": self = resource.count > 1 ? .collections : .composite
      case "limits": self = .limits
      case "jobs": self = .bulk
      case "sobjects":
        if resource.contains("describe") || resource.count == 1 {
          self = .describe
        } else if resource.last == "updated" || resource.last == "deleted" {
          self = .replication
        } else {
          self = .record
        }
      default: self = .other
      }
    }
  }

  /// One call that was made, without anything that it carried.
  package struct CallRecord: Sendable, Equatable {
    /// Counted from 1.
    package var ordinal: Int
    /// Milliseconds UTC.
    package var at: Int64
    package var kind: CallKind
    package var method: Request.Method
    /// Without the query string.
    package var path: String
    /// nil where the connection broke before an answer.
    package var status: Int?
  }
}

/// Calls of the last 24 hours, by minute.
struct OrgUsage {
  var before = 0
  private var minutes: [(minute: Int64, count: Int)] = []

  mutating func add(_ count: Int, at now: Int64) {
    let minute = now / 60_000
    minutes.removeAll { $0.minute <= minute - 24 * 60 }
    if minutes.last?.minute == minute {
      minutes[minutes.count - 1].count += count
    } else {
      minutes.append((minute, count))
    }
  }

  func used(at now: Int64) -> Int {
    let oldest = now / 60_000 - 24 * 60
    return before + minutes.reduce(0) { $0 + ($1.minute > oldest ? $1.count : 0) }
  }
}

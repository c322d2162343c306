import HTTP
import SyncCore

/// One data event about a person (S6, S7).
///
/// Intercom takes two events of one person with the same name and second for one, so a repeated
/// send does no harm.
package struct Event: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case text(String)
    /// Shown as `text`, leading to `url`.
    case link(url: String, text: String)
  }

  package struct Entry: Sendable, Equatable {
    package var key: String
    package var value: Value

    package init(_ key: String, _ value: Value) {
      self.key = key
      self.value = value
    }
  }

  package var name: String
  /// Intercom's own id of the person: leads can be named by nothing else.
  package var personID: String
  /// Seconds UTC since 1970.
  package var createdAtSecond: Int64
  /// In this order; Intercom keeps the first ten.
  package var metadata: [Entry]

  package init(name: String, personID: String, createdAtSecond: Int64, metadata: [Entry]) {
    self.name = name
    self.personID = personID
    self.createdAtSecond = createdAtSecond
    self.metadata = metadata
  }
}

extension Intercom {
  /// Intercom's bounds for an event (OpenAPI 2.15, `POST /events`).
  package static let eventKeysMax = 10
  package static let textMax = 255

  /// Sends one event: 202 with an empty body, also when it was there already.
  ///
  /// Keys beyond the tenth are left out and longer texts are cut at a whole character.
  package func send(_ event: Event) async throws(IntercomError) {
    let metadata = event.metadata.prefix(Self.eventKeysMax).map { ($0.key, Self.body($0.value)) }
    let body = JSONBody.object([
      ("event_name", .text(event.name)), ("created_at", .number(event.createdAtSecond)),
      ("id", .text(event.personID)), ("metadata", .object(metadata)),
    ])
    let (response, judge) = try await call(
      .event, "send the event \(event.name) of the person \(event.personID)", .post, "/events",
      body: body)
    // A login page may come with a status of success; Intercom's own answer has no body.
    guard response.status == 202 || response.body.isEmpty else {
      throw judge.unreadable(response, "HTTP \(response.status) with a body, not 202")
    }
  }

  private static func body(_ value: Event.Value) -> JSONBody {
    switch value {
    case .text(let text): .text(Text.cut(text, utf16Units: textMax))
    case .link(let url, let text):
      .object([("url", .text(url)), ("value", .text(Text.cut(text, utf16Units: textMax)))])
    }
  }
}

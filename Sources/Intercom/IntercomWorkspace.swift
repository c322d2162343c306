import HTTP

/// The workspace that a token belongs to (`GET /me`, G2).
package struct Workspace: Sendable, Equatable {
  /// `app.id_code`: every other id is unique within it only.
  package var id: String
  package var name: String
  /// An IANA name, `America/Los_Angeles`: the zone of the search's days.
  package var timezone: String?
  /// `US`, `EU` or `AU`.
  package var region: String?
  /// The teammate whose token it is.
  package var adminID: String
}

/// A teammate of the workspace (`GET /admins`); Intercom's own bot is among them.
package struct Admin: Sendable, Equatable {
  package var id: String
  package var name: String?
  package var email: String?
  /// Whether conversations can be assigned to this teammate (A1); nil where not said.
  package var hasInboxSeat: Bool?

  package init(
    id: String, name: String? = nil, email: String? = nil, hasInboxSeat: Bool? = nil
  ) {
    self.id = id
    self.name = name
    self.email = email
    self.hasInboxSeat = hasInboxSeat
  }
}

extension Intercom {
  /// The workspace that the token belongs to.
  package func workspace() async throws(IntercomError) -> Workspace {
    let answered = try await call(.workspace, "read the workspace", .get, "/me")
    let me = try decode(MeShape.self, answered)
    return Workspace(
      id: me.app.id_code.text, name: me.app.name?.text ?? me.app.id_code.text,
      timezone: me.app.timezone?.text, region: me.app.region?.text, adminID: me.id.text)
  }

  /// All teammates; the answer has no pages.
  package func admins() async throws(IntercomError) -> [Admin] {
    let answered = try await call(.workspace, "read the teammates", .get, "/admins")
    return try decode(AdminsShape.self, answered).admins.map {
      Admin(
        id: $0.id.text, name: $0.name?.text, email: $0.email?.text,
        hasInboxSeat: $0.has_inbox_seat)
    }
  }
}

private struct MeShape: Decodable {
  struct App: Decodable {
    var id_code: LooseText
    var name: LooseText?
    var timezone: LooseText?
    var region: LooseText?
  }

  var id: LooseText
  var app: App
}

private struct AdminsShape: Decodable {
  struct Item: Decodable {
    var id: LooseText
    var name: LooseText?
    var email: LooseText?
    var has_inbox_seat: Bool?
  }

  var admins: [Item]
}

import HTTP

extension IntercomSimulator {
  /// How one simulated workspace behaves.
  package struct Settings: Sendable {
    package var workspaceID = "l4wp0knn"
    package var workspaceName = "Simulated workspace"
    package var region = "US"
    /// An IANA name that ``Zone`` knows, or a fixed offset such as `+05:30`.
    package var timezone = "America/Los_Angeles"
    package var accessToken = "simulated-token"
    /// The version of requests without an `Intercom-Version` header.
    package var appVersion = "2.15"
    /// Calls in ten seconds; nil is without a limit (the headers then show a large one).
    package var callsPerWindow: Int? = 1667
    /// How far `X-RateLimit-Reset` lies behind the true end of the window.
    package var resetLateSeconds: Int64 = 2
    /// How long a change stays invisible to contact search.
    package var searchLagMilliseconds: Int64 = 0
    /// Cut strings over 255 characters (else the write is refused): which one is not documented.
    package var cutsLongStrings = true
    /// Names and texts of custom attributes come back HTML-escaped.
    package var escapesHTML = true
    /// Attributes that were never set are listed as null (else they are absent).
    package var listsUnsetAttributes = false
    /// Received writes that are kept with their bodies.
    package var receivedKept = 200_000
    /// Whether assigning to a teammate without an inbox seat is told as an unknown assignee (404),
    /// else as a forbidden action (403).
    package var seatlessAssigneeIsUnknown = true
    /// Whether a message's tags are among its conversation's too.
    ///
    /// The only webhook of tags in conversations is `conversation_part.tag.created`, and the inbox
    /// shows one list; the descriptions leave it open.
    package var messageTagsShowOnConversation = true
    /// Whether conversations tell their statistics, which may be null.
    package var tellsStatistics = true
    package var attributeLimit = 250
    /// Attributes that a segment or a workflow uses: they cannot be archived over the API.
    package var attributesInUse: Set<String> = []
    package var eventNameLimit = 120
    package var seed: UInt64 = 1

    package init() {}
  }

  /// The kinds of call that are counted, and that faults are scheduled for.
  package enum Kind: String, Sendable, CaseIterable {
    case me, list, search, get, create, put, delete, archive, merge, find
    case event, events, attributes, attributeWrite, tags, tagWrite, admins, teams
    case companies, notes, conversations, conversationSearch, conversation, conversationWrite
    case other
  }

  /// A call that the workspace refuses, in the vendor's words.
  struct Refusal: Error {
    var status: Int
    var code: String
    var message: String
    var headers: Headers = [:]

    init(_ status: Int, _ code: String, _ message: String, headers: Headers = [:]) {
      self.status = status
      self.code = code
      self.message = message
      self.headers = headers
    }

    static let userNotFound = Refusal(404, "not_found", "User Not Found")
    static let resourceNotFound = Refusal(404, "not_found", "Resource Not Found")

    static func invalid(_ message: String) -> Refusal {
      Refusal(400, "parameter_invalid", message)
    }
  }

  struct Answer {
    var status = 200
    var body: [UInt8] = []

    init(_ json: JSON) { body = json.bytes }

    init(_ writer: Writer) { body = writer.bytes }

    init(status: Int) { self.status = status }
  }

  /// One request, taken apart.
  struct Call {
    var method: Request.Method
    /// Percent-decoded.
    var path: [String]
    var query: [String: String]
    var bytes: [UInt8]
    /// The minor number of API version 2, or 99 for Preview.
    var version: Int

    var has216: Bool { version >= 16 }

    /// The body as an object; an empty body is an empty object.
    func object() throws(Refusal) -> JSON {
      guard !bytes.isEmpty else { return .object([]) }
      guard let value = JSON.parse(bytes), value.members != nil else {
        throw Refusal(400, "bad_request", "The request body is not a valid JSON object")
      }
      return value
    }
  }
}

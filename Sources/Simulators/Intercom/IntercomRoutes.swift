import HTTP

extension IntercomSimulator {
  /// Path and query of an absolute URL, percent-decoded.
  package static func split(_ url: String) -> (path: [String], query: [String: String]) {
    var rest = url[...]
    if let scheme = rest.firstRange(of: "://") {
      rest = rest[scheme.upperBound...]
      rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? ""
    }
    let question = rest.firstIndex(of: "?")
    let path = rest[..<(question ?? rest.endIndex)].split(separator: "/").map { decode($0) }
    var query: [String: String] = [:]
    if let question {
      for pair in rest[rest.index(after: question)...].split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        query[decode(parts[0], plus: true)] = parts.count > 1 ? decode(parts[1], plus: true) : ""
      }
    }
    return (path, query)
  }

  private static func decode(_ text: Substring, plus: Bool = false) -> String {
    guard text.utf8.contains(where: { $0 == 0x25 || (plus && $0 == 0x2B) }) else {
      return String(text)
    }
    let bytes = Array(text.utf8)
    var decoded: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25, index + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[index + 1...index + 2], as: UTF8.self), radix: 16)
      {
        decoded.append(value)
        index += 3
      } else {
        decoded.append(plus && bytes[index] == 0x2B ? 0x20 : bytes[index])
        index += 1
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  static func kind(_ method: Request.Method, _ path: [String]) -> Kind {
    let isRead = method == .get
    switch (path.first ?? "", path.count) {
    case ("me", 1): return .me
    case ("admins", _): return .admins
    case ("teams", _): return .teams
    case ("data_attributes", _): return isRead ? .attributes : .attributeWrite
    case ("events", _): return isRead ? .events : .event
    case ("tags", _): return isRead ? .tags : .tagWrite
    case ("companies", _): return .companies
    case ("contacts", 1): return isRead ? .list : .create
    case ("contacts", 2): return contactKind(method, path[1])
    case ("contacts", _): return contactPartKind(method, path)
    case ("conversations", 1): return isRead ? .conversations : .conversationWrite
    case ("conversations", 2) where path[1] == "search": return .conversationSearch
    case ("conversations", 2): return isRead ? .conversation : .conversationWrite
    case ("conversations", _): return .conversationWrite
    default: return .other
    }
  }

  private static func contactKind(_ method: Request.Method, _ name: String) -> Kind {
    if name == "search" { return .search }
    if name == "merge" { return .merge }
    switch method {
    case .get: return .get
    case .put, .patch: return .put
    case .delete: return .delete
    default: return .other
    }
  }

  private static func contactPartKind(_ method: Request.Method, _ path: [String]) -> Kind {
    if path[1] == "find_by_external_id" { return .find }
    switch path[2] {
    case "archive", "unarchive", "block": return .archive
    case "tags": return method == .get ? .tags : .tagWrite
    case "notes": return .notes
    case "companies": return .companies
    default: return .other
    }
  }

  func route(_ call: Call, _ kind: Kind) throws(Refusal) -> Answer {
    switch kind {
    case .me where call.method == .get: me(call)
    case .list: try listContacts(call)
    case .search where call.method == .post: try searchContacts(call)
    case .create where call.method == .post: try createContact(call)
    case .get, .find: try getContact(call, kind)
    case .put where call.method == .put: try putContact(call)
    case .delete: try deleteContact(call)
    case .archive where call.method == .post: try archiveContact(call)
    case .merge where call.method == .post: try mergeContacts(call)
    case .event where call.method == .post: try takeEvent(call)
    case .events: try listEvents(call)
    case .attributes: try listAttributes(call)
    case .attributeWrite: try writeAttribute(call)
    case .tags: try listTags(call)
    case .tagWrite: try writeTag(call)
    case .admins where call.method == .get: try listAdmins(call)
    case .teams where call.method == .get: try listTeams(call)
    case .companies: try companies(call)
    case .notes: try notes(call)
    case .conversations: try listConversations(call)
    case .conversationSearch where call.method == .post: try searchConversations(call)
    case .conversation: try getConversation(call)
    case .conversationWrite: try writeConversation(call)
    default: throw .resourceNotFound
    }
  }
}

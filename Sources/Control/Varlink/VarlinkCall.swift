/// One call as it came over the wire, its method not yet looked up.
package struct VarlinkCall: Sendable, Equatable {
  /// Interface name, dot, method.
  package var method: String
  package var parameters: [String: JSONValue]
  /// No reply at all, not even an error.
  package var isOneway: Bool
  /// Several replies are welcome, all but the last with `continues`.
  package var wantsMore: Bool

  package init(
    method: String, parameters: [String: JSONValue] = [:], isOneway: Bool = false,
    wantsMore: Bool = false
  ) {
    self.method = method
    self.parameters = parameters
    self.isOneway = isOneway
    self.wantsMore = wantsMore
  }

  /// Why a message is no call.
  package struct Malformed: Error, Equatable {
    package var reason: String

    package init(reason: String) { self.reason = reason }
  }

  /// Reads one message; absent parameters may be a missing key, null or `{}`.
  package init(message: [UInt8]) throws(Malformed) {
    let value: JSONValue
    do throws(JSONParser.Problem) {
      value = try JSONParser.parse(message)
    } catch {
      throw Malformed(reason: "not JSON at byte \(error.offset): \(error.reason)")
    }
    guard case .object(let members) = value else {
      throw Malformed(reason: "the message is not a JSON object")
    }
    guard case .string(let method)? = members["method"] else {
      throw Malformed(reason: "\"method\" must be a string")
    }
    self.method = method
    switch members["parameters"] {
    case nil, .null: parameters = [:]
    case .object(let values): parameters = values
    default: throw Malformed(reason: "\"parameters\" must be an object")
    }
    isOneway = try Self.flag("oneway", of: members)
    wantsMore = try Self.flag("more", of: members)
    guard try !Self.flag("upgrade", of: members) else {
      throw Malformed(reason: "\"upgrade\" is not supported")
    }
  }

  private static func flag(
    _ name: String, of members: [String: JSONValue]
  ) throws(Malformed) -> Bool {
    switch members[name] {
    case nil, .null: false
    case .bool(let value): value
    default: throw Malformed(reason: "\"\(name)\" must be true or false")
    }
  }
}

/// Every error that the control socket answers with.
package enum ControlError: Error, Sendable, Hashable {
  /// Nobody and nothing has this id or e-mail, or `reason` says what lacks and what to do.
  case notFound(who: String, reason: String? = nil)
  /// Needs root, the daemon's own user, or a member of `group`.
  case permissionDenied(method: String, group: String)
  /// Understood, and not done: why, and what to do about it.
  case refused(reason: String, remedy: String)
  /// Cannot be done while something else is.
  case busy(reason: String)
  case stopping
  /// Not JSON, no Varlink call, or too long; the connection is closed after it.
  case badMessage(reason: String)
  case tooManyConnections(limit: Int)
  case interfaceNotFound(interface: String)
  case methodNotFound(method: String)
  case invalidParameter(parameter: String)
  /// An error of another release, as its name.
  case other(name: String)

  private static let service = "org.varlink.service"

  /// As it stands in a reply's `error`.
  package var name: String {
    switch self {
    case .notFound: "\(ControlInterface.name).NotFound"
    case .permissionDenied: "\(ControlInterface.name).PermissionDenied"
    case .refused: "\(ControlInterface.name).Refused"
    case .busy: "\(ControlInterface.name).Busy"
    case .stopping: "\(ControlInterface.name).Stopping"
    case .badMessage: "\(ControlInterface.name).BadMessage"
    case .tooManyConnections: "\(ControlInterface.name).TooManyConnections"
    case .interfaceNotFound: "\(Self.service).InterfaceNotFound"
    case .methodNotFound: "\(Self.service).MethodNotFound"
    case .invalidParameter: "\(Self.service).InvalidParameter"
    case .other(let name): name
    }
  }

  /// As they stand in a reply's `parameters`.
  package var parameters: [String: JSONValue] {
    switch self {
    case .notFound(let who, let reason): ["who": .string(who), "reason": JSONValue(reason)]
    case .permissionDenied(let method, let group):
      ["method": .string(method), "group": .string(group)]
    case .refused(let reason, let remedy):
      ["reason": .string(reason), "remedy": .string(remedy)]
    case .busy(let reason), .badMessage(let reason): ["reason": .string(reason)]
    case .tooManyConnections(let limit): ["limit": .integer(Int64(limit))]
    case .interfaceNotFound(let interface): ["interface": .string(interface)]
    case .methodNotFound(let method): ["method": .string(method)]
    case .invalidParameter(let parameter): ["parameter": .string(parameter)]
    case .stopping, .other: [:]
    }
  }

  /// Reads an error reply; what a newer daemon says with an unknown name is kept by its name.
  package init(name: String, parameters: [String: JSONValue]) {
    func text(_ key: String) -> String { parameters[key]?.description ?? "" }
    var reason: String?
    if case .string(let given)? = parameters["reason"] { reason = given }
    let known: [ControlError] = [
      .notFound(who: text("who"), reason: reason),
      .permissionDenied(method: text("method"), group: text("group")),
      .refused(reason: text("reason"), remedy: text("remedy")),
      .busy(reason: text("reason")), .stopping, .badMessage(reason: text("reason")),
      .tooManyConnections(limit: Int(text("limit")) ?? 0),
      .interfaceNotFound(interface: text("interface")),
      .methodNotFound(method: text("method")), .invalidParameter(parameter: text("parameter")),
    ]
    self = known.first { $0.name == name } ?? .other(name: name)
  }

  /// What a person reads: what failed and what to do.
  package var sentence: String {
    switch self {
    case .notFound(_, let reason?): reason
    case .notFound(let who, nil):
      """
      sfsync knows nobody and nothing with the e-mail or id \(who). It may be new: \
      'sfsyncctl sync --wait' reads both sides now.
      """
    case .permissionDenied(let method, let group):
      """
      \(method) changes something, and that takes root, the daemon's own user, or a member of the \
      group \(group): run it with sudo, or 'adduser YOU \(group)' and log in again.
      """
    case .refused(let reason, let remedy): "\(reason) \(remedy)"
    case .busy(let reason): "\(reason) Try again when that is done."
    case .stopping: "The daemon is stopping. Try again once it has started."
    case .badMessage(let reason):
      "The daemon did not understand sfsyncctl (\(reason)): they may be of different releases."
    case .tooManyConnections(let limit):
      "The daemon already has \(limit) connections. End one (a forgotten --watch?) and try again."
    case .interfaceNotFound(let interface):
      "What answers on this socket does not know \(interface): it may not be sfsyncd's socket."
    case .methodNotFound(let method):
      "The daemon does not know \(method): it is older than sfsyncctl. Restart it if it was updated."
    case .invalidParameter(let parameter):
      "The daemon does not know, or does not accept this value for, '\(parameter)'."
    case .other(let name):
      "The daemon answered \(name), which this sfsyncctl does not know; update sfsyncctl."
    }
  }
}

/// One call of the control interface with its parameters, the same for client and daemon.
///
/// Lists come in pages: `after` is the `next` of the page before (nil at first), `limit` the most
/// entries that one reply may hold.
package enum ControlCall: Sendable, Hashable {
  case status
  case errors(ErrorQuery)
  /// Nil means all.
  case retryErrors(ids: [Int64]?)
  case dismissErrors(ids: [Int64])
  case sync(SyncOptions)
  case plan(full: Bool, PageRequest)
  case queue(PageRequest)
  case explain(who: String)
  case matches(PageRequest)
  case link(who: String, record: String)
  case unlink(who: String)
  case pause
  case resume
  case reload

  /// The method's name without its interface.
  package var method: String {
    switch self {
    case .status: "Status"
    case .errors: "Errors"
    case .retryErrors: "RetryErrors"
    case .dismissErrors: "DismissErrors"
    case .sync: "Sync"
    case .plan: "Plan"
    case .queue: "Queue"
    case .explain: "Explain"
    case .matches: "Matches"
    case .link: "Link"
    case .unlink: "Unlink"
    case .pause: "Pause"
    case .resume: "Resume"
    case .reload: "Reload"
    }
  }

  /// Needs root, the daemon's own user, or a member of `admin_group`.
  package var changesSomething: Bool {
    switch self {
    case .status, .errors, .plan, .queue, .explain, .matches: false
    case .retryErrors, .dismissErrors, .sync, .link, .unlink, .pause, .resume, .reload: true
    }
  }

  /// As they stand in a call's `parameters`; what has its default is left out.
  package var parameters: [String: JSONValue] {
    switch self {
    case .status, .pause, .resume, .reload: [:]
    case .errors(let query): query.parameters
    case .retryErrors(let ids): ids.map { ["ids": .array($0.map(JSONValue.integer))] } ?? [:]
    case .dismissErrors(let ids): ["ids": .array(ids.map(JSONValue.integer))]
    case .sync(let options):
      [
        "full": .bool(options.full), "yes": .bool(options.yes), "wait": .bool(options.wait),
      ]
    case .plan(let full, let page): page.parameters.merging(["full": .bool(full)]) { $1 }
    case .queue(let page), .matches(let page): page.parameters
    case .explain(let who), .unlink(let who): ["who": .string(who)]
    case .link(let who, let record): ["who": .string(who), "record": .string(record)]
    }
  }

  /// Reads a method's parameters: an unknown name and a wrong type are refused by name.
  package init(
    method: String, parameters: [String: JSONValue]
  ) throws(ControlError) {
    var arguments = Arguments(parameters)
    switch method {
    case "Status": self = .status
    case "Errors": self = .errors(try ErrorQuery(&arguments))
    case "RetryErrors": self = .retryErrors(ids: try arguments.integers("ids"))
    case "DismissErrors": self = .dismissErrors(ids: try arguments.required("ids"))
    case "Sync":
      self = .sync(
        SyncOptions(
          full: try arguments.flag("full"), yes: try arguments.flag("yes"),
          wait: try arguments.flag("wait")))
    case "Plan":
      self = .plan(full: try arguments.flag("full"), try PageRequest(&arguments))
    case "Queue": self = .queue(try PageRequest(&arguments))
    case "Explain": self = .explain(who: try arguments.required("who"))
    case "Matches": self = .matches(try PageRequest(&arguments))
    case "Link":
      self = .link(who: try arguments.required("who"), record: try arguments.required("record"))
    case "Unlink": self = .unlink(who: try arguments.required("who"))
    case "Pause": self = .pause
    case "Resume": self = .resume
    case "Reload": self = .reload
    default:
      throw .methodNotFound(method: "\(ControlInterface.name).\(method)")
    }
    try arguments.finish()
  }
}

/// What `Sync` is asked to do.
package struct SyncOptions: Sendable, Hashable {
  /// Compare everything.
  package var full: Bool
  /// Let the cycle through that the guard stopped.
  package var yes: Bool
  /// Answer when that cycle's deliveries are settled.
  package var wait: Bool

  package init(full: Bool = false, yes: Bool = false, wait: Bool = false) {
    self.full = full
    self.yes = yes
    self.wait = wait
  }
}

/// Which part of a list is asked for.
package struct PageRequest: Sendable, Hashable {
  /// The most entries of one page: encoding them must not hold the loop for long.
  package static let largest = 100

  package var after: Int64?
  package var limit: Int

  package init(after: Int64? = nil, limit: Int = Self.largest) {
    self.after = after
    self.limit = limit
  }

  init(_ arguments: inout Arguments) throws(ControlError) {
    after = try arguments.integer("after")
    let asked = try arguments.integer("limit") ?? Int64(Self.largest)
    guard asked >= 1 else { throw .invalidParameter(parameter: "limit") }
    limit = Int(min(asked, Int64(Self.largest)))
  }

  var parameters: [String: JSONValue] {
    var parameters: [String: JSONValue] = ["limit": .integer(Int64(limit))]
    if let after { parameters["after"] = .integer(after) }
    return parameters
  }
}

/// Which entries of the error register are asked for.
package struct ErrorQuery: Sendable, Hashable {
  /// The dismissed ones too.
  package var all: Bool
  /// This entry alone, whatever its state.
  package var id: Int64?
  /// Only entries seen after this moment, in milliseconds UTC.
  package var seenAfter: Int64?
  /// Stay, and send each entry again as it is seen again; needs `more`.
  package var follow: Bool
  package var page: PageRequest

  package init(
    all: Bool = false, id: Int64? = nil, seenAfter: Int64? = nil, follow: Bool = false,
    page: PageRequest = PageRequest()
  ) {
    self.all = all
    self.id = id
    self.seenAfter = seenAfter
    self.follow = follow
    self.page = page
  }

  init(_ arguments: inout Arguments) throws(ControlError) {
    all = try arguments.flag("all")
    id = try arguments.integer("id")
    follow = try arguments.flag("follow")
    page = try PageRequest(&arguments)
  }

  var parameters: [String: JSONValue] {
    var parameters = page.parameters
    parameters["all"] = .bool(all)
    if let id { parameters["id"] = .integer(id) }
    if follow { parameters["follow"] = .bool(true) }
    return parameters
  }
}

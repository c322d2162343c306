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

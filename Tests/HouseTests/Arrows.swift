/// Which target may import what, and why: the house's plan as a table (docs/ARCHITECTURE.md).
///
/// A new arrow is drawn here first, with its reason, and then in Package.swift.
enum Arrows {
  struct Arrow {
    enum Kind {
      /// A target of this package.
      case target
      /// A product of another package, named in Package.swift as the module is.
      case product
      /// Comes along with a product, or with the toolchain; Package.swift does not name it.
      case given
    }

    var module: String
    var kind: Kind
    var reason: String
  }

  private static func target(_ module: String, _ reason: String) -> Arrow {
    Arrow(module: module, kind: .target, reason: reason)
  }

  private static func product(_ module: String, _ reason: String) -> Arrow {
    Arrow(module: module, kind: .product, reason: reason)
  }

  private static func given(_ module: String, _ reason: String) -> Arrow {
    Arrow(module: module, kind: .given, reason: reason)
  }

  private static let essentials = given("FoundationEssentials", "JSON and dates without ICU")
  private static let system = given("Glibc", "system calls")
  private static let messages = target("HTTP", "requests and responses as values")
  private static let words = target("SyncCore", "the words and the decisions")
  private static let rows = target("Wire", "rows and texts as bytes")
  private static let loop = target("EventLoop", "all state belongs to the loop")

  /// System libraries import nothing; every other target is listed.
  static let table: [String: [Arrow]] = [
    "CSQLite": [], "CCurl": [], "CSystemd": [], "CCrypto": [],
    "Wire": [given("Glibc", "the zone files of the system")], "SyncCore": [], "HTTP": [],
    "EventLoop": [
      given("Dispatch", "the one serial queue"), system,
      given("Synchronization", "the takeover of the clock by tests"),
    ],
    "CurlTransport": [
      messages, loop, target("CCurl", "libcurl"), system,
      given("Dispatch", "sources for curl's epoll descriptor"),
    ],
    "Salesforce": [messages, words, rows, target("CCrypto", "RS256 of the JWT flow")],
    "Intercom": [messages, words, rows, essentials],
    "Store": [words, rows, target("CSQLite", "SQLite"), system],
    "Control": [essentials, system],
    "Engine": [
      words, rows, messages, loop, essentials, target("Salesforce", "polls it"),
      target("Intercom", "polls and writes to it"), target("Store", "compares and plans in it"),
    ],
    "Daemon": [
      words, rows, messages, loop, essentials, system,
      target("CurlTransport", "gives it to the clients"),
      target("Salesforce", "makes the client"), target("Intercom", "makes the client"),
      target("Store", "opens it and answers from it"), target("Engine", "runs it"),
      target("Control", "serves it"), target("CSystemd", "journal and notify"),
      product("Logging", "levels and metadata"), product("TOMLKit", "the configuration file"),
      given("Dispatch", "sources for the socket and signals"),
    ],
    "Simulators": [target("HTTP", "the one thing that they share with the clients"), essentials],
    "sfsyncd": [
      target("Daemon", "is started"), loop, essentials, product("ArgumentParser", "arguments"),
    ],
    "sfsyncctl": [
      target("Control", "speaks it"), essentials, system, product("ArgumentParser", "arguments"),
    ],
    "sfsync-sim": [
      target("Simulators", "are served"), messages, essentials,
      product("ArgumentParser", "arguments"), product("Hummingbird", "the HTTP server"),
      given("HummingbirdCore", "with Hummingbird"), given("HTTPTypes", "with Hummingbird"),
      given("NIOCore", "with Hummingbird"), given("NIOPosix", "with Hummingbird"),
      given("ServiceLifecycle", "with Hummingbird"), given("Logging", "with Hummingbird"),
      given("Dispatch", "a timer"), given("Glibc", "exit and signals"),
    ],
  ]
}

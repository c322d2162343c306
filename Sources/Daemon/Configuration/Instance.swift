/// Which daemon of several on one machine: each has a configuration file, and with it its own
/// directories.
///
/// `/etc/sfsyncd/sfsyncd.toml` is the usual one. Any other `NAME.toml` beside it is that of
/// `sfsyncd@NAME.service`, so that looking at it by hand never meets another one's store.
package struct Instance: Sendable, Equatable {
  /// Nil is the usual one.
  package let name: String?
  /// Where the configuration file is.
  private let directory: String

  private static let usual = Instance(name: nil, directory: "/etc/sfsyncd")

  private init(name: String?, directory: String) {
    self.name = name
    self.directory = directory
  }

  /// A file elsewhere than in an `etc/sfsyncd` belongs to the usual one.
  package init(configurationFile file: String) {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count >= 3, parts.suffix(3).dropLast() == ["etc", "sfsyncd"],
      let last = parts.last, last.hasSuffix(".toml"), last.count > 5
    else {
      self = Self.usual
      return
    }
    let name = last.dropLast(5)
    self.init(
      name: name == "sfsyncd" ? nil : String(name),
      directory: parts.dropLast().joined(separator: "/"))
  }

  private var suffix: String { name.map { "-\($0)" } ?? "" }

  /// Where the secrets are put, by people and not by systemd.
  package var credentials: String { "\(directory)/credentials\(suffix)" }

  package var state: String { "/var/lib/sfsyncd\(suffix)" }

  package var runtime: String { "/run/sfsyncd\(suffix)" }

  /// The default of `store.path`; systemd's word goes before.
  package func store(_ environment: [String: String]) -> String {
    "\(Self.first("STATE_DIRECTORY", environment) ?? state)/sfsync.db"
  }

  /// The default of `control.socket`; systemd's word goes before.
  package func socket(_ environment: [String: String]) -> String {
    "\(Self.first("RUNTIME_DIRECTORY", environment) ?? runtime)/control.sock"
  }

  /// systemd separates several directories by colons.
  private static func first(_ name: String, _ environment: [String: String]) -> String? {
    environment[name]?.split(separator: ":").first.map(String.init)
  }
}

/// Where the control sockets of one machine are: each instance has its own.
package enum SocketPlace {
  package static let usual = "/run/sfsyncd/control.sock"

  /// The socket of `sfsyncd@NAME.service`; nil for what cannot be the name of one.
  package static func of(instance: String) -> String? {
    let isName =
      !instance.isEmpty
      && instance.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
    return isName && !instance.hasPrefix(".") ? "/run/sfsyncd-\(instance)/control.sock" : nil
  }

  /// What systemctl and journalctl call the daemon that answers there.
  ///
  /// A socket elsewhere is taken for the usual one's.
  package static func unit(of path: String) -> String {
    let parts = path.split(separator: "/")
    guard parts.count == 3, parts[0] == "run", parts[1].hasPrefix("sfsyncd-") else {
      return "sfsyncd"
    }
    return "sfsyncd@\(parts[1].dropFirst("sfsyncd-".count))"
  }
}

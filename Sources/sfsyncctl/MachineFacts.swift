import Control
import Glibc

/// What runs on this machine beside the daemon, as far as that can be seen without asking anybody.
enum MachineFacts {
  static var section: SupportSection {
    SupportSection(
      title: "Machine",
      text: [
        "sfsyncctl \(Product.version)", system, kernel, "systemd \(systemd ?? "unknown")",
      ].joined(separator: "\n"))
  }

  /// The name that the distribution gives itself (os-release(5)).
  private static var system: String {
    guard let file = fopen("/etc/os-release", "re") else { return "system unknown" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4 << 10)
    let count = fread(&bytes, 1, bytes.count, file)
    let line = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix("PRETTY_NAME=") }
    return line.map { String($0.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" }) }
      ?? "system unknown"
  }

  private static var kernel: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "kernel unknown" }
    func text<Bytes>(_ bytes: Bytes) -> String {
      withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
  }

  /// The version is in the name of systemd's own library.
  private static var systemd: String? {
    let prefix = "libsystemd-shared-"
    for directory in [
      "/usr/lib/systemd", "/lib/systemd", "/usr/lib/x86_64-linux-gnu/systemd",
      "/usr/lib/aarch64-linux-gnu/systemd",
    ] {
      guard let folder = opendir(directory) else { continue }
      defer { closedir(folder) }
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        guard name.hasPrefix(prefix), name.hasSuffix(".so") else { continue }
        return String(name.dropFirst(prefix.count).dropLast(3))
      }
    }
    return nil
  }
}

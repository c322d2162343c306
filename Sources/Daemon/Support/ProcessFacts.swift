import Glibc

/// What the kernel says of this process.
enum ProcessFacts {
  private static let wanted = ["VmHWM", "VmRSS", "RssAnon", "Threads", "FDSize"]

  /// Lines of `/proc/self/status` (proc(5)).
  static var lines: [String] {
    guard let file = fopen("/proc/self/status", "re") else { return ["unknown"] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8 << 10)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
      .filter { line in wanted.contains { line.hasPrefix($0 + ":") } }
      .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
  }
}

import Glibc

/// A time zone of the system's zoneinfo files, to tell on which day something happened there (T2).
///
/// Reads the 64-bit block of TZif version 2 and later, and the rule in its footer for the times
/// after the last transition (RFC 9636).
package struct TimeZoneFile: Sendable, Equatable {
  /// Unix seconds, ascending.
  private var transitions: [Int64]
  /// Seconds east of UTC from each transition on.
  private var offsets: [Int64]
  /// Before the first transition.
  private var firstOffset: Int64
  /// After the last.
  private var rule: ZoneRule?

  package static let folder = "/usr/share/zoneinfo"

  /// Reads `folder/name`; nil for a name that is none or leads elsewhere, and for a damaged file.
  package init?(named name: String, in folder: String = folder) {
    guard Self.isPlain(name), let bytes = Self.contents("\(folder)/\(name)") else { return nil }
    self.init(bytes)
  }

  /// Reads a whole file; nil for what is none of version 2 or later.
  package init?(_ bytes: [UInt8]) {
    var reader = TZifReader(bytes)
    guard let block = reader.read() else { return nil }
    transitions = block.transitions
    offsets = block.offsets
    firstOffset = block.firstOffset
    rule = block.footer.isEmpty ? nil : ZoneRule(block.footer)
    if rule == nil, !block.footer.isEmpty { return nil }
  }

  /// Seconds east of UTC at `milliseconds` UTC.
  package func offset(_ milliseconds: Int64) -> Int64 {
    let seconds = Self.floored(milliseconds, by: 1_000)
    guard let last = transitions.last else { return rule?.offset(seconds) ?? firstOffset }
    if seconds >= last, let rule { return rule.offset(seconds) }
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? firstOffset : offsets[low - 1]
  }

  /// The day there, `2026-01-31`, of `milliseconds` UTC.
  package func day(_ milliseconds: Int64) -> String { Timestamp.day(local(milliseconds)) }

  /// Day and minute there, `2026-01-31 10:22`.
  package func minute(_ milliseconds: Int64) -> String {
    let text = Timestamp.seconds(local(milliseconds)).utf8.prefix(16)
    return String(Substring(text)).split(separator: "T").joined(separator: " ")
  }

  private func local(_ milliseconds: Int64) -> Int64 {
    let time = min(max(milliseconds, Timestamp.range.lowerBound), Timestamp.range.upperBound)
    return time + offset(time) * 1_000
  }

  static func floored(_ value: Int64, by divisor: Int64) -> Int64 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }

  // MARK: Files

  /// `Europe/Berlin`, `Etc/GMT+3`: no way out of the folder.
  private static func isPlain(_ name: String) -> Bool {
    let isWord = name.utf8.allSatisfy { byte in
      (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "/_+-".utf8.contains(byte)
    }
    return isWord && !name.isEmpty && name.utf8.count < 100 && !name.hasPrefix("/")
  }

  /// Of a regular file of at most 1 MiB; the largest zone has a few kilobytes.
  private static func contents(_ path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0,
      status.st_size <= 1 << 20
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { all in
        read(
          file, UnsafeMutableRawBufferPointer(rebasing: all[count...]).baseAddress,
          all.count - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { return nil }
      count += got
    }
    return bytes
  }
}

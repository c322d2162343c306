import Glibc

/// Where the output goes, and what may be written there; colour never is.
enum Terminal {
  static let isInteractive = isatty(STDOUT_FILENO) == 1

  /// Columns of the terminal; nil when the output is not one, and nothing is cut.
  static var width: Int? {
    guard isInteractive else { return nil }
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Prints at once: what follows may be a long wait.
  static func show(_ text: String, newline: Bool = true) {
    print(text, terminator: newline ? "\n" : "")
    fflush(nil)
  }

  /// One sentence for a person, on stderr.
  static func complain(_ sentence: String) {
    let line = Array("sfsyncctl: \(printable(sentence))\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
  }

  /// Foreign text without what would move a terminal's cursor or turn its direction.
  static func printable(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { 0x20..<0x7F ~= $0 }
    if isPlain { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: scalars.append(" ")
      case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069:
        scalars.append("\u{FFFD}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars)
  }
}

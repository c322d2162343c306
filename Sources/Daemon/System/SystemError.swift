import Glibc

/// errno in words.
package enum SystemError {
  /// The system's own sentence, `Permission denied`.
  // Safe on any thread: glibc keeps the text for each one (2.32 and later).
  package static func text(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}

import Glibc

/// errno in words.
package enum SystemError {
  /// `Permission denied`. Safe on any thread: glibc keeps the text for each (2.32 and later).
  package static func text(_ code: Int32) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}

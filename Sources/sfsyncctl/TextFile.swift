import Control
import Glibc

/// A text that is written with the caller's rights and that only the caller can read.
enum TextFile {
  /// Never replaces what is there.
  static func write(_ text: String, to path: String) throws(FileTrouble) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      guard errno != EEXIST else {
        throw FileTrouble(sentence: "\(path) is there already: name another file.", exit: .no)
      }
      throw trouble(path, errno)
    }
    defer { close(descriptor) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw trouble(path, errno)
      }
    }
  }

  private static func trouble(_ path: String, _ code: Int32) -> FileTrouble {
    FileTrouble(
      sentence: "\(path) cannot be written: \(String(cString: strerror(code))).", exit: .ioError)
  }
}

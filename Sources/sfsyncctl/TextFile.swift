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
    guard WholeWrite.write(Array(text.utf8), to: descriptor) else { throw trouble(path, errno) }
  }

  private static func trouble(_ path: String, _ code: Int32) -> FileTrouble {
    FileTrouble(
      sentence: "\(path) cannot be written: \(String(cString: strerror(code))).", exit: .ioError)
  }
}

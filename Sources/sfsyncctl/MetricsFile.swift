import Glibc

/// A file that others read at any moment: replaced whole, or left as it was.
struct MetricsFile {
  struct Failed: Error {
    let path: String
    let code: Int32

    var sentence: String {
      """
      \(path) could not be written: \(String(cString: strerror(code))). It is as it was; look at \
      the directory's permissions and at the disk.
      """
    }
  }

  let path: String

  /// Writes beside the file under a name that does not end with `.prom`, and renames.
  ///
  /// Everybody may read the result, as the collector is another user.
  func replace(with text: String) throws(Failed) {
    // mkstemp(3) puts letters of its own in place of the six.
    var name = Array("\(path).XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { throw failed() }
    let isWritten =
      WholeWrite.write(Array(text.utf8), to: descriptor) && fchmod(descriptor, 0o644) == 0
      && fsync(descriptor) == 0
    let code = errno
    let isClosed = close(descriptor) == 0
    guard isWritten, isClosed, rename(name, path) == 0 else {
      let failure = Failed(path: path, code: isWritten ? errno : code)
      unlink(name)
      throw failure
    }
  }

  private func failed() -> Failed { Failed(path: path, code: errno) }
}

import Glibc

@testable import Daemon

/// A directory of a test's own, removed with everything in it.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/sfsync-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw SecureFile.Problem.system("mkdtemp") }
    path = String(cString: made)
  }

  deinit { remove(path) }

  func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o600) throws {
    let file = "\(path)/\(name)"
    unlink(file)
    let descriptor = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw SecureFile.Problem.system("open") }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
      fchmod(descriptor, mode) == 0
    else { throw SecureFile.Problem.system("write") }
  }

  func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws {
    try write(name, Array(text.utf8), mode: mode)
  }

  func text(_ name: String) throws -> String {
    String(decoding: try SecureFile.read("\(path)/\(name)", limit: 1 << 20), as: UTF8.self)
  }

  func mode(_ name: String) -> mode_t {
    var status = stat()
    return lstat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
  }

  var names: [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  private func remove(_ path: String) {
    for name in names where unlink("\(path)/\(name)") != 0 { rmdir("\(path)/\(name)") }
    rmdir(path)
  }
}

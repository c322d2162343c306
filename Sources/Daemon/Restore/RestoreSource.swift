import Glibc

/// The file that is to become the store, open for reading with the caller's rights.
final class RestoreSource {
  private let path: String
  private let descriptor: Int32
  private let status: stat

  private static let chunkBytes = 1 << 20

  init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      throw RestoreError(
        "\(path) cannot be opened: \(SystemError.text(code))",
        code == ENOENT ? .missingFile : code == EACCES ? .noPermission : .disk)
    }
    var status = stat()
    let isRegular = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    self.status = status
    guard isRegular else {
      throw RestoreError("\(path) is no file; nothing was changed.", .missingFile)
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Refuses a file that is the store itself, or that is not all there is to it.
  func refuse(store: String) throws {
    var other = stat()
    if stat(store, &other) == 0, other.st_ino == status.st_ino, other.st_dev == status.st_dev {
      throw RestoreError("\(path) is the store itself; nothing was changed.", .usage)
    }
    if stat(path + "-wal", &other) == 0, other.st_size > 0 {
      throw RestoreError(
        "\(path) has a log beside it (\(path)-wal), so it is a store in use or cut off, and no "
          + "backup; nothing was changed. Make backups with 'sfsyncctl backup FILE'.",
        .configuration)
    }
  }

  /// Writes a copy that nobody else may read.
  func copy(to target: String) throws {
    let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw RestoreError.file(target, "made", errno) }
    defer { close(output) }
    var bytes = [UInt8](repeating: 0, count: Self.chunkBytes)
    while true {
      let count = read(descriptor, &bytes, bytes.count)
      if count == 0 { return }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw RestoreError.file(path, "read", errno) }
      try write(bytes[..<count], to: output, target)
    }
  }

  private func write(_ bytes: ArraySlice<UInt8>, to output: Int32, _ target: String) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        throw RestoreError.file(target, "written", errno)
      }
    }
  }
}

import Glibc

/// The directory in which the daemon keeps a rotated refresh token.
enum StateDirectory {
  /// Whether a file that we make there would be the daemon's own.
  static func isOurs(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_uid == geteuid()
      && faccessat(AT_FDCWD, path, W_OK | X_OK, AT_EACCESS) == 0
  }
}

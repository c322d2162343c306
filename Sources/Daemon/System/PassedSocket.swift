import CSystemd

extension Notify {
  /// The listening socket that systemd passed, if it did (sd_listen_fds(3): from 3 on).
  package static func passedSocket() -> Int32? {
    // Not unset: sfsyncd starts no children.
    sd_listen_fds(0) > 0 ? 3 : nil
  }
}

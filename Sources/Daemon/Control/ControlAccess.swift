package import Glibc

/// Who is at the other end of a connection, by the kernel's word and not by the caller's.
package struct ControlPeer: Sendable, Hashable {
  package var user: uid_t
  package var group: gid_t

  package init(user: uid_t, group: gid_t) {
    self.user = user
    self.group = group
  }

  /// Asks the kernel (SO_PEERCRED); nil if it does not know.
  package init?(descriptor: Int32) {
    // `struct ucred` is not in Glibc's module: pid, uid and gid, 32 bits each.
    var credentials: (pid: Int32, user: uid_t, group: gid_t) = (0, 0, 0)
    var size = socklen_t(MemoryLayout.size(ofValue: credentials))
    guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0,
      size == socklen_t(MemoryLayout.size(ofValue: credentials))
    else { return nil }
    self.init(user: credentials.user, group: credentials.group)
  }
}

/// Who may change things: root, the daemon's own user, and the members of one group.
package struct ControlAccess: Sendable {
  package var adminGroup: String
  package var daemonUser: uid_t
  /// The group's id; nil if there is no such group.
  package var groupID: @Sendable (String) -> gid_t?
  /// Every group of a user, the supplementary ones included.
  package var groups: @Sendable (uid_t) -> [gid_t]

  package init(
    adminGroup: String, daemonUser: uid_t = geteuid(),
    groupID: @escaping @Sendable (String) -> gid_t? = Self.systemGroupID,
    groups: @escaping @Sendable (uid_t) -> [gid_t] = Self.systemGroups
  ) {
    self.adminGroup = adminGroup
    self.daemonUser = daemonUser
    self.groupID = groupID
    self.groups = groups
  }

  package func mayChange(_ peer: ControlPeer) -> Bool {
    if peer.user == 0 || peer.user == daemonUser { return true }
    guard let admin = groupID(adminGroup) else { return false }
    return peer.group == admin || groups(peer.user).contains(admin)
  }

  /// Looks the group up in the system's data base.
  package static let systemGroupID: @Sendable (String) -> gid_t? = { name in
    guard !name.isEmpty else { return nil }
    return withBuffer { buffer, size in
      var entry = group()
      var found: UnsafeMutablePointer<group>?
      let code = getgrnam_r(name, &entry, buffer, size, &found)
      return (code, found == nil ? nil : entry.gr_gid)
    }
  }

  /// Looks the user's groups up in the system's data base; none for an unknown user.
  package static let systemGroups: @Sendable (uid_t) -> [gid_t] = { user in
    withBuffer { buffer, size in
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      let code = getpwuid_r(user, &entry, buffer, size, &found)
      guard code == 0, found != nil else { return (code, nil) }
      var count: Int32 = 64
      var groups = [gid_t](repeating: 0, count: Int(count))
      if getgrouplist(entry.pw_name, entry.pw_gid, &groups, &count) < 0, count > 64 {
        // It said how many there are.
        count = min(count, 65_536)
        groups = [gid_t](repeating: 0, count: Int(count))
        guard getgrouplist(entry.pw_name, entry.pw_gid, &groups, &count) >= 0 else {
          return (0, nil)
        }
      }
      return (0, Array(groups.prefix(Int(max(0, count)))))
    } ?? []
  }

  /// A user's name in the system's data base; nil for an unknown user.
  package static func userName(_ user: uid_t) -> String? {
    withBuffer { buffer, size in
      var entry = passwd()
      var found: UnsafeMutablePointer<passwd>?
      let code = getpwuid_r(user, &entry, buffer, size, &found)
      return (code, found == nil ? nil : entry.pw_name.map { String(cString: $0) })
    }
  }

  /// Calls with a growing buffer until it is no longer too small (ERANGE).
  private static func withBuffer<Found>(
    _ body: (UnsafeMutablePointer<CChar>, Int) -> (code: Int32, found: Found?)
  ) -> Found? {
    var size = 4096
    while size <= 1 << 20 {
      let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: size)
      defer { buffer.deallocate() }
      let (code, found) = body(buffer, size)
      if code != ERANGE { return found }
      size *= 4
    }
    return nil
  }
}

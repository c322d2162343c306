import Glibc
package import Store

/// Puts a backup in the place of the store while no daemon runs (O4).
///
/// Everything is looked at before anything is changed; the store's name leads to the old one or to
/// the new one at every moment.
package struct Restore {
  /// Where the store is, by the configuration.
  package var store: String

  package struct Outcome: Sendable, Equatable {
    package var facts: BackupFacts
    /// The name that the old store has now; nil where there was none.
    package var kept: String?
  }

  package init(store: String) { self.store = store }

  private var temporary: String { store + ".restoring" }
  private var directory: String {
    guard let slash = store.lastIndex(of: "/") else { return "." }
    return slash == store.startIndex ? "/" : String(store[..<slash])
  }

  package func run(_ file: String) throws -> Outcome {
    let source = try RestoreSource(file)
    try source.refuse(store: store)
    try becomeOwner()
    umask(0o077)
    let lock = try InstanceLock(store: store)
    return try withExtendedLifetime(lock) {
      defer { removeTemporary() }
      removeTemporary()
      try source.copy(to: temporary)
      let facts = try look(file)
      if facts.madeAt == nil { try SyncStore.markAsBackup(temporary) }
      try sync(temporary, O_RDWR)
      return Outcome(facts: facts, kept: try replace())
    }
  }

  // MARK: Looking

  private func look(_ file: String) throws -> BackupFacts {
    do {
      return try SyncStore.inspect(temporary)
    } catch StoreError.foreignFile {
      throw RestoreError("\(file) is no backup of sfsync; nothing was changed.", .configuration)
    } catch StoreError.newerSchema(let found, let known) {
      throw RestoreError(
        "\(file) was written by a newer sfsync (schema \(found), this one knows \(known)); nothing "
          + "was changed. Install that version, then restore.", .configuration)
    } catch let error as SQLError where error.problem == .damaged {
      throw RestoreError(
        "\(file) is damaged (\(error.message)); nothing was changed. Use another backup.", .disk)
    }
  }

  // MARK: Whose files these are

  /// Root takes the rights of whoever owns the directory, so that every file there stays that user's;
  /// the store itself may be a file that root has put there, or a link to one.
  private func becomeOwner() throws {
    var status = stat()
    guard stat(directory, &status) == 0 else {
      throw RestoreError(
        "There is no directory \(directory), where the store belongs (store.path). Start the daemon "
          + "once, or make the directory for its user.", .missingFile)
    }
    guard geteuid() == 0, status.st_uid != 0 else { return }
    guard setgroups(0, nil) == 0, setegid(status.st_gid) == 0, seteuid(status.st_uid) == 0 else {
      throw RestoreError.file(store, "written as its owner", errno)
    }
  }

  // MARK: Putting it in place

  /// The old store gets another name beside its own; then its own becomes the new one's.
  private func replace() throws -> String? {
    var kept: String?
    if access(store, F_OK) == 0 {
      do {
        _ = try SyncStore.peek([], at: store)
      } catch StoreError.foreignFile {
        throw RestoreError(
          "\(store) is a database of another program; nothing was changed. Name another file under "
            + "store.path.", .configuration)
      } catch {
        // Damaged perhaps, which is what backups are for.
      }
      kept = try keep()
    }
    // A log of the old store must never be replayed into the new one.
    for suffix in ["-wal", "-shm"] { unlink(store + suffix) }
    guard rename(temporary, store) == 0 else {
      let code = errno
      // Of two names for one file the renaming keeps both.
      if let kept, rename(kept, store) == 0 { unlink(kept) }
      throw RestoreError.file(store, "replaced", code)
    }
    try sync(directory, O_RDONLY | O_DIRECTORY)
    return kept
  }

  /// A second name for the store as it is, its log in the file or beside it.
  private func keep() throws -> String {
    let isWhole = SyncStore.emptyLog(of: store)
    for number in 1...999 {
      let name = "\(store).replaced-\(number)"
      // Nobody may link a file of root's (fs.protected_hardlinks); that name was free then.
      if link(store, name) == 0 || errno == EPERM && rename(store, name) == 0 {
        if !isWhole { rename(store + "-wal", name + "-wal") }
        return name
      }
      guard errno == EEXIST else { throw RestoreError.file(store, "kept as \(name)", errno) }
    }
    throw RestoreError(
      "There are 999 old stores beside \(store): remove those that nobody needs.", .disk)
  }

  private func sync(_ path: String, _ flags: Int32) throws {
    let descriptor = open(path, flags | O_CLOEXEC)
    guard descriptor >= 0 else { throw RestoreError.file(path, "opened", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw RestoreError.file(path, "put on the disk", errno) }
  }

  private func removeTemporary() {
    for suffix in ["", "-journal", "-wal", "-shm"] { unlink(temporary + suffix) }
  }
}

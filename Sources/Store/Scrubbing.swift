import CSQLite
import SyncCore

/// What is left of erased rows in the bytes of the file, and how it goes (O6).
extension Store {
  package enum Scrub: Sendable, Equatable {
    case clean
    /// Another program reads the store, so the log still holds what was written before.
    case logInUse
    /// SQLite could not write the file anew: where it moved rows, copies may remain in unused parts.
    case copiesMayRemain
  }

  /// Bytes of the file that are looked at in one go: a few milliseconds.
  private static let slice = 1 << 20

  /// Empties the log and looks through the unused parts of the file for `marks`; where SQLite has
  /// left a copy of a row that it moved, the whole file is written anew.
  ///
  /// SQLite overwrites what is deleted (`secure_delete`), but not what it copied to another page
  /// when a page was full: a few rows in a thousand have such a copy. `pause` is called between
  /// slices.
  package func scrub(of marks: Set<String>, pause: () async -> Void) async throws -> Scrub {
    guard try truncateLog() else { return .logInUse }
    guard try await hasCopies(of: Needles(marks), pause: pause) else { return .clean }
    do {
      // Of its own, since ours builds such things in memory, for which the file may be too large.
      let connection = try Database(path: database.path)
      try connection.execute("PRAGMA secure_delete = ON; VACUUM")
    } catch {
      guard error.problem != .damaged else { throw error }
      return .copiesMayRemain
    }
    return try truncateLog() ? .clean : .logInUse
  }

  /// Every page at its place and the log empty; false when somebody else reads the store.
  func truncateLog() throws(SQLError) -> Bool {
    try database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").first { _ in
    } read: {
      $0.integer(0) == 0
    } ?? false
  }

  private func hasCopies(
    of needles: Needles, pause: () async -> Void
  ) async throws -> Bool {
    let pageSize = Int(
      try database.prepare("PRAGMA page_size").first { _ in
      } read: {
        $0.integer(0)
      } ?? 4096)
    let size = sf_file_size(database.raw)
    guard size >= 0 else { throw database.error(SQLITE_IOERR, "file size") }
    var bytes = [UInt8](repeating: 0, count: max(Self.slice, pageSize))
    var offset: Int64 = 0
    while offset < size {
      let code = sf_read_file(database.raw, &bytes, Int32(bytes.count), offset)
      guard code == SQLITE_OK else { throw database.error(code, "read the file") }
      for start in stride(from: 0, to: bytes.count, by: pageSize) {
        let page = bytes[start..<start + pageSize]
        let gap = UnusedSpan.of(page, isFirst: offset == 0 && start == 0)
        if needles.areIn(gap) { return true }
      }
      offset += Int64(bytes.count)
      await pause()
    }
    return false
  }
}

/// Between the cell pointers and the cells of a b-tree page (sqlite.org/fileformat.html, 1.6): what
/// stands there belongs to nothing.
enum UnusedSpan {
  private static let interior: Set<UInt8> = [2, 5]
  private static let leaf: Set<UInt8> = [10, 13]

  /// Empty for a page that is none of a b-tree, or not as it should be.
  static func of(_ page: ArraySlice<UInt8>, isFirst: Bool) -> ArraySlice<UInt8> {
    let header = page.startIndex + (isFirst ? 100 : 0)
    guard page.count >= 512, let kind = page[header...].first else { return [] }
    let width: Int
    switch kind {
    case _ where leaf.contains(kind): width = 8
    case _ where interior.contains(kind): width = 12
    default: return []
    }
    func number(_ at: Int) -> Int { Int(page[header + at]) << 8 | Int(page[header + at + 1]) }
    // Zero stands for 65,536.
    let cells = page.startIndex + (number(5) == 0 ? 65_536 : number(5))
    let start = header + width + 2 * number(3)
    guard start < cells, cells <= page.endIndex else { return [] }
    return page[start..<cells]
  }
}

/// What gives somebody away: eight bytes in a row of an id, a name or an address.
///
/// A copy in the unused part of a page is overwritten bit by bit, from either end, so that it need
/// not be whole. Of an address only what stands before the @ tells people apart.
struct Needles {
  static let width = 8

  private var windows: Set<UInt64> = []

  init(_ marks: Set<String>) {
    for mark in marks {
      let bytes = Array(mark.utf8)
      let end = bytes.firstIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? bytes.count
      let last = max(0, end - Self.width)
      guard bytes.count >= Self.width else { continue }
      bytes.withUnsafeBytes { raw in
        for start in 0...last {
          windows.insert(raw.loadUnaligned(fromByteOffset: start, as: UInt64.self))
        }
      }
    }
  }

  func areIn(_ span: ArraySlice<UInt8>) -> Bool {
    guard span.count >= Self.width, !windows.isEmpty else { return false }
    return span.withUnsafeBytes { raw in
      for start in 0...raw.count - Self.width {
        let window = raw.loadUnaligned(fromByteOffset: start, as: UInt64.self)
        if window != 0, windows.contains(window) { return true }
      }
      return false
    }
  }
}

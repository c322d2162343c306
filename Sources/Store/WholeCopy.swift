import Glibc

/// Whole stores that are kept beside the store: each holds everybody whom the store held then.
package enum WholeCopy: String, CaseIterable {
  /// Could not be read any more (O4).
  case damaged
  /// Was there when a backup was put back (O4).
  case replaced
  /// As it was before a later release took it over.
  case before

  private static let numbers = 1...999
  /// What SQLite keeps beside a file, and what a copy is called until it is whole.
  private static let companions = ["", "-wal", "-shm", "-journal", ".part"]

  /// The file `STORE.damaged-1`, and so on.
  package func name(of path: String, _ number: Int) -> String { "\(path).\(rawValue)-\(number)" }

  /// Those that are there.
  static func all(of path: String) -> [String] {
    allCases.flatMap { copy in numbers.map { copy.name(of: path, $0) } }
      .filter { name in companions.contains { access(name + $0, F_OK) == 0 } }
  }

  /// Removes those that are there.
  static func removeAll(of path: String) {
    for name in all(of: path) {
      for companion in companions { unlink(name + companion) }
    }
  }
}

extension Store {
  /// The files beside the store that hold what it held at some time.
  package var wholeCopies: [String] { WholeCopy.all(of: database.path) }

  /// Removes them (O6).
  package func removeWholeCopies() { WholeCopy.removeAll(of: database.path) }
}

import Glibc

extension Store {
  /// Values of a store that may be in use, read without changing anything in it.
  ///
  /// Nil when there is no store at `path` yet; keys without a value are absent.
  package static func peek(_ keys: [String], at path: String) throws -> [String: String]? {
    guard access(path, F_OK) == 0 else { return nil }
    let database = try Database(path: path, isReadOnly: true)
    // Statements do not keep their database.
    return try withExtendedLifetime(database) { try peek(keys, in: database) }
  }

  private static func peek(
    _ keys: [String], in database: Database
  ) throws -> [String: String]? {
    func pragma(_ name: String) throws(SQLError) -> Int64 {
      try database.prepare("PRAGMA \(name)").first { _ in
      } read: {
        $0.integer(0)
      } ?? 0
    }
    let application = try pragma("application_id")
    // An empty file is a store that is about to be made.
    if application == 0, try pragma("user_version") == 0 { return nil }
    guard application == Schema.applicationID else { throw StoreError.foreignFile }
    let statement = try database.prepare("SELECT value FROM meta WHERE key = ?")
    var values: [String: String] = [:]
    for key in keys {
      values[key] = try statement.first {
        $0.bind(1, key)
      } read: {
        $0.text(0)
      }
    }
    return values
  }
}

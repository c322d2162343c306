import Glibc

extension Store {
  /// Values of a store that may be in use, read without changing anything in it.
  ///
  /// Nil when there is no file at `path`; keys without a value are absent.
  package static func peek(_ keys: [String], at path: String) throws -> [String: String]? {
    guard access(path, F_OK) == 0 else { return nil }
    let database = try Database(path: path, isReadOnly: true)
    let application = try database.prepare("PRAGMA application_id").first { _ in
    } read: {
      $0.integer(0)
    }
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

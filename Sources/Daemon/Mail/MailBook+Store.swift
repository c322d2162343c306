import FoundationEssentials
import Store

/// The book's place in the store: written with whatever else the same transaction writes.
extension MailBook {
  private static let key = "mail"

  static func find(_ store: SyncStore) throws -> MailBook? {
    guard let text = try store.get(key) else { return nil }
    return try? JSONDecoder().decode(MailBook.self, from: Data(text.utf8))
  }

  /// Nothing is owed for what was over before anybody wanted mail.
  static func new(_ store: SyncStore, now: Int64) throws -> MailBook {
    MailBook(initialSince: try store.get("initial") == "done" ? nil : now)
  }

  /// The book as it stands; an empty one where there is none.
  static func load(_ store: SyncStore) throws -> MailBook {
    try find(store) ?? MailBook(initialSince: nil)
  }

  func save(_ store: SyncStore) throws {
    let data = try JSONEncoder().encode(self)
    try store.set(Self.key, String(decoding: data, as: UTF8.self))
  }

  static func remove(_ store: SyncStore) throws { try store.set(key, nil) }
}

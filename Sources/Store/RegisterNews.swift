/// What happened to the entries of one code since somebody last looked.
package struct RegisterNews: Sendable, Equatable {
  package var code: String
  /// They were opened; else they are over.
  package var isOpened: Bool
  package var count: Int64
  /// The newest of them.
  package var lastID: Int64
}

/// The register's news, for a journal that has a line a code and not a line an entry.
///
/// They are kept beside the file, in memory, by triggers: whatever opens or closes an entry is
/// noted with it, or not at all.
extension Store {
  /// Begins to note them.
  ///
  /// What has an event of its own is left out: a side, the guard, the share, the store, mail. An entry
  /// that is over before it was told leaves nothing.
  package func watchRegister() throws(SQLError) {
    // Ids are not unique here: SQLite gives that of a deleted row again.
    try database.execute(
      """
      CREATE TEMP TABLE register_news(id INTEGER NOT NULL, code TEXT NOT NULL, is_open INTEGER);
      CREATE INDEX temp.register_news_id ON register_news(id);
      CREATE TEMP TRIGGER register_opened AFTER INSERT ON main.error
      WHEN \(Self.isTold("new")) AND new.closed_at IS NULL BEGIN
        INSERT INTO register_news VALUES(new.id, new.code, 1);
      END;
      CREATE TEMP TRIGGER register_closed AFTER UPDATE OF closed_at ON main.error
      WHEN \(Self.isTold("new")) AND old.closed_at IS NULL AND new.closed_at IS NOT NULL BEGIN
        \(Self.noteEnd)
      END;
      CREATE TEMP TRIGGER register_deleted AFTER DELETE ON main.error
      WHEN \(Self.isTold("old")) AND old.closed_at IS NULL BEGIN
        \(Self.noteEnd)
      END;
      """)
  }

  private static func isTold(_ row: String) -> String {
    """
    \(row).subject_key NOT GLOB 'side:*'
      AND \(row).subject_key NOT IN ('guard', 'share', 'store', 'mail', 'mail:lost')
    """
  }

  private static let noteEnd = """
    INSERT INTO register_news SELECT old.id, old.code, 0
      WHERE NOT EXISTS (SELECT 1 FROM register_news WHERE id = old.id AND is_open);
    DELETE FROM register_news WHERE id = old.id AND is_open;
    """

  /// The news by code, those of opened entries first.
  package func registerNews() throws(SQLError) -> [RegisterNews] {
    var news: [RegisterNews] = []
    try database.statement(
      """
      SELECT code, is_open, count(*), max(id) FROM register_news
      GROUP BY code, is_open ORDER BY is_open DESC, max(id)
      """
    ).rows(each: { row in
      news.append(
        RegisterNews(
          code: row.text(0), isOpened: row.integer(1) == 1, count: row.integer(2),
          lastID: row.integer(3)))
    })
    return news
  }

  /// Forgets news that were told.
  package func forget(_ news: RegisterNews) throws(SQLError) {
    try database.statement("DELETE FROM register_news WHERE code = ? AND is_open = ?").run {
      $0.bind(1, news.code)
      $0.bind(2, news.isOpened ? 1 : 0)
    }
  }
}

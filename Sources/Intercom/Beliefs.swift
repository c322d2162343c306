import HTTP

/// What a page of people shows of habits that we rely on.
package struct PeopleSample: Sendable, Equatable {
  package var people = 0
  /// People who are marked as archived.
  package var hidden = 0
  /// Whether some name or attribute has an HTML escape in it.
  package var hasEscapes = false
  /// Somebody whom a search can be tried on.
  package var someone: Someone?

  package struct Someone: Sendable, Equatable {
    package var id: String
    package var updatedAtSecond: Int64
  }
}

// What is read to find out whether what we believe of Intercom is so (docs/ASSUMPTIONS.md):
// nothing in here changes anything.
extension Intercom {
  /// The first page of the list of people, looked at for what it shows besides the people.
  ///
  /// `someone` changed before `before` (milliseconds UTC) and not at a full quarter of an hour: a
  /// second earlier was the same day in every time zone.
  package func peopleSample(
    changedBefore before: Int64
  ) async throws(IntercomError) -> PeopleSample {
    let answered = try await call(
      .people, "read the list of people", .get, "/contacts?per_page=\(Self.pageSize)")
    guard case .list(let people) = try tree(answered)["data"] else {
      throw answered.judge.unreadable(answered.response, "the answer has no list of people")
    }
    var sample = PeopleSample(people: people.count)
    for person in people {
      if person["archived"]?.flag == true { sample.hidden += 1 }
      if Self.hasEscape(person["name"]) { sample.hasEscapes = true }
      for value in (person["custom_attributes"]?.members ?? [:]).values {
        if Self.hasEscape(value) { sample.hasEscapes = true }
      }
      guard sample.someone == nil, let id = person["id"]?.id,
        let milliseconds = person["updated_at"]?.milliseconds, milliseconds < before,
        milliseconds / 1000 % 900 != 0
      else { continue }
      sample.someone = .init(id: id, updatedAtSecond: milliseconds / 1000)
    }
    return sample
  }

  private static func hasEscape(_ value: JSONTree?) -> Bool {
    guard let text = value?.text else { return false }
    return ["&amp;", "&#39;", "&quot;", "&lt;", "&gt;"].contains { text.contains($0) }
  }

  /// Whether the search for people who changed after that second finds this one.
  package func findsPerson(
    _ id: String, changedAfterSecond second: Int64
  ) async throws(IntercomError) -> Bool {
    try await finds(
      .people, "try the search for people", "/contacts/search", "data", id, second)
  }

  /// Whether the search for conversations that changed after that second finds this one.
  package func findsConversation(
    _ id: String, changedAfterSecond second: Int64
  ) async throws(IntercomError) -> Bool {
    try await finds(
      .conversations, "try the search for conversations", "/conversations/search",
      "conversations", id, second)
  }

  private func finds(
    _ subject: Subject, _ attempt: String, _ path: String, _ member: String, _ id: String,
    _ second: Int64
  ) async throws(IntercomError) -> Bool {
    func condition(_ field: String, _ comparison: String, _ value: JSONBody) -> JSONBody {
      .object([("field", .text(field)), ("operator", .text(comparison)), ("value", value)])
    }
    let answered = try await call(
      subject, attempt, .post, path,
      body: Self.search(
        .object([
          ("operator", .text("AND")),
          (
            "value",
            .list([
              condition("updated_at", ">", .number(second)), condition("id", "=", .text(id)),
            ])
          ),
        ]), sortedBy: "updated_at", "descending", nil))
    let tree = try tree(answered)
    guard case .list(let items) = tree[member] ?? tree["data"] else {
      throw answered.judge.unreadable(answered.response, "the answer has no list")
    }
    return items.contains { $0["id"]?.id == id }
  }
}

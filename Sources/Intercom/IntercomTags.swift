import HTTP

extension Intercom {
  /// All tags of the workspace by id and name, for people and conversations alike; the answer has
  /// no pages.
  package func tags() async throws(IntercomError) -> [(id: String, name: String)] {
    let answered = try await call(.tags, "read the tags", .get, "/tags")
    guard case .list(let items) = try tree(answered)["data"] else {
      throw answered.judge.unreadable(answered.response, "the answer has no list of tags")
    }
    var tags: [(id: String, name: String)] = []
    for item in items {
      guard let id = item["id"]?.id else {
        throw answered.judge.unreadable(answered.response, "the answer has a tag without an id")
      }
      tags.append((id, item["name"]?.name ?? ""))
    }
    return tags
  }

  /// One page of the people with a tag, oldest first (`POST /contacts/search`).
  ///
  /// The order is by creation since that never changes, so that nobody is missed who changes while
  /// the pages are read. A contact shows ten tags at most, and nothing says that tagging touches
  /// `updated_at`: this is the one way to see them all.
  package func people(
    withTag id: String, startingAfter: String?
  ) async throws(IntercomError) -> PersonPage {
    try page(
      await call(
        .people, "search the people with the tag \(id)", .post, "/contacts/search",
        body: Self.search(
          .object([
            ("field", .text("tag_id")), ("operator", .text("=")), ("value", .text(id)),
          ]), sortedBy: "created_at", "ascending", startingAfter)))
  }
}

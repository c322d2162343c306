import HTTP
package import SyncCore

/// Reading and writing people (Intercom's contacts, leads and users alike).
extension Intercom {
  /// One page of everybody who is neither archived nor merged away, in Intercom's own order
  /// (`GET /contacts`).
  package func list(startingAfter: String?) async throws(IntercomError) -> PersonPage {
    var path = "/contacts?per_page=\(Self.pageSize)"
    if let startingAfter { path += "&starting_after=" + startingAfter.percentEncoded }
    return try page(await call(.people, "read the list of people", .get, path))
  }

  /// One page of the people who changed, newest first (`POST /contacts/search`).
  ///
  /// `updatedSince` is in milliseconds UTC. It is a lower bound only: the page also has people who
  /// changed before it, and the caller stops at its cursor.
  ///
  /// Intercom searches by whole days of the workspace's time zone, and `>` starts at the next
  /// day's midnight (OpenAPI 2.15 and 2.16, "Searching for Timestamp Fields"): asking from two
  /// days before is before `updatedSince` in every zone, on days of 23 and 25 hours too. A new
  /// person takes some minutes to appear.
  package func search(
    updatedSince: Int64, startingAfter: String?
  ) async throws(IntercomError) -> PersonPage {
    let twoDays: Int64 = 2 * 86_400
    let since = max(0, updatedSince / 1000 - twoDays)
    let body = Self.search(
      .object([
        ("field", .text("updated_at")), ("operator", .text(">")), ("value", .number(since)),
      ]), sortedBy: "updated_at", "descending", startingAfter)
    return try page(
      await call(.people, "search the changed people", .post, "/contacts/search", body: body))
  }

  /// The body of a search; its cursor travels here and not in the address.
  static func search(
    _ query: JSONBody, sortedBy field: String, _ order: String, _ startingAfter: String?
  ) -> JSONBody {
    var pagination: [(String, JSONBody)] = [("per_page", .number(Int64(pageSize)))]
    if let startingAfter { pagination.append(("starting_after", .text(startingAfter))) }
    return .object([
      ("query", query), ("sort", .object([("field", .text(field)), ("order", .text(order))])),
      ("pagination", .object(pagination)),
    ])
  }

  /// One person; ``IntercomError/isPersonGone`` when it is archived, deleted, merged or unknown.
  ///
  /// The answer's id is the survivor's where Intercom follows a merge by itself.
  package func person(_ id: String) async throws(IntercomError) -> PersonAnswer {
    try answer(
      await call(.person, "read the person \(id)", .get, "/contacts/" + id.percentEncoded))
  }

  /// Writes those attributes that have a configured name, in one call; nil clears (S8).
  ///
  /// Intercom has no guard against a lost update: the last write wins.
  package func update(
    _ id: String, attributes: [(Attribute, String?)]
  ) async throws(IntercomError) -> PersonAnswer {
    let members: [(String, JSONBody)] = attributes.compactMap { attribute, value in
      settings.attributeNames[attribute].map { ($0, value.map(JSONBody.text) ?? .null) }
    }
    return try answer(
      await call(
        .person, "write the attributes of the person \(id)", .put,
        "/contacts/" + id.percentEncoded,
        body: .object([("custom_attributes", .object(members))])))
  }

  /// Makes a teammate the person's owner (A2); ``PersonAnswer`` is what Intercom made of it.
  package func setTeammate(
    _ personID: String, to adminID: String
  ) async throws(IntercomError) -> PersonAnswer {
    let digits = settings.hasNumericOwners ? Int64(adminID) : nil
    return try answer(
      await call(
        .person, "make the teammate \(adminID) the owner of the person \(personID)", .put,
        "/contacts/" + personID.percentEncoded,
        body: .object([("owner_id", digits.map(JSONBody.number) ?? .text(adminID))])))
  }

  /// One person with all attributes, fresh; ``IntercomError/isPersonGone`` as ``person(_:)``.
  package func details(_ id: String) async throws(IntercomError) -> PersonDetails {
    let answered = try await call(
      .person, "read the person \(id)", .get, "/contacts/" + id.percentEncoded)
    guard let details = PersonDetails(try tree(answered)) else {
      throw answered.judge.unreadable(answered.response, "the answer is no person")
    }
    return details
  }

  // MARK: Answers

  private var scanner: PersonScanner { PersonScanner(settings) }

  func page(
    _ answered: (response: Response, judge: Judge)
  ) throws(IntercomError) -> PersonPage {
    do {
      return try PersonPage(answered.response.body, scanner: scanner)
    } catch {
      throw answered.judge.unreadable(answered.response, "\(error)")
    }
  }

  private func answer(
    _ answered: (response: Response, judge: Judge)
  ) throws(IntercomError) -> PersonAnswer {
    do {
      return try PersonAnswer(answered.response.body, scanner: scanner)
    } catch {
      throw answered.judge.unreadable(answered.response, "\(error)")
    }
  }
}

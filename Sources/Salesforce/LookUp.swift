package import SyncCore

// Single people and records, looked up at the moment when it matters (L3, L8).
extension Salesforce {
  /// Every Lead and Contact with that e-mail address, in the row shape of a poll: one API call.
  ///
  /// With `key`, also those whose match field holds it. Converted and deleted records are among
  /// them and say so in their rows.
  package func records(
    withEmail email: String, key: String? = nil
  ) async throws(Failure) -> [Page] {
    let attempt = "look up the records of an e-mail address"
    let streams: [Stream] = [.lead, .contact]
    let matchField = settings.matchField
    let answer = try await pages(of: streams, attempt: attempt) { stream, shape in
      var condition = "Email = \(SOQL.literal(email))"
      if let key, let matchField, let equal = shape.equality(matchField, key) {
        condition = "(\(condition) OR \(equal))"
      }
      return SOQL.select(shape.fields, from: stream.rawValue, where: condition)
    }
    return try await whole(streams.compactMap { answer.pages[$0] }, attempt)
  }

  static let lookedUpMax = 200

  /// The Leads and Contacts of those ids, deleted and converted ones included, in the row shape of
  /// a poll: one API call.
  ///
  /// At most 200 of each; an id that is unknown or hidden has no row.
  package func records(_ ids: [String]) async throws(Failure) -> [Page] {
    let attempt = "look up records by id"
    var wanted: [Stream: [String]] = [:]
    for id in ids {
      // One id whose last three characters belie the others would fail the whole query.
      guard let full = SalesforceID.normalized(id), let object = RecordObject(id: full),
        SalesforceID.normalized(String(full.prefix(15))) == full
      else { continue }
      wanted[Stream(object), default: []].append(full)
    }
    if let count = wanted.values.map(\.count).max(), count > Self.lookedUpMax {
      throw .tooMany(count, Self.lookedUpMax, attempt)
    }
    let streams = [Stream.lead, .contact].filter { wanted[$0] != nil }
    guard !streams.isEmpty else { return [] }
    let answer = try await pages(of: streams, attempt: attempt) { stream, shape in
      SOQL.select(
        shape.fields, from: stream.rawValue, where: SOQL.isIn("Id", wanted[stream] ?? []))
    }
    return try await whole(streams.compactMap { answer.pages[$0] }, attempt)
  }
}

extension RowShape {
  /// `field = …` as its type wants it; nil where the value cannot be one of it.
  fileprivate func equality(_ field: String, _ value: String) -> String? {
    let wanted = field.lowercased()
    let selected = selected.first {
      String(decoding: $0.name, as: UTF8.self).lowercased() == wanted
        && $0.column == RecordColumn.matchKey.rawValue
    }
    guard let selected else { return nil }
    let name = String(decoding: selected.name, as: UTF8.self)
    guard selected.kind == .number else { return "\(name) = \(SOQL.literal(value))" }
    guard value.wholeMatch(of: /-?[0-9]{1,18}(\.[0-9]{1,18})?/) != nil else { return nil }
    return "\(name) = \(value)"
  }
}

extension Failure {
  /// More than one call takes: a defect of ours.
  static func tooMany(_ count: Int, _ most: Int, _ attempt: String) -> Failure {
    Failure(
      .salesforce, SalesforceMeaning.request, attempt: attempt,
      answer: "\(count) in one call, where \(most) may be")
  }
}

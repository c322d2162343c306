import HTTP
package import SyncCore

/// The objects whose fields can be asked for.
package enum DescribedObject: String, Sendable, CaseIterable {
  case lead = "Lead"
  case contact = "Contact"
  case task = "Task"

  package init(_ object: RecordObject) { self = object == .lead ? .lead : .contact }

  fileprivate var stream: Stream? { Stream(rawValue: rawValue) }
}

extension Salesforce {
  static let descriptionMilliseconds: Int64 = 24 * 3_600_000
  /// Real ones have 40 to 130 kB; orgs with hundreds of fields and long picklists a few MB.
  static let descriptionBytesMax = 32 << 20

  /// What the integration user may see of `object`: kept for a day, then asked for again with
  /// If-Modified-Since; what is kept will not do when `isFresh`.
  package func describe(
    _ object: DescribedObject, isFresh: Bool = false
  ) async throws(Failure) -> ObjectDescription {
    try await describe(object.rawValue, object.stream, isFresh)
  }

  func describe(_ stream: Stream, isFresh: Bool) async throws(Failure) -> ObjectDescription {
    try await describe(stream.rawValue, stream, isFresh)
  }

  private func describe(
    _ name: String, _ stream: Stream?, _ isFresh: Bool
  ) async throws(Failure) -> ObjectDescription {
    let kept = descriptions[name]
    if !isFresh, let kept, abs(now() - kept.readAt) < Self.descriptionMilliseconds { return kept }
    var call = Call(
      path: path("/sobjects/\(name)/describe"), answerBytesLimit: Self.descriptionBytesMax,
      attempt: "read the fields of \(name)")
    // Whether a permission that was granted moves Last-Modified is not known: what lacks a field
    // is read whole.
    let isComplete = kept.map { kept in stream.map { shape(of: $0, kept).isComplete } ?? true }
    if !isFresh, isComplete == true, let since = kept?.lastModified {
      call.headers["If-Modified-Since"] = since
    }
    let response = try await send(call)
    let at = now()
    if response.status == 304, var kept {
      kept.readAt = at
      descriptions[name] = kept
      return kept
    }
    guard let description = ObjectDescription(response, readAt: at) else {
      throw .unreadable(call.attempt, "the answer lists no fields", response)
    }
    descriptions[name] = description
    return description
  }

  /// Fields that we would read but may not see, as `Lead.Title`; known after the first reading.
  package var missingFields: [String] {
    Stream.allCases.flatMap { stream in
      (descriptions[stream.rawValue].map { shape(of: stream, $0).missing } ?? []).map {
        "\(stream.rawValue).\($0)"
      }
    }
  }

  static let doubtMilliseconds: Int64 = 15 * 60_000

  /// Forgets the fields of `object` after a refusal that they should have foretold, so that the
  /// next look is a fresh one; a description of the last quarter of an hour is believed.
  func doubt(_ object: DescribedObject, after failure: Failure) {
    guard Self.foretold.contains(failure.meaning), let kept = descriptions[object.rawValue],
      abs(now() - kept.readAt) >= Self.doubtMilliseconds
    else { return }
    descriptions[object.rawValue] = nil
  }

  private static let foretold = [
    SalesforceMeaning.writeField, SalesforceMeaning.fieldNotWritable,
    SalesforceMeaning.requiredField, SalesforceMeaning.tooLong, SalesforceMeaning.picklist,
    SalesforceMeaning.wrongType, SalesforceMeaning.numberRange,
  ]

  // MARK: Shapes

  func shape(of stream: Stream, _ description: ObjectDescription?) -> RowShape {
    RowShape(
      stream, matchField: settings.matchField, visible: description, hidesAccount: hidesAccount)
  }

  /// The shape that the rows of `stream` are asked for in; owners are described only after a
  /// query of theirs was refused.
  func shape(of stream: Stream) async throws(Failure) -> RowShape {
    let isKnown = stream.object != nil || descriptions[stream.rawValue] != nil
    let description = isKnown ? try await describe(stream, isFresh: false) : nil
    let shape = shape(of: stream, description)
    guard let hidden = shape.indispensable.first else { return shape }
    // Perhaps the permission has just been granted.
    let again = self.shape(of: stream, try await describe(stream, isFresh: true))
    guard let still = again.indispensable.first else { return again }
    throw Failure(
      .salesforce, SalesforceMeaning.fieldHidden, attempt: "read \(stream.rawValue)",
      answer: "\(stream.rawValue).\(still) is not visible: grant the integration user read access "
        + "to it (Setup, Object Manager, \(stream.rawValue), Fields, \(hidden), Field-Level Security)",
      fields: [still])
  }

  /// Whether the account's fields are left out of Contact for now: the look-up is visible, what
  /// it leads to was refused all the same.
  private var hidesAccount: Bool {
    accountRefusedAt.map { abs(now() - $0) < Self.descriptionMilliseconds } ?? false
  }

  /// Looks anew at what is visible after a query of `stream` was refused for a field; true when
  /// it is worth asking once more.
  ///
  /// `round` counts the refusals: after the second one the account's fields are left out.
  func reconsider(_ stream: Stream, _ round: Int) async throws(Failure) -> Bool {
    if round == 0 {
      _ = try await describe(stream, isFresh: true)
      return true
    }
    guard round == 1, stream == .contact, !hidesAccount,
      try await shape(of: stream).nested != nil
    else { return false }
    accountRefusedAt = now()
    return true
  }
}

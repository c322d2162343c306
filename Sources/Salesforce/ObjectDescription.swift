import HTTP
package import SyncCore
import Wire

/// The fields of an object that the integration user may see.
package struct ObjectDescription: Sendable, Equatable {
  package struct Field: Sendable, Equatable, Codable {
    /// In the org's own spelling.
    package var name: String
    /// In Salesforce's words, such as `string`, `picklist` or `reference`.
    package var type: String
    /// Whether a query may compare it.
    package var isFilterable: Bool
  }

  package var fields: [Field]
  /// As the answer gave it; sent back as If-Modified-Since.
  var lastModified: String?
  /// Milliseconds UTC of our own clock.
  var readAt: Int64

  /// The field of that name, whatever the case of its letters.
  package func field(_ name: String) -> Field? {
    let wanted = name.lowercased()
    return fields.first { $0.name.lowercased() == wanted }
  }

  init(fields: [Field]) {
    self.fields = fields
    readAt = 0
  }

  init?(_ response: Response, readAt: Int64) {
    guard let fields = response.body.withUnsafeBytes({ try? Self.read($0) }), !fields.isEmpty
    else { return nil }
    self.fields = fields
    self.readAt = readAt
    lastModified = response.headers["Last-Modified"]
  }

  private static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> [Field] {
    var reader = JSONReader(bytes)
    var fields: [Field] = []
    try reader.readObject { reader, key throws(JSONError) in
      guard key == "fields" else { return try reader.skipValue() }
      try reader.readArray { reader throws(JSONError) in
        var field = Field(name: "", type: "", isFilterable: false)
        try reader.readObject { reader, key throws(JSONError) in
          if key == "name" {
            field.name = try reader.readString().string
          } else if key == "type" {
            field.type = try reader.readString().string
          } else if key == "filterable" {
            field.isFilterable = try reader.readBool()
          } else {
            try reader.skipValue()
          }
        }
        if !field.name.isEmpty { fields.append(field) }
      }
    }
    try reader.finish()
    return fields
  }
}

extension Salesforce {
  static let descriptionMilliseconds: Int64 = 24 * 3_600_000

  /// What the integration user may see of `object`: kept for a day, then asked for again with
  /// If-Modified-Since.
  package func describe(_ object: RecordObject) async throws(Failure) -> ObjectDescription {
    try await describe(Stream(object), isFresh: false)
  }

  /// What is kept will not do when `isFresh`.
  func describe(_ stream: Stream, isFresh: Bool) async throws(Failure) -> ObjectDescription {
    let kept = descriptions[stream]
    if !isFresh, let kept, abs(now() - kept.readAt) < Self.descriptionMilliseconds { return kept }
    var call = Call(
      path: path("/sobjects/\(stream.rawValue)/describe"),
      attempt: "read the fields of \(stream.rawValue)")
    // Whether a permission that was granted moves Last-Modified is not known: what lacks a field
    // is read whole.
    if !isFresh, let kept, let since = kept.lastModified, shape(of: stream, kept).isComplete {
      call.headers["If-Modified-Since"] = since
    }
    let response = try await send(call)
    let at = now()
    if response.status == 304, var kept {
      kept.readAt = at
      descriptions[stream] = kept
      return kept
    }
    guard let description = ObjectDescription(response, readAt: at) else {
      throw .unreadable(call.attempt, "the answer lists no fields", response)
    }
    descriptions[stream] = description
    return description
  }

  /// Fields that we would read but may not see, as `Lead.Title`; known after the first reading.
  package var missingFields: [String] {
    Stream.allCases.flatMap { stream in
      (descriptions[stream].map { shape(of: stream, $0).missing } ?? []).map {
        "\(stream.rawValue).\($0)"
      }
    }
  }

  func shape(of stream: Stream, _ description: ObjectDescription?) -> RowShape {
    RowShape(stream, matchField: settings.matchField, visible: description)
  }

  /// The shape that the rows of `stream` are asked for in; owners are described only after a
  /// query of theirs was refused.
  func shape(of stream: Stream) async throws(Failure) -> RowShape {
    let isKnown = stream.object != nil || descriptions[stream] != nil
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
}

import HTTP
package import SyncCore
import Wire

/// An object as the integration user sees it (REST API, "sObject Describe").
package struct ObjectDescription: Sendable, Equatable {
  /// Only the fields that are visible; in the order of the answer.
  package var fields: [FieldDescription]
  package var isCreateable: Bool
  package var isUpdateable: Bool
  /// As the answer gave it; sent back as If-Modified-Since.
  var lastModified: String?
  /// Milliseconds UTC of our own clock.
  var readAt: Int64
  private let places: [String: Int]

  /// The field of that name, whatever the case of its letters.
  package func field(_ name: String) -> FieldDescription? {
    places[name.lowercased()].map { fields[$0] }
  }

  init(fields: [FieldDescription]) {
    self.init(Answer(fields: fields, isCreateable: true, isUpdateable: true))
  }

  init?(_ response: Response, readAt: Int64) {
    guard let answer = response.body.withUnsafeBytes({ try? Answer($0) }), !answer.fields.isEmpty
    else { return nil }
    self.init(answer)
    self.readAt = readAt
    lastModified = response.headers["Last-Modified"]
  }

  private init(_ answer: Answer) {
    fields = answer.fields
    isCreateable = answer.isCreateable
    isUpdateable = answer.isUpdateable
    readAt = 0
    let names = answer.fields.enumerated().map { ($1.name.lowercased(), $0) }
    places = Dictionary(names, uniquingKeysWith: { first, _ in first })
  }
}

/// The members of a describe answer that we rely on; each version adds others.
private struct Answer {
  var fields: [FieldDescription] = []
  var isCreateable = false
  var isUpdateable = false

  init(fields: [FieldDescription], isCreateable: Bool, isUpdateable: Bool) {
    self.fields = fields
    self.isCreateable = isCreateable
    self.isUpdateable = isUpdateable
  }

  init(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
    var reader = JSONReader(bytes)
    try reader.readObject { reader, key throws(JSONError) in
      if key == "fields" {
        try reader.readArray { reader throws(JSONError) in
          let field = try Self.readField(&reader)
          if !field.name.isEmpty { fields.append(field) }
        }
      } else if key == "createable" {
        isCreateable = try reader.readFlagIfAny() ?? false
      } else if key == "updateable" {
        isUpdateable = try reader.readFlagIfAny() ?? false
      } else {
        try reader.skipValue()
      }
    }
    try reader.finish()
  }

  private static func readField(
    _ reader: inout JSONReader
  ) throws(JSONError) -> FieldDescription {
    // What a field is not said to be able to, it cannot.
    var field = FieldDescription(
      name: "", type: "", isCreateable: false, isUpdateable: false, isNillable: false,
      isFilterable: false)
    try reader.readObject { reader, key throws(JSONError) in
      if let path = texts[key.string] {
        if let text = try reader.readTextIfAny() { field[keyPath: path] = text }
      } else if let path = numbers[key.string] {
        if let number = try reader.readNumberIfAny() { field[keyPath: path] = max(0, number) }
      } else if let path = flags[key.string] {
        if let flag = try reader.readFlagIfAny() { field[keyPath: path] = flag }
      } else if key == "picklistValues" {
        field.picklistValues = try readValues(&reader)
      } else {
        try reader.skipValue()
      }
    }
    return field
  }

  private static func readValues(
    _ reader: inout JSONReader
  ) throws(JSONError) -> [FieldDescription.PicklistValue] {
    var values: [FieldDescription.PicklistValue] = []
    try reader.readArrayIfAny { reader throws(JSONError) in
      var value: String?
      var label: String?
      var isActive = true
      try reader.readObjectIfAny { reader, key throws(JSONError) in
        if key == "value" {
          value = try reader.readTextIfAny()
        } else if key == "label" {
          label = try reader.readTextIfAny()
        } else if key == "active" {
          isActive = try reader.readFlagIfAny() ?? true
        } else {
          try reader.skipValue()
        }
      }
      guard let value else { return }
      values.append(.init(value: value, label: label ?? value, isActive: isActive))
    }
    return values
  }

  private typealias Path<Value> = any WritableKeyPath<FieldDescription, Value> & Sendable

  private static let texts: [String: Path<String>] = [
    "name": \.name, "label": \.label, "type": \.type,
  ]
  private static let numbers: [String: Path<Int>] = [
    "length": \.length, "digits": \.digits, "precision": \.precision, "scale": \.scale,
  ]
  private static let flags: [String: Path<Bool>] = [
    "createable": \.isCreateable, "updateable": \.isUpdateable, "nillable": \.isNillable,
    "defaultedOnCreate": \.isDefaultedOnCreate, "restrictedPicklist": \.isRestrictedPicklist,
    "externalId": \.isExternalID, "unique": \.isUnique, "filterable": \.isFilterable,
  ]
}

extension Value {
  /// The value as canonical JSON: no white space, numbers as they came.
  package var json: String {
    var out: [UInt8] = []
    ValueJSON.append(self, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// The value that `json` says; nil for what is no JSON, or holds an object, or nests too deep.
  package init?(json: String) {
    var reader = ValueJSON.Reader(json)
    guard let value = reader.value(), reader.isAtEnd() else { return nil }
    self = value
  }
}

extension Dictionary where Key == String, Value == SyncCore.Value {
  /// A JSON object, its keys in the order of their UTF-8 bytes; the same values give the same text.
  package var json: String {
    var out: [UInt8] = []
    ValueJSON.append(self, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// The values that the JSON object `json` holds; none for nil and for what is no such object.
  ///
  /// A key that stands twice has its last value.
  package init(json: String?) {
    guard let json else {
      self = [:]
      return
    }
    var reader = ValueJSON.Reader(json)
    if let values = reader.object(), reader.isAtEnd() { self = values } else { self = [:] }
  }
}

/// Values as the store keeps them (RFC 8259).
enum ValueJSON {
  static let nestingMax = 16

  static func append(_ value: Value, to out: inout [UInt8]) {
    switch value {
    case .null: out += "null".utf8
    case .text(let text): AttributeValues.append(quoted: text, to: &out)
    case .number(let digits):
      // What is no number would spoil the whole text.
      if isNumber(digits) {
        out += digits.utf8
      } else {
        AttributeValues.append(quoted: digits, to: &out)
      }
    case .flag(let flag): out += (flag ? "true" : "false").utf8
    case .list(let values):
      out.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        append(value, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    }
  }

  static func append(_ values: Values, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "{"))
    let keys = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    for (index, key) in keys.enumerated() {
      if index > 0 { out.append(UInt8(ascii: ",")) }
      AttributeValues.append(quoted: key, to: &out)
      out.append(UInt8(ascii: ":"))
      append(values[key] ?? .null, to: &out)
    }
    out.append(UInt8(ascii: "}"))
  }

  static func isNumber(_ text: String) -> Bool {
    var reader = Reader(text)
    return reader.number() != nil && reader.position == reader.bytes.count
  }
}

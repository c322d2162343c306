/// A call's parameters as they are read one by one; what nobody asked for is refused at the end.
struct Arguments {
  private let values: [String: JSONValue]
  private var known: Set<String> = []

  init(_ values: [String: JSONValue]) { self.values = values }

  /// Null and a missing key are the same.
  private mutating func value(_ name: String) -> JSONValue? {
    known.insert(name)
    return values[name] == .null ? nil : values[name]
  }

  mutating func flag(_ name: String) throws(ControlError) -> Bool {
    switch value(name) {
    case nil: false
    case .bool(let flag)?: flag
    default: throw .invalidParameter(parameter: name)
    }
  }

  mutating func integer(_ name: String) throws(ControlError) -> Int64? {
    switch value(name) {
    case nil: nil
    case .integer(let integer)?: integer
    default: throw .invalidParameter(parameter: name)
    }
  }

  mutating func integers(_ name: String) throws(ControlError) -> [Int64]? {
    guard let value = value(name) else { return nil }
    guard case .array(let elements) = value else { throw .invalidParameter(parameter: name) }
    var integers: [Int64] = []
    for element in elements {
      guard case .integer(let integer) = element else { throw .invalidParameter(parameter: name) }
      integers.append(integer)
    }
    return integers
  }

  mutating func required(_ name: String) throws(ControlError) -> [Int64] {
    guard let integers = try integers(name) else { throw .invalidParameter(parameter: name) }
    return integers
  }

  /// Text of 1 to 1000 bytes.
  mutating func required(_ name: String) throws(ControlError) -> String {
    guard let text = try text(name) else { throw .invalidParameter(parameter: name) }
    return text
  }

  /// Text of 1 to 1000 bytes.
  mutating func text(_ name: String) throws(ControlError) -> String? {
    guard let value = value(name) else { return nil }
    guard case .string(let text) = value, 1...1000 ~= text.utf8.count else {
      throw .invalidParameter(parameter: name)
    }
    return text
  }

  /// Texts by name: names of 1 to 255 bytes; the message's own limit is that of the texts.
  mutating func texts(_ name: String) throws(ControlError) -> [String: String]? {
    guard let value = value(name) else { return nil }
    guard case .object(let members) = value else { throw .invalidParameter(parameter: name) }
    var texts: [String: String] = [:]
    for (key, member) in members {
      guard case .string(let text) = member, 1...255 ~= key.utf8.count else {
        throw .invalidParameter(parameter: name)
      }
      texts[key] = text
    }
    return texts
  }

  /// Refuses a parameter that the method does not have.
  func finish() throws(ControlError) {
    if let unknown = values.keys.filter({ !known.contains($0) }).min() {
      throw .invalidParameter(parameter: unknown)
    }
  }
}

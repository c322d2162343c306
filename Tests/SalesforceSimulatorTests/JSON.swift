import FoundationEssentials

/// A decoded answer, for tests.
enum JSON: Equatable, Decodable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSON].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSON].self))
    }
  }

  static func parse(_ bytes: [UInt8]) throws -> JSON {
    try JSONDecoder().decode(JSON.self, from: Data(bytes))
  }

  /// A member that must be there.
  subscript(key: String) -> JSON {
    get throws {
      guard case .object(let members) = self, let value = members[key] else {
        throw Missing(what: "\(key) in \(self)")
      }
      return value
    }
  }

  subscript(index: Int) -> JSON {
    get throws {
      guard case .array(let values) = self, values.indices.contains(index) else {
        throw Missing(what: "[\(index)] in \(self)")
      }
      return values[index]
    }
  }

  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var number: Double? {
    guard case .number(let value) = self else { return nil }
    return value
  }

  var list: [JSON] {
    guard case .array(let values) = self else { return [] }
    return values
  }

  var keys: Set<String> {
    guard case .object(let members) = self else { return [] }
    return Set(members.keys)
  }

  func has(_ key: String) -> Bool { keys.contains(key) }
}

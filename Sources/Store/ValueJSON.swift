import SyncCore
import Wire

extension Value {
  var json: String {
    switch self {
    case .null: "null"
    case .text(let text): AttributeValues.quoted(text)
    case .number(let digits): digits
    case .flag(let flag): flag ? "true" : "false"
    case .list(let values): "[" + values.map(\.json).joined(separator: ",") + "]"
    }
  }

  fileprivate static func read(_ reader: inout JSONReader) throws(JSONError) -> Value {
    switch try reader.peek() {
    case .null:
      try reader.readNull()
      return .null
    case .string: return .text(try reader.readString().string)
    case .number:
      return .number(String(decoding: try reader.readRawValue(), as: UTF8.self))
    case .bool: return .flag(try reader.readBool())
    case .array:
      var values: [Value] = []
      try reader.readArray { reader throws(JSONError) in values.append(try read(&reader)) }
      return .list(values)
    case .object:
      try reader.skipValue()
      return .null
    }
  }
}

extension [String: Value] {
  var json: String {
    let members = sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
    let pairs = members.map { AttributeValues.quoted($0) + ":" + $1.json }
    return "{" + pairs.joined(separator: ",") + "}"
  }

  init(json: String?) {
    self = [:]
    guard var json else { return }
    var values: Self = [:]
    let isWhole = json.withUTF8 { text in
      var reader = JSONReader(UnsafeRawBufferPointer(text))
      do throws(JSONError) {
        try reader.readObject { reader, key throws(JSONError) in
          values[key.string] = try Value.read(&reader)
        }
        return true
      } catch {
        return false
      }
    }
    if isWhole { self = values }
  }
}

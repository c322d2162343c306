import SyncCore

/// The small encodings that a request is made of.
enum Encoding {
  /// Percent-encoded for a query value or a form field (RFC 3986: all but the unreserved).
  static func percent(_ text: String) -> String {
    var out: [UInt8] = []
    for byte in text.utf8 {
      if isUnreserved(byte) {
        out.append(byte)
      } else {
        out.append(UInt8(ascii: "%"))
        out.append(hex[Int(byte >> 4)])
        out.append(hex[Int(byte & 15)])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// A form body (`application/x-www-form-urlencoded`).
  static func form(_ fields: [(String, String)]) -> [UInt8] {
    Array(fields.map { percent($0.0) + "=" + percent($0.1) }.joined(separator: "&").utf8)
  }

  /// `text` as a JSON string with its quotes.
  static func json(_ text: String) -> String {
    var out: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 0..<0x20:
        out.append(contentsOf: "\\u00".utf8)
        out.append(hex[Int(byte >> 4)])
        out.append(hex[Int(byte & 15)])
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "\""))
    return String(decoding: out, as: UTF8.self)
  }

  /// A JSON array of texts.
  static func json(_ texts: [String]) -> String {
    "[" + texts.map { json($0) }.joined(separator: ",") + "]"
  }

  /// `value` as Salesforce takes it: a list is a multi-picklist's text (`a;b`).
  static func json(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .text(let text): json(text)
    case .number(let digits): isNumber(digits) ? digits : json(digits)
    case .flag(let flag): flag ? "true" : "false"
    case .list(let values): json(values.compactMap(\.text).joined(separator: ";"))
    }
  }

  /// The members of an object without its braces, sorted by name, without those in `reserved`.
  static func members(_ values: Values, without reserved: Set<String> = []) -> String {
    values.filter { !reserved.contains($0.key.lowercased()) }
      .sorted { Array($0.key.utf8).lexicographicallyPrecedes(Array($1.key.utf8)) }
      .map { "\(json($0.key)):\(json($0.value))" }.joined(separator: ",")
  }

  /// Whether `text` is a number of JSON (RFC 8259, 6): what is not must not get into a body bare.
  private static func isNumber(_ text: String) -> Bool {
    text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/) != nil
  }

  /// Base64 with the URL alphabet and no padding (RFC 7515, 2).
  static func base64URL(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let left = min(3, bytes.count - index)
      var group: UInt32 = 0
      for offset in 0..<3 {
        group = group << 8 | (offset < left ? UInt32(bytes[index + offset]) : 0)
      }
      for place in 0...left { out.append(alphabet[Int(group >> (18 - 6 * place)) & 63]) }
      index += 3
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "_"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

  private static let hex = Array("0123456789ABCDEF".utf8)
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
}

/// Record ids: three characters of key prefix, two of instance, one reserved, nine of serial in
/// base 62, and three that make the id safe where case is lost (Object Reference, field types).
enum OrgID {
  static let instance: [UInt8] = Array("5g0".utf8)
  private static let digits: [UInt8] = Array(
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
  private static let checks: [UInt8] = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345".utf8)

  /// Appends the 18 characters of the id.
  static func append(prefix: [UInt8], serial: UInt32, to out: inout [UInt8]) {
    let start = out.count
    out.append(contentsOf: prefix)
    out.append(contentsOf: instance)
    var left = serial
    for _ in 0..<9 { out.append(digits[0]) }
    var position = start + 14
    while left > 0 {
      out[position] = digits[Int(left % 62)]
      left /= 62
      position -= 1
    }
    appendChecks(start: start, to: &out)
  }

  static func string(prefix: [UInt8], serial: UInt32) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(18)
    append(prefix: prefix, serial: serial, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// The 18 characters of an id written with 15 or 18, or nil where it is none.
  static func normalised(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    guard bytes.count == 15 || bytes.count == 18, bytes.allSatisfy(isAlphanumeric) else {
      return nil
    }
    var out = Array(bytes[..<15])
    appendChecks(start: 0, to: &out)
    guard bytes.count == 15 || out == bytes else { return nil }
    return String(decoding: out, as: UTF8.self)
  }

  /// The serial of one of this org's own ids.
  static func serial(_ id: String) -> UInt32? {
    let bytes = Array(id.utf8)
    guard bytes.count == 18, Array(bytes[3..<6]) == instance else { return nil }
    var value: UInt64 = 0
    for byte in bytes[6..<15] {
      guard let digit = digits.firstIndex(of: byte) else { return nil }
      value = value &* 62 &+ UInt64(digit)
      guard value <= UInt64(UInt32.max) else { return nil }
    }
    return UInt32(value)
  }

  private static func appendChecks(start: Int, to out: inout [UInt8]) {
    for group in 0..<3 {
      var bits = 0
      for offset in 0..<5 {
        let byte = out[start + group * 5 + offset]
        if byte >= 0x41 && byte <= 0x5A { bits |= 1 << offset }
      }
      out.append(checks[bits])
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A)
      || (byte >= 0x61 && byte <= 0x7A)
  }
}

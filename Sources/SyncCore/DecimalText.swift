/// A decimal number of any size, read from its digits, so that nothing is lost to binary fractions.
struct DecimalText: Equatable {
  var isNegative: Bool
  /// 0 to 9 each, neither beginning nor ending with 0; empty for nought.
  var digits: [UInt8]
  /// Of the last digit, as a power of ten.
  var exponent: Int

  /// Reads `500`, `-1.5e3`, `.5` or `+5`, with blanks around it; nil for anything else.
  init?(_ text: String) {
    var bytes = text.utf8.drop { $0 <= 0x20 }
    while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
    isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes.removeFirst() }
    let mantissa = bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }
    guard let exponent = Self.exponent(bytes.dropFirst(mantissa.count)) else { return nil }
    let parts = mantissa.split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count == 2 ? parts[1].count : 0
    digits = []
    for byte in parts.joined() {
      let digit = byte &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      digits.append(digit)
    }
    guard !digits.isEmpty else { return nil }
    self.exponent = exponent - fraction
    normalize()
  }

  private static func exponent(_ text: Substring.UTF8View) -> Int? {
    guard !text.isEmpty else { return 0 }
    let digits = text.dropFirst()
    guard let value = Int(String(Substring(digits))) else { return nil }
    // Far beyond what any field holds, and safe to add to.
    return min(max(value, -1_000_000), 1_000_000)
  }

  private mutating func normalize() {
    digits.removeFirst(digits.prefix { $0 == 0 }.count)
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty {
      exponent = 0
      isNegative = false
    }
  }

  /// Digits before the point; nought or less for a number below 1.
  var integerDigits: Int { digits.isEmpty ? 0 : digits.count + exponent }

  /// Digits after the point.
  var fractionDigits: Int { max(0, -exponent) }

  /// With at most `scale` digits after the point, rounded half away from zero.
  func rounded(scale: Int) -> DecimalText {
    let surplus = -exponent - min(max(0, scale), 1_000)
    guard surplus > 0 else { return self }
    var copy = self
    guard surplus <= digits.count else {
      copy.digits = []
      copy.normalize()
      return copy
    }
    let isUp = digits[digits.count - surplus] >= 5
    copy.digits.removeLast(surplus)
    copy.exponent += surplus
    if isUp { copy.increment() }
    copy.normalize()
    return copy
  }

  private mutating func increment() {
    for index in digits.indices.reversed() {
      guard digits[index] == 9 else {
        digits[index] += 1
        return
      }
      digits[index] = 0
    }
    digits.insert(1, at: 0)
  }

  /// Without an exponent, `-0.05`; call it only when ``integerDigits`` is small.
  var plain: String {
    let noughts = { Array(repeating: UInt8(0), count: max(0, $0)) }
    var all = noughts(-exponent - digits.count) + digits + noughts(exponent)
    if all.count <= fractionDigits { all.insert(0, at: 0) }
    if all.isEmpty { all = [0] }
    var text = isNegative ? "-" : ""
    for (index, digit) in all.enumerated() {
      if index > 0, index == all.count - fractionDigits { text += "." }
      text += String(digit)
    }
    return text
  }
}

extension DecimalText: Comparable {
  static func < (left: DecimalText, right: DecimalText) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative
      ? right.isSmaller(than: left) : left.isSmaller(than: right)
  }

  /// Without regard to the sign.
  private func isSmaller(than other: DecimalText) -> Bool {
    if digits.isEmpty || other.digits.isEmpty { return digits.isEmpty && !other.digits.isEmpty }
    if integerDigits != other.integerDigits { return integerDigits < other.integerDigits }
    return digits.lexicographicallyPrecedes(other.digits)
  }
}

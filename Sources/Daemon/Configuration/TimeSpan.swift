/// Durations as the configuration writes them: `"5m"`, `"90s"`, `"1h30m"`.
package enum TimeSpan {
  private static let units: [(name: String, milliseconds: Int64)] = [
    ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
  ]

  /// Milliseconds; nil for anything but numbers that each bear a unit (d, h, m, s, ms).
  package static func milliseconds(_ text: String) -> Int64? {
    var rest = text[...]
    var total: Int64 = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      let digits = rest.prefix { $0.utf8.allSatisfy(\.isASCIIDigit) }
      rest = rest[digits.endIndex...]
      let unit = rest.prefix { $0.utf8.allSatisfy(\.isASCIILetter) }
      rest = rest[unit.endIndex...]
      guard let number = Int64(digits),
        let size = units.first(where: { $0.name == unit })?.milliseconds
      else { return nil }
      let (part, partOverflow) = number.multipliedReportingOverflow(by: size)
      let (sum, overflow) = total.addingReportingOverflow(part)
      guard !partOverflow, !overflow else { return nil }
      total = sum
    }
    return total
  }

  /// The shortest way to write it: 300000 is `5m`, 5400000 is `1h30m`.
  package static func text(_ milliseconds: Int64) -> String {
    var rest = milliseconds
    var text = ""
    for unit in units where rest >= unit.milliseconds {
      text += "\(rest / unit.milliseconds)\(unit.name)"
      rest %= unit.milliseconds
    }
    return text.isEmpty ? "0s" : text
  }
}

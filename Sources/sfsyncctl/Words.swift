import Control

/// Numbers and times as people read them.
enum Words {
  /// `1,234,567`.
  static func number(_ value: Int64) -> String {
    var digits = Array(String(value.magnitude))
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: position)
      position -= 3
    }
    return (value < 0 ? "-" : "") + String(digits)
  }

  /// `1 error`, `1,200 errors`.
  static func count(_ value: Int64, _ one: String, _ many: String? = nil) -> String {
    "\(number(value)) \(value == 1 ? one : many ?? one + "s")"
  }

  /// The two largest units: `3 d 4 h`, `2 min 5 s`, `0 s`.
  static func duration(seconds: Int64) -> String {
    let units: [(name: String, seconds: Int64)] = [
      ("d", 86_400), ("h", 3600), ("min", 60), ("s", 1),
    ]
    let seconds = max(0, seconds)
    guard let first = units.firstIndex(where: { seconds >= $0.seconds }) else { return "0 s" }
    let large = "\(seconds / units[first].seconds) \(units[first].name)"
    let rest = seconds % units[first].seconds
    guard first + 1 < units.count, rest >= units[first + 1].seconds else { return large }
    return large + " \(rest / units[first + 1].seconds) \(units[first + 1].name)"
  }

  /// One decimal below ten, none above: `0.8`, `130`.
  static func decimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "–" }
    if abs(value) >= 10 { return number(Int64(value.rounded())) }
    let tenths = Int64((value * 10).rounded())
    let whole = "\(tenths.magnitude / 10)"
    let fraction = tenths.magnitude % 10 == 0 ? "" : ".\(tenths.magnitude % 10)"
    return (tenths < 0 ? "-" : "") + whole + fraction
  }

  /// A moment, and how far from `now` it is.
  static func moment(_ time: Timestamp, now: Timestamp) -> String {
    let seconds = time.seconds(since: now)
    let distance = duration(seconds: Int64(clamping: seconds.magnitude))
    return "\(time) (\(seconds > 0 ? "in \(distance)" : "\(distance) ago"))"
  }

  /// What a delivery changes: `TITLE: CTO → CEO`.
  static func changes(_ changes: [String: Change]) -> String {
    changes.sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value.from) → \($0.value.to)" }
      .joined(separator: ", ")
  }
}

import FoundationEssentials
import SyncCore

/// The results for people, line by line, and for programs.
enum CheckText {
  static let markWidth = 8
  static let nameWidth = 36

  /// One line, and one more with the remedy where there is one.
  static func lines(_ result: CheckResult) -> String {
    let mark = result.mark == .failed ? "FAILED" : result.mark.rawValue
    let code = result.code.map { " [\($0)]" } ?? ""
    var text = padded(mark, markWidth) + padded(result.name, nameWidth) + result.found + code
    if let remedy = result.remedy {
      text += "\n" + String(repeating: " ", count: markWidth) + "-> " + remedy
    }
    return text
  }

  /// What it comes to, in one line.
  static func summary(_ results: [CheckResult]) -> String {
    func count(_ mark: CheckResult.Mark) -> Int { results.count { $0.mark == mark } }
    let parts = [
      (count(.failed), "failed"), (count(.warning), "with a warning"), (count(.skipped), "skipped"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    guard !parts.isEmpty else { return "All \(results.count) checks are good." }
    return "\(results.count) \(results.count == 1 ? "check" : "checks"): "
      + "\(parts.joined(separator: ", "))."
  }

  static func json(_ list: CheckList, _ findings: FindingList? = nil) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let report = Report(
      checks: list.results.map {
        Report.Check(
          name: $0.name, result: $0.mark, found: $0.found, remedy: $0.remedy, code: $0.code)
      }, beliefs: findings?.all.map { Report.Belief($0) },
      exit_code: list.exitCode(with: findings))
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }

  private struct Report: Encodable {
    struct Check: Encodable {
      var name: String
      var result: CheckResult.Mark
      var found: String
      var remedy: String?
      var code: String?
    }

    struct Belief: Encodable {
      var name: String
      var side: String
      var belief: String
      var is_hard: Bool
      var result: Finding.Verdict
      var seen: String?

      init(_ finding: Finding) {
        name = finding.belief.rawValue
        side = finding.belief.side.rawValue
        belief = finding.belief.sentence
        is_hard = finding.belief.isHard
        result = finding.verdict
        seen = finding.seen
      }
    }

    var checks: [Check]
    /// Only where they were asked for.
    var beliefs: [Belief]?
    var exit_code: Int32
  }

  /// A number with its thousands set apart: `30,000`.
  static func number(_ value: Int) -> String {
    let digits = Array(String(value.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + text
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}

/// What the probes found, for people.
enum FindingText {
  static let markWidth = 11

  /// All beliefs, one by one, and what it comes to.
  static func all(_ list: FindingList) -> String {
    let findings = list.all
    return (["", heading] + findings.map(lines) + [summary(findings)]).joined(separator: "\n")
  }

  private static let heading =
    "What sfsync believes of Salesforce and Intercom without proof (see ASSUMPTIONS.md):"

  /// The belief, and below it what was seen.
  static func lines(_ finding: Finding) -> String {
    let mark = finding.verdict == .refuted ? "REFUTED" : finding.verdict.rawValue
    let padding = String(repeating: " ", count: max(1, markWidth - mark.count))
    var text = "\(mark)\(padding)\(finding.belief.rawValue): \(finding.belief.sentence)"
    if let seen = finding.seen {
      text += "\n" + String(repeating: " ", count: markWidth) + "-> " + seen
    }
    return text
  }

  static func summary(_ findings: [Finding]) -> String {
    func count(_ verdict: Finding.Verdict) -> Int { findings.count { $0.verdict == verdict } }
    let text =
      "Of \(findings.count) beliefs, \(count(.confirmed)) are confirmed, \(count(.refuted)) refuted, "
      + "\(count(.open)) open."
    let hard = findings.filter { $0.verdict == .refuted && $0.belief.isHard }
    guard !hard.isEmpty else { return text }
    let names = hard.map(\.belief.rawValue).joined(separator: ", ")
    return text + "\nDo not start before you have read ASSUMPTIONS.md on \(names)."
  }
}

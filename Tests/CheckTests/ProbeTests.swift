import FoundationEssentials
import HTTP
import Simulators
import SyncCore
import Testing

@testable import Daemon

@Suite struct ProbeTests {
  @Test("check --probe: what reading can tell is confirmed on the simulated sides; nothing changes")
  func confirmed() async throws {
    let bench = try CheckBench(salesforce: { $0.assignmentRuleOwner = "005000000000001AAA" })
    bench.salesforce.createRole(name: "Sales")
    _ = bench.salesforce.createQueue(name: "Queue")
    let leads = (0..<2).map { bench.salesforce.createLead(email: nil, lastName: "M\($0)") }
    bench.salesforce.merge(into: leads[0], from: [leads[1]])
    bench.clock.now += 17_000
    _ = bench.intercom.createContact(.init(email: "quiet@example.com"))
    bench.clock.now += 3 * 86_400_000
    bench.salesforce.createLead(email: nil, lastName: "Fresh")
    let (records, people) = (bench.salesforce.writes, bench.intercom.writes)
    let findings = FindingList()
    let list = try await bench.run(findings: findings)
    #expect(list.exitCode(with: findings) == 0)
    let confirmed = findings.all.filter { $0.verdict == .confirmed }.map(\.belief)
    #expect(
      confirmed == [
        .mergeStampsLoser, .mergeStampsSurvivor, .idPrefixes, .bulkCSV, .notModifiedCounts,
        .searchRateLimit, .searchDays,
      ])
    #expect(findings.all.filter { $0.verdict == .refuted }.isEmpty)
    #expect(findings.all.first { $0.belief == .autoAssignFalse }?.seen?.contains("Inbound") == true)
    #expect(bench.salesforce.writes == records)
    #expect(bench.intercom.writes == people)
  }

  @Test("check --probe: an answer that contradicts refutes, and a hard one ends the check with 1")
  func refuted() async throws {
    let bench = try CheckBench()
    bench.rewrite = { path, body in
      guard path.hasPrefix("/contacts?") else { return body }
      return body.replacing("\"role\":", with: "\"archived\":true,\"role\":")
    }
    let findings = FindingList()
    let list = try await bench.run(findings: findings)
    #expect(list.exitCode == 0)
    let refuted = findings.all.filter { $0.verdict == .refuted }.map(\.belief)
    #expect(refuted == [.listLeavesOutArchived])
    #expect(list.exitCode(with: findings) == 1)
    #expect(FindingText.all(findings).contains("REFUTED    list-leaves-out-archived: The list"))
    #expect(FindingText.all(findings).contains("Do not start before"))
  }

  @Test("check --probe: a side that cannot be used leaves its beliefs open")
  func unusable() async throws {
    let bench = try CheckBench()
    bench.credentials["salesforce-client-secret"] = nil
    let findings = FindingList()
    let list = try await bench.run(findings: findings)
    #expect(list.exitCode(with: findings) == 66)
    let salesforce = findings.all.filter { $0.belief.side == .salesforce }
    #expect(salesforce.allSatisfy { $0.verdict == .open && $0.seen == nil })
    #expect(findings.all.contains { $0.belief.side == .intercom && $0.seen != nil })
  }

  @Test("docs/ASSUMPTIONS.md and check --probe have the same beliefs, in the same words")
  func manual() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appending(path: "docs/ASSUMPTIONS.md"), encoding: .utf8)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
      line.split(separator: "|").map {
        $0.filter { $0 != "`" && $0 != "*" }.trimming { $0.isWhitespace }
      }
    }
    #expect(rows.map { $0[0] } == Belief.allCases.map(\.rawValue))
    #expect(rows.map { $0[1] } == Belief.allCases.map(\.sentence))
    #expect(rows.map { $0[3] == "hard" } == Belief.allCases.map(\.isHard))
  }
}

extension String {
  fileprivate func trimming(_ isOut: (Character) -> Bool) -> String {
    var rest = self[...]
    while let first = rest.first, isOut(first) { rest.removeFirst() }
    while let last = rest.last, isOut(last) { rest.removeLast() }
    return String(rest)
  }
}

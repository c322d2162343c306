import EventLoop
import Foundation
import Testing

/// Everything that drives the virtual clock, one after the other.
@Suite(.serialized) struct EngineTests {}

extension EngineTests {
  /// Thousands of simulated hours: any seed, the same end (design.md, Tests 4).
  @Suite struct EngineSimulation {
    private static let environment = ProcessInfo.processInfo.environment

    /// A fixed list first, then fresh ones.
    private static var seeds: [UInt64] {
      if let one = environment["SFSYNC_SEED"].flatMap({ UInt64($0) }) { return [one] }
      let count = environment["SFSYNC_SEEDS"].flatMap { Int($0) } ?? 300
      let fixed = UInt64(max(0, count / 2))
      let fresh = UInt64(Date().timeIntervalSince1970) % 1_000_000 * 1_000 + 100_000
      return (1...max(1, fixed)).map { $0 } + (0..<UInt64(max(0, count)) - fixed).map { fresh + $0 }
    }

    @EventLoop
    @Test("S3 S6 S7 M1-M8 E1 I3 O1: after any weather both sides agree, once and for all")
    func seeds() async throws {
      let begin = Date()
      var failed: [UInt64] = []
      for seed in Self.seeds {
        let result = try await SimulatedRun(seed: seed, isTraced: false).run()
        guard !result.problems.isEmpty else { continue }
        failed.append(seed)
        await report(seed, result.problems)
        if failed.count == 5 { break }
      }
      let seconds = Int(Date().timeIntervalSince(begin))
      print("EngineSimulation: \(Self.seeds.count) seeds in \(seconds) s, failed: \(failed)")
    }

    /// The same seed again, with a trace.
    @EventLoop private func report(_ seed: UInt64, _ problems: [String]) async {
      let traced = try? await SimulatedRun(seed: seed, isTraced: true).run()
      let file = NSTemporaryDirectory() + "/sfsync-seed-\(seed).trace"
      let lines = traced?.trace ?? []
      try? lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
      Issue.record(
        """
        seed \(seed): \(problems.joined(separator: "\n  "))
        replay: SFSYNC_SEED=\(seed) swift test --filter EngineSimulation
        trace: \(file)\(traced?.problems == problems ? "" : " (the second run differed)")
        \(lines.suffix(40).joined(separator: "\n"))
        """)
    }
  }
}

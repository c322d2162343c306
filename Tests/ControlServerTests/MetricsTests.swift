import Control
import EventLoop
import Store
import SyncCore
import Testing

@testable import Daemon
@testable import Engine

/// What 'sfsyncctl metrics' is made of, each part by itself.
@Suite @EventLoop struct MetricsTests {
  private func lines(_ body: (inout MetricsWriter) throws -> Void) rethrows -> [String] {
    var writer = MetricsWriter()
    try body(&writer)
    return writer.finished().split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
  }

  @Test("O: every call counts once, by side and by what came of it, with the time it took")
  func calls() {
    let meters = Meters(uptime: { 0 })
    for status in [200, 201, 404, nil, 99, 600] {
      meters.called(.salesforce, status: status, milliseconds: 300)
    }
    let text = lines { CallMetrics(meters: meters).write(&$0) }
    let counts = text.filter { $0.hasPrefix("sfsync_http_requests_total") && !$0.hasSuffix(" 0") }
    #expect(
      counts == [
        #"sfsync_http_requests_total{side="salesforce",status="2xx"} 2"#,
        #"sfsync_http_requests_total{side="salesforce",status="4xx"} 1"#,
        #"sfsync_http_requests_total{side="salesforce",status="none"} 3"#,
      ])
    let name = "sfsync_http_request_duration_seconds"
    #expect(text.contains(#"\#(name)_bucket{side="salesforce",le="0.25"} 0"#))
    #expect(text.contains(#"\#(name)_bucket{side="salesforce",le="0.5"} 6"#))
    #expect(text.contains(#"\#(name)_sum{side="salesforce"} 1.8"#))
    #expect(text.contains(#"\#(name)_count{side="intercom"} 0"#))
  }

  @Test("O: reads count by what came of them; the share's waiting is no failure of a side")
  func reads() {
    let meters = Meters(uptime: { 0 })
    func report(isFull: Bool, changed: Int) -> CycleReport {
      CycleReport(
        cycle: 1, isFull: isFull, changed: changed, salesforceCalls: 1, intercomCalls: 1,
        guarded: 0)
    }
    meters.read(.success(report(isFull: true, changed: 0)), last: nil)
    #expect(meters.lastPoll == nil)
    meters.read(.success(report(isFull: false, changed: 3)), last: (at: 5, milliseconds: 7))
    meters.read(.success(report(isFull: false, changed: 4)), last: (at: 8, milliseconds: 9))
    let down = Meaning("SF-X", .passing, cause: "", remedy: "")
    meters.read(.failure(Failure(.salesforce, down, attempt: "", answer: "")), last: nil)
    let used = Failure(.salesforce, EngineMeaning.shareUsed, attempt: "", answer: "")
    meters.read(.failure(used), last: nil)
    #expect(meters.polls == 2 && meters.fullReads == 1 && meters.changedRows == 7)
    #expect(meters.failedReads == [.salesforce: 1] && meters.postponedReads == 1)
    #expect(meters.lastPoll.map { [$0.at, $0.milliseconds] } == [8, 9])
  }

  @Test("O: links, queue and errors are the store's, and name nobody")
  func stored() throws {
    let filled = try FilledStore()
    try filled.takeAda()
    try filled.store.transaction {
      try filled.store.oweEvent(
        to: "c1", record: FilledStore.lead, payload: "{}", cycle: 1, now: 1_000)
      try filled.store.enter(
        Report(
          Meaning("IC-\"X", .refused, cause: "", remedy: ""), what: "write", personID: "c1"),
        now: 1)
    }
    let text = try lines { try QueueMetrics(store: filled.store).write(&$0, now: 61_500) }
    for line in [
      #"sfsync_links{object="contact"} 1"#, #"sfsync_links{object="lead"} 0"#,
      "sfsync_ambiguous_people 1", #"sfsync_queue_held{side="intercom"} 1"#,
      #"sfsync_queue_pending{side="intercom",lane="fresh"} 0"#,
      "sfsync_queue_oldest_age_seconds 60.5", #"sfsync_errors_open{kind="refused"} 1"#,
      #"sfsync_errors_open{kind="broken"} 0"#,
      #"sfsync_error_entries{code="IC-\"X",kind="refused",state="open"} 1"#,
      #"sfsync_deliveries_total{side="salesforce",kind="task",result="parked"} 0"#,
    ] { #expect(text.contains(line), "\(line)") }
    #expect(!text.contains { $0.contains("c1") || $0.contains("00") && $0.contains("AAA") })
  }

  @Test("O: the system says what this process uses")
  func process() throws {
    let text = lines { ProcessMetrics(storePath: "/proc/self/exe").write(&$0) }
    #expect(text.count == 8)
    #expect(try #require(ProcessFigures.residentBytes) > 1_000_000)
    let open = try #require(ProcessFigures.openDescriptors)
    #expect(open >= 3 && open <= (ProcessFigures.descriptorsMax ?? 0))
    let disk = try #require(ProcessFigures.diskBytes("/"))
    #expect(disk.size > disk.free && disk.free > 0)
    #expect(
      ProcessFigures.fileBytes("/nowhere") == nil && ProcessFigures.diskBytes("/nowhere") == nil)
    let missing = lines { ProcessMetrics(storePath: "/nowhere/store.db").write(&$0) }
    #expect(missing.count == 5 && missing.contains("sfsync_store_wal_bytes 0"))
  }
}

import FoundationEssentials
import Glibc
import Logging
import Synchronization
import Testing

@testable import Daemon

@Suite struct InstanceLockTests {
  @Test("O3: a second daemon on the same store does not start, and is told who holds it")
  func second() throws {
    let scratch = try Scratch()
    let store = scratch.path + "/sfsync.db"
    var first: InstanceLock? = try InstanceLock(store: store)
    #expect(first != nil)
    #expect(scratch.mode("sfsync.db.lock") == 0o600)
    #expect {
      _ = try InstanceLock(store: store)
    } throws: {
      ($0 as? InstanceLockError)?.reason == .held(by: Int(getpid()))
        && "\($0)".contains("(process \(getpid()))")
    }
    first = nil
    _ = try InstanceLock(store: store)
  }

  @Test("O3: a lock file left by a crash, whatever is in it, holds nobody up")
  func left() throws {
    let scratch = try Scratch()
    try scratch.write("s.lock", "999999999999999999999999 rubbish")
    let lock = try InstanceLock(store: scratch.path + "/s")
    #expect(try scratch.text("s.lock") == "\(getpid())\n")
    withExtendedLifetime(lock) {}
  }

  @Test("O4: a directory that cannot be written is exit code 74 with a remedy")
  func unwritable() throws {
    let scratch = try Scratch()
    #expect {
      _ = try InstanceLock(store: scratch.path + "/none/s")
    } throws: {
      ExitCode($0) == .disk && "\($0)".contains("must be able to write there")
    }
  }
}

@Suite struct NotifyTests {
  private final class Sink: Sendable {
    let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private func log(_ sink: Sink) -> Log {
    Log(
      Logger(label: "t") { _ in
        PlainHandler(level: .debug, now: { Date(timeIntervalSince1970: 0) }, write: sink.add)
      })
  }

  @Test("systemd is told each state in its own words, and a status is one line")
  func states() {
    let sink = Sink()
    let notify = Notify(log: log(Sink())) {
      sink.add($0)
      return 1
    }
    notify.ready("Idle\nX=1")
    notify.status("Polling")
    notify.reloading()
    notify.stopping()
    notify.watchdog()
    let lines = sink.lines.withLock { $0 }
    #expect(lines.count == 5)
    #expect(lines[0] == "READY=1\nSTATUS=Idle X=1")
    #expect(lines[1] == "STATUS=Polling")
    let time = lines[2].split(separator: "=").last.flatMap { Int64($0) }
    #expect(lines[2].hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
    #expect((time ?? 0) > 0)
    #expect(lines[3] == "STOPPING=1")
    #expect(lines[4] == "WATCHDOG=1")
  }

  @Test("what systemd does not take is logged and harms nothing")
  func refused() {
    let sink = Sink()
    Notify(log: log(sink)) { _ in -ENOENT }.status("x")
    #expect(sink.lines.withLock { $0.first?.contains("No such file or directory") } == true)
  }

  @Test("without systemd there is no watchdog and nothing fails")
  func alone() {
    let sink = Sink()
    let notify = Notify(log: log(sink))
    notify.ready("x")
    #expect(notify.watchdogInterval() == nil)
    #expect(sink.lines.withLock { $0.isEmpty })
  }
}

@Suite struct HardeningTests {
  @Test("no core dump can hold a token")
  func noCore() async {
    await #expect(processExitsWith: .success) {
      guard Hardening.apply().isEmpty else { exit(1) }
      var limit = rlimit()
      guard getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0,
        limit.rlim_cur == 0, limit.rlim_max == 0
      else { exit(2) }
    }
  }
}

@Suite struct JitterTests {
  @Test("a wait stays within its share, and a seed repeats it")
  func spread() {
    var one = Jitter(SeededGenerator(seed: 7))
    var two = Jitter(SeededGenerator(seed: 7))
    var values: Set<Int64> = []
    for _ in 0..<200 {
      let value = one.spread(1000, by: 0.2)
      #expect(value == two.spread(1000, by: 0.2))
      #expect((800...1200).contains(value))
      values.insert(value)
    }
    #expect(values.count > 50)
  }

  @Test("no wait overflows or goes below zero", arguments: [0, 1, -5, .max, .min] as [Int64])
  func edges(_ wait: Int64) {
    var jitter = Jitter(SeededGenerator(seed: 1))
    #expect(jitter.spread(wait, by: 1) >= 0)
    #expect(jitter.spread(wait, by: 99) >= 0)
  }
}

@Suite struct ExitCodeTests {
  @Test("an error that nobody foresaw is a defect of ours")
  func unknown() {
    struct Odd: Error {}
    #expect(ExitCode(Odd()) == .defect)
    #expect(ExitCode(ConfigurationError(file: "f", line: 1, "x")) == .configuration)
    #expect(ExitCode.defect.rawValue == 70)
  }
}

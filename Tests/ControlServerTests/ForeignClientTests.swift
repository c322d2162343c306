import Control
import Daemon
import EventLoop
import Foundation
import Testing

/// Programs that are not the server's mirror, against the server.
@Suite(.timeLimit(.minutes(1))) struct ForeignClientTests {
  private struct Outcome: Sendable {
    var code: Int32
    var output: String
    var complaint: String
  }

  private static func run(_ program: String, _ arguments: [String]) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["timeout", "30", program] + arguments
    let output = Pipe()
    let complaint = Pipe()
    process.standardOutput = output
    process.standardError = complaint
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    let sentence = complaint.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      complaint: String(decoding: sentence, as: UTF8.self))
  }

  private static let hasPythonClient =
    (try? run("python3", ["-c", "import varlink"]))?.code == 0

  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Clients/varlink_client.py").path

  private static let sfsyncctl = URL(fileURLWithPath: CommandLine.arguments[0])
    .deletingLastPathComponent().appendingPathComponent("sfsyncctl").path

  @Test(
    "control: the Python varlink package reads the interface and drives the server",
    .enabled(if: hasPythonClient, "python3 has no 'varlink' package: pip install varlink==31.0.0"))
  func python() async throws {
    try await Served.run { served in
      let path = served.path
      let outcome = try await served.offLoop { try Self.run("python3", [Self.script, path]) }
      #expect(outcome.code == 0, "\(outcome.output)\(outcome.complaint)")
      #expect(outcome.output.contains("all checks passed"))
    }
  }

  @Test(
    "control: sfsyncctl ends with the exit code that its manual says",
    .enabled(if: FileManager.default.isExecutableFile(atPath: sfsyncctl), "sfsyncctl is not built"),
    arguments: [
      (["status"], 0, "sfsyncd 0.1.0 is idle"), (["status", "--json"], 0, #""uptime_s" : 12"#),
      (["--json", "status"], 0, #""uptime_s" : 12"#), (["errors"], 0, "No errors."),
      (["errors", "--json"], 0, "[]"), (["errors", "show", "7"], 1, "no error 7"),
      (["errors", "retry", "--all"], 0, "0 errors will be tried again now."),
      (["errors", "retry"], 64, "--all"),
      (["errors", "dismiss", "1", "2"], 0, "2 errors dismissed."),
      (["sync"], 0, "A poll was asked for"), (["sync", "--wait"], 0, "3 deliveries settled"),
      (["plan"], 0, "SALESFORCE_STATUS: – → Working"), (["queue"], 0, "The queue is empty."),
      (["explain", "ada@example.com"], 0, "the only one"),
      (["explain", "nobody"], 1, "sfsync knows nobody and nothing with the e-mail or id nobody"),
      (["matches"], 0, "No person is matched by several records."),
      (["link", "a", "b"], 0, "linked to b"),
      (["unlink", "a"], 1, "knows nobody"), (["pause"], 0, "Paused"), (["resume"], 0, "Running"),
      (["reload"], 0, "poll.every is now 10m."), (["version"], 0, "sfsyncd 0.1.0"),
      (["card", "ada@example.com"], 0, "Grace Hopper"),
      (["card", "--json", "ada@example.com"], 0, #""account_owner" : null"#),
      (["card", "nobody"], 1, "sfsync knows nobody and nothing with the e-mail or id nobody"),
      (["history", "ada@example.com"], 0, "    Company: – → Acme"),
      (["history", "ada@example.com", "--json"], 0, #""at":"1970-01-01T00:00:06Z""#),
      (["history", "nobody"], 1, "knows nobody"), (["history"], 64, "WHO"),
      (["lead", "create", "ada@example.com", "--field", "company=A"], 0, "was created."),
      (["lead", "create", "ada@example.com", "--json"], 0, #""error" : null"#),
      (["lead", "create", "bob@example.com"], 0, "linked to the Contact 003000000000002AAA"),
      (["lead", "create", "c9"], 1, "SF-REQUIRED-FIELD, error 7"),
      (["lead", "create", "nobody"], 1, "knows nobody"),
      (["lead", "create", "two@example.com"], 1, "2 people have that address."),
      (["lead", "create", "sales@example.com"], 1, "Only Salesforce knows"),
      (["lead", "create", "c9", "--field", "company"], 64, "NAME=VALUE"), (["lead"], 0, "create"),
      (["task", "create", "215", "--part", "31"], 0, "The task 00T000000000001AAA was created."),
      (["task", "create", "216"], 0, "logged already"), (["task", "create", "9"], 1, "error 8"),
      (["task", "create", "215", "--json"], 0, #""result" : "created""#),
      (["lead", "create", "a", "--socket", "/no/such"], 69, "sfsyncd is not running"),
      (["bogus"], 64, "bogus"), (["status", "--socket", "/no/such"], 69, "sfsyncd is not running"),
    ] as [([String], Int32, String)])
  func exitCodes(arguments: [String], code: Int32, says: String) async throws {
    try await Served.run { served in
      let path = served.path
      let program = Self.sfsyncctl
      let outcome = try await served.offLoop {
        let socket = arguments.contains("--socket") ? [] : ["--socket", path]
        return try Self.run(program, socket + arguments)
      }
      #expect(outcome.code == code, "\(outcome.output)\(outcome.complaint)")
      #expect((outcome.output + outcome.complaint).contains(says))
      #expect(outcome.complaint.isEmpty == (code == 0))
    }
  }

  @Test(
    "control: sfsyncctl says 77 to whom it is not permitted, 1 to a sync that parked, 78 to a bad file",
    .enabled(if: FileManager.default.isExecutableFile(atPath: sfsyncctl), "sfsyncctl is not built"))
  func refusals() async throws {
    let program = Self.sfsyncctl
    try await Served.run(peer: ControlPeer(user: 1002, group: 1002)) { served in
      let path = served.path
      let outcome = try await served.offLoop { try Self.run(program, ["--socket", path, "pause"]) }
      #expect(outcome.code == 77)
      #expect(outcome.complaint.contains("adduser YOU sfsync"))
    }
    try await Served.run { served in
      served.handler.result = SyncResult(finished: true, parked: 1)
      served.handler.refusesReload = true
      let path = served.path
      let (sync, reload) = try await served.offLoop {
        (
          try Self.run(program, ["sync", "--wait", "--socket", path]),
          try Self.run(program, ["reload", "--socket", path])
        )
      }
      #expect(sync.code == 1)
      let refused = try await served.offLoop {
        try Self.run(program, ["lead", "create", "c9", "--json", "--socket", path])
      }
      #expect(refused.code == 1 && refused.complaint.isEmpty)
      #expect(refused.output.contains(#""result" : "refused""#))
      #expect(sync.output.contains("'sfsyncctl errors' says why"))
      #expect(reload.code == 78)
      #expect(reload.complaint.contains("Did you mean 'poll'?"))
    }
  }

  @Test(
    "control: a watched status is a line a second off a terminal, and ends with 69 when we stop",
    .enabled(if: FileManager.default.isExecutableFile(atPath: sfsyncctl), "sfsyncctl is not built"))
  func watch() async throws {
    let program = Self.sfsyncctl
    try await Served.run { served in
      let path = served.path
      let watching = Task {
        try await served.offLoop { try Self.run(program, ["status", "--watch", "--socket", path]) }
      }
      await served.clock.waitForSleeper()
      served.clock.advance(milliseconds: 1000)
      await served.clock.waitForSleeper()
      await served.server.stop()
      let outcome = try await watching.value
      #expect(outcome.code == 69)
      #expect(outcome.output.split(separator: "\n").count == 2)
      #expect(outcome.output.contains(" idle, 0 queued, 0 refused, 0 open errors\n"))
      #expect(outcome.complaint.contains("The daemon is stopping."))
    }
  }
}

import Control
import Daemon
import EventLoop
import FoundationEssentials
import Glibc
import Testing

@testable import sfsyncctl

@Suite(.timeLimit(.minutes(1))) struct BackupStreamTests {
  nonisolated private static let message =
    #"{"method":"org.sfsync.control.Backup","parameters":{},"more":true}"#

  private static func directory() throws -> String {
    var template = Array("/tmp/sfsync-backup-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw RawClient.Failed(what: "mkdtemp", code: errno) }
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// A file as SQLite begins them, with our mark.
  private static func sample(_ count: Int) -> [UInt8] {
    var bytes = Array("SQLite format 3\0".utf8)
    bytes += [UInt8](repeating: 0, count: 52) + Array("SFSY".utf8)
    return bytes + (0..<max(0, count - bytes.count)).map { UInt8(truncatingIfNeeded: $0) }
  }

  @Test("O4: what the daemon hands out is in the file, byte for byte")
  func whole() async throws {
    try await Served.run { served in
      let directory = try Self.directory()
      defer { try? FileManager.default.removeItem(atPath: directory) }
      let bytes = Self.sample(5_000)
      served.handler.backup = bytes
      served.handler.backupPart = 77
      let path = served.path
      let size = try await served.offLoop {
        try BackupCommand.fetch(
          ControlClient(path: path), into: BackupTarget(directory + "/copy.db", replaces: false))
      }
      #expect(size == 5_000)
      let found = FileManager.default.contents(atPath: directory + "/copy.db")
      #expect(found == Data(bytes))
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["copy.db"])
    }
  }

  @Test("O4: what is no store of ours is not kept, and what is there is not replaced")
  func refused() async throws {
    try await Served.run { served in
      let directory = try Self.directory()
      defer { try? FileManager.default.removeItem(atPath: directory) }
      served.handler.backup = [UInt8](repeating: 7, count: 500)
      let path = served.path
      let answers = await served.answers {
        try BackupCommand.fetch(
          ControlClient(path: path), into: BackupTarget(directory + "/copy.db", replaces: false))
      }
      #expect(answers?.exit == .software)
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).isEmpty)
      _ = FileManager.default.createFile(atPath: directory + "/copy.db", contents: Data("x".utf8))
      let exists = await served.answers {
        try BackupCommand.fetch(
          ControlClient(path: path), into: BackupTarget(directory + "/copy.db", replaces: false))
      }
      #expect(exists?.exit == .no)
      #expect(FileManager.default.contents(atPath: directory + "/copy.db") == Data("x".utf8))
    }
  }

  @Test("O4: a reader who stops has no more than a few parts waiting, and ends it by leaving")
  func pressure() async throws {
    try await Served.run { served in
      served.handler.backup = Self.sample(64 << 20)
      served.handler.backupPart = 96 << 10
      do {
        let client = try RawClient(path: served.path)
        let first = try await served.blocking(client) {
          $0.say(Self.message); return try $0.next()
        }
        #expect(first?.contains(#""total":67108864"#) == true)
        // Others are answered meanwhile; the parts stop where nobody reads.
        var last = -1
        while served.handler.partsSent != last {
          last = served.handler.partsSent
          for _ in 0..<20 {
            let other = try await served.client { try $0.answer(call("Status")) }
            #expect(other?.contains("state") == true)
          }
        }
        #expect(served.handler.partsSent < 40)
      }
      // It has left: nobody reads the rest, and the next one may.
      while served.server.connectionCount > 0 { await EventLoop.nextTurn() }
      #expect(served.handler.partsSent < 60)
    }
  }

  @Test("O4: a backup wants more, and admins")
  func rights() async throws {
    try await Served.run { served in
      let answer = try await served.client { try $0.answer(call("Backup")) }
      #expect(answer?.contains("org.sfsync.control.Refused") == true)
      #expect(answer?.contains("more") == true)
      let support = try await served.client { try $0.answer(call("Support")) }
      #expect(support?.contains("Versions") == true)
    }
    try await Served.run(peer: ControlPeer(user: 1002, group: 1002)) { served in
      for method in ["Backup", "Support"] {
        let answer = try await served.client { try $0.answer(call(method)) }
        #expect(answer?.contains("PermissionDenied") == true)
      }
      #expect(served.handler.asked.isEmpty)
    }
  }
}

extension Served {
  /// Why a file could not be written; nil when it was.
  fileprivate func answers(
    _ body: @escaping @Sendable () throws -> Int64
  ) async -> FileTrouble? {
    do {
      _ = try await offLoop(body)
      return nil
    } catch {
      return error as? FileTrouble
    }
  }
}

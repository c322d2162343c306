import Foundation
import Synchronization

/// A mail server on 127.0.0.1 that says what a script says, and keeps what it hears.
final class FakeMailServer: Sendable {
  /// What follows on a command; nil closes the connection without a word.
  typealias Answer = @Sendable (String) -> String?

  private let server: LoopbackServer
  private let heard: Mutex<[String]>

  var port: Int { server.port }
  /// Every line of every connection, without its end.
  var lines: [String] { heard.withLock { $0 } }

  /// `answer` gets a command's line, or `.` for the end of a text; an empty answer is silence.
  init(_ answer: @escaping Answer = FakeMailServer.plain) throws {
    let heard = SharedLines()
    self.heard = Mutex([])
    server = try LoopbackServer { connection in
      guard let greeting = answer("") else { return }
      connection.write(greeting + "\r\n")
      var isText = false
      while let line = Self.readLine(connection.descriptor) {
        heard.note(line)
        if isText, line != "." { continue }
        guard let reply = answer(line) else { return }
        isText = reply.hasPrefix("354")
        if !reply.isEmpty { connection.write(reply + "\r\n") }
      }
    }
    heard.onNote = { [weak self] line in self?.heard.withLock { $0.append(line) } }
  }

  /// Takes everything and offers nothing.
  static let plain: Answer = { line in
    switch line.prefix(4).uppercased() {
    case "": "220 mail.test"
    case "EHLO": "250-mail.test\r\n250-SIZE 1000000\r\n250 HELP"
    case "DATA": "354 go on"
    default: "250 2.0.0 good"
    }
  }

  /// As ``plain``, but for commands that begin with a key, or with what makes it hang up.
  static func plain(but answers: [String: String] = [:], hangingUpAt end: String? = nil) -> Answer {
    { line in
      if let end, line.hasPrefix(end) { return nil }
      for (command, answer) in answers where line.hasPrefix(command) && !command.isEmpty {
        return answer
      }
      return plain(line)
    }
  }

  private static func readLine(_ descriptor: Int32) -> String? {
    var bytes: [UInt8] = []
    while bytes.count < 10_000 {
      var byte: UInt8 = 0
      guard recv(descriptor, &byte, 1, 0) == 1 else { return nil }
      if byte == 0x0A {
        if bytes.last == 0x0D { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
      }
      bytes.append(byte)
    }
    return nil
  }
}

/// Lets the server's threads reach what is made after them.
private final class SharedLines: Sendable {
  private let store = Mutex<(@Sendable (String) -> Void)?>(nil)

  var onNote: (@Sendable (String) -> Void)? {
    get { store.withLock { $0 } }
    set { store.withLock { $0 = newValue } }
  }

  func note(_ line: String) { onNote?(line) }
}

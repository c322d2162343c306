import ArgumentParser
import Control
import FoundationEssentials

struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copies the daemon's store into a file while it runs.",
    discussion: """
      The file holds customers' names and e-mail addresses, and no secret; only you can read it. \
      'sfsyncd restore FILE' puts it back while the daemon is stopped.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: "The file to write; '-' is standard output.")
  var file: String

  @Flag(help: "Replace the file if it is there.")
  var force = false

  private struct Report: Encodable {
    var file: String
    var bytes: Int64
  }

  func run() throws {
    do {
      try connection.talk { client in
        let bytes = try Self.fetch(client, into: BackupTarget(file, replaces: force))
        guard file != "-" else { return }
        Terminal.show(
          connection.json
            ? try JSONOutput.document(Report(file: file, bytes: bytes)) : Self.text(file, bytes))
      }
    } catch let trouble as FileTrouble {
      Terminal.complain(trouble.sentence)
      throw ExitCode(trouble.exit.rawValue)
    }
  }

  /// Takes the daemon's parts in their order; how many bytes they were.
  static func fetch(_ client: ControlClient, into target: BackupTarget) throws -> Int64 {
    var total: Int64?
    try client.stream(.backup, as: BackupPart.self) { part in
      if let size = part.total { total = size }
      guard let text = part.data else { return true }
      guard let bytes = Data(base64Encoded: text) else {
        throw ControlClientError.garbled("a part of the backup is not base64")
      }
      try target.append([UInt8](bytes))
      return true
    }
    guard let total, target.size == total else {
      throw ControlClientError.garbled(
        "the backup came short: \(target.size) of \(total ?? 0) bytes")
    }
    try target.finish()
    return total
  }

  static func text(_ file: String, _ bytes: Int64) -> String {
    """
    Wrote \(Terminal.printable(file)): \(Words.number(bytes)) bytes. It holds customers' data: keep it safe.
    To put it back: stop the daemon, run 'sfsyncd restore \(Terminal.printable(file))', start it again.
    """
  }
}

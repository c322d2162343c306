import ArgumentParser
import Control

struct SyncCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "Polls both sides now.")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Compare everything, not only what changed.")
  var full = false

  @Flag(help: "Return when everything that this poll found is delivered: 0, or 1 if not all was.")
  var wait = false

  @Flag(help: "Write what was held back because so much would change; look at 'plan' first.")
  var yes = false

  func run() throws {
    try connection.talk { client in
      let call = ControlCall.sync(SyncOptions(full: full, yes: yes, wait: wait))
      var result: SyncResult?
      try client.stream(call, as: SyncReply.self) { reply in
        if let progress = reply.progress, Terminal.isInteractive, !connection.json {
          let line = StatusView(status: progress, now: .now).line
          Terminal.show("\r\u{1B}[K\(line)", newline: false)
        }
        result = reply.result ?? result
        return result == nil
      }
      if wait, Terminal.isInteractive, !connection.json {
        Terminal.show("\r\u{1B}[K", newline: false)
      }
      guard let result else {
        throw ControlClientError.garbled("Sync ended without a result")
      }
      Terminal.show(
        connection.json ? try JSONOutput.document(result) : SyncView(result: result).text)
      guard result.isClean else { throw ExitCode.no }
    }
  }
}

/// How a cycle ended, as text.
struct SyncView {
  let result: SyncResult

  var text: String {
    guard result.finished else {
      return ([asked] + problems).joined(separator: "\n")
    }
    let settled = "\(Words.count(result.settled, "delivery", "deliveries")) settled"
    return ([problems.isEmpty ? "Done: \(settled)." : "\(settled)."] + problems)
      .map(Terminal.printable).joined(separator: "\n")
  }

  private var asked: String { "A poll was asked for; 'sfsyncctl status --watch' shows it run." }

  private var problems: [String] {
    var problems: [String] = []
    if result.parked > 0 {
      let parked = Words.count(result.parked, "change was", "changes were")
      problems.append("\(parked) refused: 'sfsyncctl errors' says why and what to do.")
    }
    for side in result.broken {
      let name = side == "salesforce" ? "Salesforce" : side == "intercom" ? "Intercom" : side
      problems.append("\(name) cannot be used now: 'sfsyncctl errors' says why and what to do.")
    }
    if result.guarded {
      problems.append(
        """
        Nothing was written, as unusually many links would change: look at 'sfsyncctl plan', \
        then let it through with 'sfsyncctl sync --yes'.
        """)
    }
    return problems + result.failures
  }
}

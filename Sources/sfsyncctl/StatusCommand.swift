import ArgumentParser
import Control

struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "State, initial sync, polls, links, queue, API budgets and errors.")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "Stay, and show it again every second.")
  var watch = false

  func run() throws {
    try connection.talk { client in
      guard watch else { return try show(client.call(.status, as: Status.self)) }
      try client.stream(.status, as: Status.self) { status in
        try showAgain(status)
        return true
      }
    }
  }

  private func show(_ status: Status) throws {
    let view = StatusView(status: status, now: .now)
    Terminal.show(connection.json ? try JSONOutput.document(status) : view.text)
  }

  private func showAgain(_ status: Status) throws {
    let view = StatusView(status: status, now: .now)
    if connection.json {
      Terminal.show(try JSONOutput.line(status))
    } else if Terminal.isInteractive {
      // Home, the text, and whatever the last one left below it.
      Terminal.show("\u{1B}[H\u{1B}[2J\(view.text)")
    } else {
      Terminal.show(view.line)
    }
  }
}

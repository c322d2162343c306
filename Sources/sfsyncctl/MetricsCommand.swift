import ArgumentParser
import Control

struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics", abstract: "Figures for monitoring, as OpenMetrics text.",
    discussion: """
      With --output the figures go to a file for node_exporter's textfile collector, in \
      Prometheus' older text format, whole or not at all. When the daemon does not answer, the \
      file says 'sfsync_up 0' instead, and the exit code is 69.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Option(help: ArgumentHelp("Write to this file.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Add the label sync=\"NAME\", for a machine with several daemons.", valueName: "name"))
  var name: String?

  func run() throws {
    guard let output else {
      return try connection.talk { client in
        let reply = try client.call(.metrics, as: MetricsReply.self)
        let text = labelled(reply.text)
        Terminal.show(
          connection.json ? try JSONOutput.document(MetricsReply(text: text)) : text,
          newline: connection.json)
      }
    }
    let (text, failure) = collected()
    do {
      try MetricsFile(path: output).replace(with: MetricsText.classic(labelled(text)))
    } catch {
      Terminal.complain(error.sentence)
      throw ExitCode(Sysexit.ioError.rawValue)
    }
    if let failure {
      Terminal.complain(failure.sentence)
      throw ExitCode(failure.exit.rawValue)
    }
  }

  /// Without an answer there is a text too: what it said before must not look like news.
  private func collected() -> (text: String, failure: ControlClientError?) {
    do throws(ControlClientError) {
      let client = ControlClient(path: connection.path, seconds: 20)
      return (try client.call(.metrics, as: MetricsReply.self).text, nil)
    } catch {
      return (MetricsText.unreachable(now: Timestamp.now.milliseconds), error)
    }
  }

  private func labelled(_ text: String) -> String {
    name.map { MetricsText.labelled(text, sync: $0) } ?? text
  }
}

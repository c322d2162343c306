/// Reply of `Metrics`.
package struct MetricsReply: Codable, Sendable, Hashable {
  /// OpenMetrics text.
  package var text: String

  package init(text: String) { self.text = text }
}

/// What is done with the text once a client has it.
package enum MetricsText {
  /// What stands in place of the figures when the daemon did not answer.
  ///
  /// `now` is in milliseconds UTC.
  package static func unreachable(now: Int64) -> String {
    var writer = MetricsWriter()
    head(&writer, isUp: false, now: now)
    return writer.finished()
  }

  /// What every text begins with, the daemon's and the one without a daemon.
  package static func head(_ writer: inout MetricsWriter, isUp: Bool, now: Int64) {
    writer.gauge(
      "sfsync_up", "Whether the daemon answered when these figures were taken.", isUp ? 1 : 0)
    writer.gauge(
      "sfsync_collected_timestamp_seconds", "When these figures were taken.",
      decimal: MetricsWriter.seconds(now))
  }

  /// The text with the label `sync="name"` in every sample, for a machine with several daemons.
  package static func labelled(_ text: String, sync name: String) -> String {
    let label = "sync=\"\(MetricsWriter.escaped(name))\""
    return mapLines(text) { line in
      guard !line.hasPrefix("#"), let end = line.firstIndex(where: { $0 == "{" || $0 == " " })
      else { return String(line) }
      let rest = line[line.index(after: end)...]
      return line[end] == "{"
        ? "\(line[..<end]){\(label),\(rest)" : "\(line[..<end]){\(label)} \(rest)"
    }
  }

  /// The text as node_exporter's textfile collector takes it: Prometheus' older format.
  ///
  /// That names a counter's family by its sample, `_total` included, so its type can be said there,
  /// and has no end mark.
  package static func classic(_ text: String) -> String {
    mapLines(text) { line in
      if line == MetricsWriter.end { return nil }
      let words = line.split(separator: " ", maxSplits: 3)
      guard words.count == 4, words[1] == "HELP", words[2].hasSuffix("_total") else {
        return String(line)
      }
      return "\(line)\n# TYPE \(words[2]) counter"
    }
  }

  private static func mapLines(_ text: String, _ body: (Substring) -> String?) -> String {
    text.split(separator: "\n").compactMap(body).map { $0 + "\n" }.joined()
  }
}

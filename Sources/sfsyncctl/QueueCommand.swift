import ArgumentParser
import Control

struct QueueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue", abstract: "What waits to be written, in order.",
    discussion: """
      LANE says what goes first: asked (somebody asked for it), fresh (something changed), backfill \
      (the initial sync found it). STATE 'parked' means refused: it waits until the record, the \
      person or the configuration changes, or for 'errors retry'.
      """)

  @OptionGroup var connection: ConnectionOptions

  func run() throws {
    try connection.talk { client in
      try ListOutput<QueuedDelivery>(
        call: .queue(PageRequest()), whenEmpty: "The queue is empty.",
        render: { Self.table($0, now: .now, width: $1) }
      ).print(client, json: connection.json)
    }
  }

  static func table(_ entries: [QueuedDelivery], now: Timestamp, width: Int?) -> String {
    var table = Table(header: [
      "ID", "LANE", "STATE", "TO", "KIND", "FOR", "TRIES", "AGE", "NEXT TRY", "CHANGES",
    ])
    table.rows = entries.map {
      [
        String($0.id), $0.lane.rawValue, $0.state.rawValue, $0.to.rawValue, $0.kind.rawValue,
        ($0.to == .intercom ? $0.contact ?? $0.record : $0.record ?? $0.contact) ?? "–",
        Words.number($0.attempts), Words.duration(seconds: $0.age), Self.next($0, now: now),
        Words.changes($0.changes),
      ]
    }
    return table.render(width: width)
  }

  private static func next(_ entry: QueuedDelivery, now: Timestamp) -> String {
    guard let next = entry.nextTryAt else { return entry.state == .waiting ? "now" : "–" }
    let seconds = next.seconds(since: now)
    return seconds <= 0 ? "now" : "in \(Words.duration(seconds: seconds))"
  }
}

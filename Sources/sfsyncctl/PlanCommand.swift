import ArgumentParser
import Control

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "What the next poll would write, without writing it.")

  @OptionGroup var connection: ConnectionOptions

  @Flag(help: "As if everything were compared, not only what changed.")
  var full = false

  func run() throws {
    try connection.talk { client in
      try ListOutput<PlannedDelivery>(
        call: .plan(full: full, PageRequest()), whenEmpty: "Nothing: both sides agree.",
        render: Self.table
      ).print(client, json: connection.json)
    }
  }

  static func table(_ entries: [PlannedDelivery], width: Int?) -> String {
    var table = Table(header: ["TO", "KIND", "CONTACT", "RECORD", "CHANGES"])
    table.rows = entries.map {
      [
        $0.to.rawValue, $0.kind.rawValue, $0.contact ?? "–", $0.record ?? "–",
        Words.changes($0.changes),
      ]
    }
    let count = Words.count(Int64(entries.count), "delivery", "deliveries")
    return "\(table.render(width: width))\n\n\(count); nothing was written."
  }
}

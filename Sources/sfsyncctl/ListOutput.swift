import Control

/// Prints a list that comes in pages: a table when all is there, or JSON as it comes.
struct ListOutput<Entry: Codable & Sendable & Hashable> {
  let call: ControlCall
  /// What to say when there is nothing.
  let whenEmpty: String
  /// Everything as text, cut to a width where one is given.
  let render: ([Entry], Int?) -> String

  func print(_ client: ControlClient, json: Bool) throws {
    var entries: [Entry] = []
    var writer = JSONArrayWriter()
    try client.stream(call, as: ListPage<Entry>.self) { page in
      if json {
        try writer.append(page.entries)
      } else {
        entries += page.entries
      }
      return true
    }
    if json {
      writer.finish()
    } else {
      Swift.print(entries.isEmpty ? whenEmpty : render(entries, Terminal.width))
    }
  }
}

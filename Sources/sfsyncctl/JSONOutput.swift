import Control
import FoundationEssentials

/// JSON for programs.
enum JSONOutput {
  /// One document, indented, keys in order.
  static func document(_ value: some Encodable) throws -> String {
    try text(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
  }

  /// One line, for streams: a document a line.
  static func line(_ value: some Encodable) throws -> String {
    try text(value, [.sortedKeys, .withoutEscapingSlashes])
  }

  private static func text(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// A list whose pages are printed as they come, so that its length does not matter.
struct JSONArrayWriter {
  private var isEmpty = true

  mutating func append(_ entries: [some Encodable]) throws {
    for entry in entries {
      print(isEmpty ? "[" : ",")
      isEmpty = false
      print(try JSONOutput.line(entry), terminator: "")
    }
  }

  func finish() {
    print(isEmpty ? "[]" : "\n]")
  }
}

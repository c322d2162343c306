import FoundationEssentials
import HTTP

/// Intercom's `error.list`, leniently: the newer `code` or the older `type`, text or number, and a
/// `request_id` that may be null (`X-Request-Id` has it then).
struct ErrorAnswer {
  struct Entry {
    var code: String?
    var message: String?
  }

  var entries: [Entry]
  var requestID: String?

  /// Nil when the body is not an `error.list`: a page of HTML, an empty or a broken text.
  init?(_ response: Response) {
    guard let shape = try? JSONDecoder().decode(Shape.self, from: Data(response.body)),
      !shape.errors.isEmpty
    else { return nil }
    entries = shape.errors.map {
      Entry(code: $0.code?.text ?? $0.type?.text, message: $0.message?.text)
    }
    requestID = shape.request_id?.text ?? response.headers["X-Request-Id"]
  }

  /// All messages, or the codes where there are none.
  var text: String {
    entries.compactMap { $0.message ?? $0.code }.joined(separator: "; ")
  }

  private struct Shape: Decodable {
    var request_id: LooseText?
    var errors: [EntryShape]
  }

  private struct EntryShape: Decodable {
    var code: LooseText?
    var type: LooseText?
    var message: LooseText?
  }
}

/// A text that may come as a number or a boolean: ids change between versions.
struct LooseText: Decodable {
  var text: String

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(String.self) {
      text = value
    } else if let value = try? container.decode(Int64.self) {
      text = String(value)
    } else if let value = try? container.decode(Bool.self) {
      text = String(value)
    } else {
      text = String(try container.decode(Double.self))
    }
  }
}

package import SyncCore
import Wire

/// Where the reading of a stream begins.
package enum StreamStart: Sendable, Equatable {
  /// Every row in the order of Id, after that one.
  case everything(afterID: String?)
  /// Rows whose SystemModstamp is at or after `since` (milliseconds UTC), in the order of
  /// (SystemModstamp, Id), after that key where one is given.
  case changes(since: Int64, after: StreamKey?)
}

/// The texts of our queries.
///
/// Times are literals in whole seconds: SystemModstamp has no more, and `>=` with a second cut
/// down reads a row too many rather than one too few.
package enum SOQL {
  /// `text` as a literal with its quotes (SOQL Reference, "Quoted String Escape Sequences").
  package static func literal(_ text: String) -> String {
    var out: [UInt8] = [UInt8(ascii: "'")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "'"), UInt8(ascii: "\\"):
        out.append(UInt8(ascii: "\\"))
        out.append(byte)
      case 0x0A: out.append(contentsOf: "\\n".utf8)
      case 0x0D: out.append(contentsOf: "\\r".utf8)
      case 0x09: out.append(contentsOf: "\\t".utf8)
      case 0x08: out.append(contentsOf: "\\b".utf8)
      case 0x0C: out.append(contentsOf: "\\f".utf8)
      default: out.append(byte)
      }
    }
    out.append(UInt8(ascii: "'"))
    return String(decoding: out, as: UTF8.self)
  }

  /// An unquoted datetime literal: `2026-01-02T03:04:05Z`.
  package static func time(_ milliseconds: Int64) -> String {
    Timestamp.seconds(milliseconds)
  }

  static func select(_ fields: [String], from stream: Stream, where start: StreamStart) -> String {
    var conditions = base(of: stream)
    let order: String
    switch start {
    case .everything(let id):
      if let id { conditions.append("Id > \(literal(id))") }
      order = "Id"
    case .changes(let since, let after):
      conditions.append(changed(since: since, after: after))
      order = "SystemModstamp, Id"
    }
    return statement(fields, stream, conditions) + " ORDER BY \(order)"
  }

  /// A bulk query has no order: an order switches its chunking off (Bulk API 2.0, "Understanding").
  static func export(_ fields: [String], from stream: Stream, changedSince: Int64?) -> String {
    var conditions = base(of: stream)
    if let changedSince { conditions.append("SystemModstamp >= \(time(changedSince))") }
    return statement(fields, stream, conditions)
  }

  /// Rows for which `condition` holds, in no order.
  static func select(_ fields: [String], from object: String, where condition: String) -> String {
    "SELECT \(fields.joined(separator: ", ")) FROM \(object) WHERE \(condition)"
  }

  /// `field IN (…)`.
  static func isIn(_ field: String, _ texts: [String]) -> String {
    "\(field) IN (\(texts.map { literal($0) }.joined(separator: ",")))"
  }

  static func count(_ stream: Stream) -> String { statement(["count()"], stream, base(of: stream)) }

  private static func base(of stream: Stream) -> [String] {
    stream == .group ? ["Type = 'Queue'"] : []
  }

  private static func changed(since: Int64, after: StreamKey?) -> String {
    guard let after, after.modifiedAt >= since else { return "SystemModstamp >= \(time(since))" }
    let stamp = time(after.modifiedAt)
    let tie = "(SystemModstamp = \(stamp) AND Id > \(literal(after.id)))"
    return "(\(tie) OR SystemModstamp > \(stamp))"
  }

  private static func statement(
    _ fields: [String], _ stream: Stream, _ conditions: [String]
  ) -> String {
    let condition = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
    return "SELECT \(fields.joined(separator: ", ")) FROM \(stream.rawValue)\(condition)"
  }
}

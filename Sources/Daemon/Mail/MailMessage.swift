/// A mail as RFC 5322 and MIME want it.
struct MailMessage {
  var from: String
  var to: String
  var subject: String
  var body: String
  /// With its angle brackets.
  var messageID: String
  /// The mail that this one answers; empty for none.
  var inReplyTo: String
  /// Goes into a field of its own, for filters.
  var occasion: String
  /// Milliseconds UTC.
  var at: Int64

  private static let lineMax = 76

  /// Head and body, each line ended by CRLF.
  var text: String {
    let isASCII = body.utf8.allSatisfy { $0 < 0x80 }
    var head = [
      "Date: \(MailDate.header(at))",
      "From: sfsync <\(Self.plain(from))>",
      "To: \(Self.plain(to))",
      "Subject: \(Self.plain(subject))",
      "Message-ID: \(Self.plain(messageID))",
    ]
    if !inReplyTo.isEmpty {
      head += ["In-Reply-To: \(Self.plain(inReplyTo))", "References: \(Self.plain(inReplyTo))"]
    }
    head += [
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: \(isASCII ? "7bit" : "quoted-printable")",
      // RFC 3834: no holiday notices, please.
      "Auto-Submitted: auto-generated",
      "X-Sfsync-Occasion: \(occasion)",
    ]
    let lines = body.split(separator: "\n", omittingEmptySubsequences: false)
      .flatMap { isASCII ? Self.wrapped(String($0)) : Self.quoted(String($0)) }
    let end = lines.last == "" ? lines.dropLast() : lines[...]
    return (head + [""] + end).map { $0 + "\r\n" }.joined()
  }

  /// One line of printable ASCII: nothing in it can begin another field.
  private static func plain(_ text: String) -> String {
    let bytes = text.utf8.prefix(900).map { $0 >= 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: "?") }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Breaks a long line between words; what follows is indented like the value of a field.
  static func wrapped(_ line: String) -> [String] {
    guard line.utf8.count > lineMax else { return [line] }
    let label = line.prefix(while: { $0 != ":" })
    let isField = label.count < 12 && line.dropFirst(label.count).hasPrefix(":  ")
    let margin = isField ? "         " : ""
    var lines: [String] = []
    var current = ""
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      if !current.isEmpty, current.utf8.count + 1 + word.utf8.count > lineMax {
        lines.append(current)
        current = margin + word
      } else {
        current += (current.isEmpty && lines.isEmpty ? "" : " ") + word
      }
    }
    return (lines + [current]).flatMap(cut)
  }

  /// RFC 5322 allows 998 bytes in a line.
  private static func cut(_ line: String) -> [String] {
    var rest = line[...]
    var parts: [String] = []
    repeat {
      parts.append(String(rest.prefix(900)))
      rest = rest.dropFirst(900)
    } while !rest.isEmpty
    return parts
  }

  /// RFC 2045, 6.7.
  static func quoted(_ line: String) -> [String] {
    let digits = Array("0123456789ABCDEF".utf8)
    var lines: [String] = []
    var current: [UInt8] = []
    let bytes = Array(line.utf8)
    for (index, byte) in bytes.enumerated() {
      let isLast = index == bytes.count - 1
      let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "=")
      let piece =
        isPlain && !(isLast && byte == 0x20)
        ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      if current.count + piece.count > lineMax - 1 {
        lines.append(String(decoding: current, as: UTF8.self) + "=")
        current = []
      }
      current += piece
    }
    return lines + [String(decoding: current, as: UTF8.self)]
  }
}

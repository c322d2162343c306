/// One answer of a mail server, put together from its lines.
struct SMTPReply: Sendable, Equatable {
  private(set) var lines: [String] = []
  /// The last line has come (RFC 5321, 4.2.1: all others have a hyphen behind the code).
  private(set) var isWhole = false

  /// Far above what a server has to say; more is left out.
  private static let linesMax = 16
  private static let lineBytesMax = 512

  /// Takes the next line without its end; begins anew behind a whole answer.
  mutating func take(_ line: some Collection<UInt8>) {
    if isWhole { self = SMTPReply() }
    let hyphen = line.dropFirst(3).first == UInt8(ascii: "-")
    isWhole = !hyphen
    guard lines.count < Self.linesMax else { return }
    lines.append(String(decoding: line.prefix(Self.lineBytesMax), as: UTF8.self))
  }

  /// The three digits; 0 when there are none.
  var code: Int {
    guard let digits = lines.first?.utf8.prefix(3), digits.count == 3,
      digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
    else { return 0 }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// All of it on one line of printable ASCII, the code once.
  var text: String {
    let first = lines.first ?? ""
    var line = code == 0 ? first : "\(first.prefix(3)) \(first.dropFirst(4))"
    for next in lines.dropFirst() { line += " " + next.dropFirst(4) }
    let bytes = line.utf8.prefix(300).map { $0 >= 0x20 && $0 < 0x7F ? $0 : UInt8(ascii: " ") }
    return String(decoding: bytes, as: UTF8.self)
  }
}

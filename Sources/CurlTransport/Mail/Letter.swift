/// One mail: its envelope, and its text as RFC 5322 wants it.
package struct Letter: Sendable, Equatable {
  /// A mailbox without angle brackets and without control characters.
  package var sender: String
  package var recipient: String
  /// Head and body in lines of at most 998 bytes, each ended by CRLF, the last one too.
  package var text: String

  package init(sender: String, recipient: String, text: String) {
    self.sender = sender
    self.recipient = recipient
    self.text = text
  }

  /// As it goes over the wire: a dot at the beginning of a line is doubled (RFC 5321, 4.5.2).
  var transparent: [UInt8] {
    var bytes: [UInt8] = []
    var isLineStart = true
    for byte in text.utf8 {
      if isLineStart, byte == UInt8(ascii: ".") { bytes.append(byte) }
      bytes.append(byte)
      isLineStart = byte == 0x0A
    }
    return bytes
  }
}

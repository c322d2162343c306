import Control
import Testing

@Suite struct MessageReaderTests {
  @Test("control: a stream that is split anywhere gives the same messages")
  func splits() throws {
    let first = Array(#"{"method":"a.B"}"#.utf8)
    let second = Array("{}".utf8)
    let stream = first + [0] + second + [0] + [0] + [UInt8(ascii: "x")]
    for split in 0...stream.count {
      var reader = MessageReader()
      var messages: [[UInt8]] = []
      try reader.append(stream[..<split], into: &messages)
      try reader.append(stream[split...], into: &messages)
      #expect(messages == [first, second, []])
      #expect(reader.isInsideMessage)
    }
  }

  @Test("control: a stream that comes byte by byte gives the same messages")
  func bytes() throws {
    var reader = MessageReader()
    var messages: [[UInt8]] = []
    for byte in Array("ab\0c\0".utf8) {
      try reader.append([byte], into: &messages)
    }
    #expect(messages == [Array("ab".utf8), Array("c".utf8)])
    #expect(!reader.isInsideMessage)
  }

  @Test("control: a message of 1 MiB is read, one byte more is refused with or without its NUL")
  func limit() throws {
    let longest = [UInt8](repeating: 32, count: MessageReader.callLimit)
    var messages: [[UInt8]] = []
    var reader = MessageReader()
    try reader.append((longest + [0])[...], into: &messages)
    #expect(messages.map(\.count) == [MessageReader.callLimit])
    for tail: [UInt8] in [[32], [32, 0]] {
      var reader = MessageReader()
      #expect(throws: MessageReader.TooLong.self) {
        var messages: [[UInt8]] = []
        try reader.append(longest[...], into: &messages)
        try reader.append(tail[...], into: &messages)
      }
    }
  }

  @Test("control: messages that were whole before one that is too long are kept")
  func wholeBefore() {
    var reader = MessageReader(limit: 2)
    var messages: [[UInt8]] = []
    #expect(throws: MessageReader.TooLong.self) {
      try reader.append(Array("ab\0abc".utf8)[...], into: &messages)
    }
    #expect(messages == [Array("ab".utf8)])
  }
}

import CCurl
import HTTP

/// Puts one answer together from what curl's callbacks bring.
final class AnswerReader {
  /// Why the reader ended the transfer.
  enum Stop { case tooLarge, sinkStopped }

  private(set) var answer = Response(status: 0)
  private(set) var stop: Stop?
  private let bytesLimit: Int
  private let sink: (any BodySink)?
  private var headerBytes = 0
  private var bodyBytes = 0
  /// Asked before a sink gets a piece: true when the loop was held long enough, and the transfer goes
  /// on in a later turn.
  var pauses: (() -> Bool)?
  /// False when a connection ended in the middle of a head, which curl takes for an answer.
  private(set) var headersAreComplete = false

  /// Far above what either side sends; a longer head is an attack or a defect.
  private static let headerBytesLimit = 256 << 10

  init(bytesLimit: Int, sink: (any BodySink)?) {
    self.bytesLimit = max(bytesLimit, 0)
    self.sink = sink
  }

  func attach(to easy: UnsafeMutableRawPointer) {
    _ = sf_easy_set_answer(
      easy,
      { data, size, count, context in
        AnswerReader.forward(data, size &* count, context, isBody: false) { $0.takeHeader($1) }
      },
      { data, size, count, context in
        AnswerReader.forward(data, size &* count, context, isBody: true) { $0.takeBody($1) }
      },
      Unmanaged.passUnretained(self).toOpaque())
  }

  private static func forward(
    _ data: UnsafeMutablePointer<CChar>?, _ count: Int, _ context: UnsafeMutableRawPointer?,
    isBody: Bool, to take: (AnswerReader, UnsafeRawBufferPointer) -> Bool
  ) -> Int {
    guard let context else { return count &+ 1 }
    let reader = Unmanaged<AnswerReader>.fromOpaque(context).takeUnretainedValue()
    if isBody, reader.mustPause() { return Int(CURL_WRITEFUNC_PAUSE) }
    // Any other count than the one given makes curl end the transfer.
    return take(reader, UnsafeRawBufferPointer(start: data, count: count)) ? count : count &+ 1
  }

  /// Takes one line of the head; false ends the transfer.
  func takeHeader(_ line: UnsafeRawBufferPointer) -> Bool {
    headerBytes += line.count
    guard headerBytes <= Self.headerBytesLimit else { return end(.tooLarge) }
    // What follows a whole head are trailers, which nobody reads.
    guard !headersAreComplete else { return true }
    if line.starts(with: "HTTP/".utf8) {
      answer = Response(status: Self.status(line))
    } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
      answer.headers.append(
        Self.text(line[..<colon]), Self.text(line[line.index(after: colon)...]))
    } else if line.allSatisfy(Self.isBlank) {
      headersAreComplete = answer.status >= 200
    }
    return true
  }

  /// Whether curl is to keep the next piece for later.
  private func mustPause() -> Bool { sink != nil && pauses?() == true }

  /// Takes one decoded piece of the body; false ends the transfer.
  func takeBody(_ piece: UnsafeRawBufferPointer) -> Bool {
    guard piece.count <= bytesLimit - bodyBytes else { return end(.tooLarge) }
    bodyBytes += piece.count
    if let sink, (200...299).contains(answer.status) {
      return sink.take(piece) || end(.sinkStopped)
    }
    answer.body.append(contentsOf: piece)
    return true
  }

  private func end(_ reason: Stop) -> Bool {
    stop = reason
    return false
  }

  /// The three digits after the version, 0 when they are not there.
  private static func status(_ line: UnsafeRawBufferPointer) -> Int {
    let word =
      line.split(separator: UInt8(ascii: " "), maxSplits: 2).dropFirst().first ?? line[0..<0]
    let digits = word.prefix { $0 >= 0x30 && $0 <= 0x39 }
    return digits.count == 3 ? digits.reduce(0) { $0 * 10 + Int($1 - 0x30) } : 0
  }

  private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    let start = bytes.drop(while: isBlank)
    let end = start.lastIndex { !isBlank($0) }.map { start.index(after: $0) } ?? start.startIndex
    return String(decoding: start[..<end], as: UTF8.self)
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A
  }
}

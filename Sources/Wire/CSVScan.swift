/// Where one cell stands in the bytes of its row, quotes left out.
struct CSVSpan {
  var start: Int
  var end: Int
  /// Whether quotes are still doubled in it.
  var isDoubled = false
  var isQuoted = false

  var isBlank: Bool { start == end && !isQuoted }

  /// Halves the doubled quotes in place; the text only shrinks.
  mutating func undouble(_ bytes: UnsafeMutableRawBufferPointer) {
    var target = start
    var source = start
    while source < end {
      bytes[target] = bytes[source]
      source += bytes[source] == UInt8(ascii: "\"") ? 2 : 1
      target += 1
    }
    end = target
    isDoubled = false
  }
}

/// Finds the cells of one row after another, and can stop at any byte and go on later.
struct CSVScan {
  enum State { case cellStart, plain, quoted, quoteSeen, carriageReturnSeen }
  enum Step {
    case row, needsMore
    case failed(CSVError.Problem)
  }

  private(set) var state = State.cellStart
  /// The next byte to look at.
  private(set) var position = 0
  var spans: [CSVSpan] = []
  private var start = 0
  private var isDoubled = false

  /// The bytes before `count` are gone.
  mutating func moved(by count: Int) {
    position -= count
    start -= count
    for index in spans.indices {
      spans[index].start -= count
      spans[index].end -= count
    }
  }

  /// Reads to the end of the row, or to the end of `bytes`.
  mutating func next(_ bytes: UnsafeRawBufferPointer, spansMax: Int) -> Step {
    while position < bytes.count {
      switch state {
      case .cellStart:
        start = position
        isDoubled = false
        if bytes[position] == UInt8(ascii: "\"") {
          position += 1
          start = position
          state = .quoted
        } else {
          state = .plain
        }
      case .quoted:
        position = ByteScan.first(UInt8(ascii: "\""), in: bytes, from: position)
        guard position - start <= CSVReader.cellBytesMax else { return .failed(.cellTooLong) }
        guard position < bytes.count else { return .needsMore }
        position += 1
        state = .quoteSeen
      case .quoteSeen:
        if bytes[position] == UInt8(ascii: "\"") {
          position += 1
          isDoubled = true
          state = .quoted
        } else if let step = endCell(bytes, at: position - 1, isQuoted: true, spansMax) {
          return step
        }
      case .plain:
        position = ByteScan.firstCSVMark(in: bytes, from: position)
        guard position - start <= CSVReader.cellBytesMax else { return .failed(.cellTooLong) }
        guard position < bytes.count else { return .needsMore }
        if let step = endCell(bytes, at: position, isQuoted: false, spansMax) { return step }
      case .carriageReturnSeen:
        guard bytes[position] == 0x0A else { return .failed(.strayCarriageReturn) }
        position += 1
        state = .cellStart
        return .row
      }
    }
    return .needsMore
  }

  /// Ends a cell before `end`, by the byte that stands at the position.
  private mutating func endCell(
    _ bytes: UnsafeRawBufferPointer, at end: Int, isQuoted: Bool, _ spansMax: Int
  ) -> Step? {
    let byte = bytes[position]
    guard byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D else {
      return .failed(.strayQuote)
    }
    guard spans.count <= spansMax else {
      return .failed(
        spansMax == CSVReader.columnsMax
          ? .tooManyColumns : .wrongCellCount(found: spans.count + 1, expected: spansMax))
    }
    spans.append(CSVSpan(start: start, end: end, isDoubled: isDoubled, isQuoted: isQuoted))
    position += 1
    switch byte {
    case 0x0D: state = .carriageReturnSeen
    case 0x0A:
      state = .cellStart
      return .row
    default: state = .cellStart
    }
    return nil
  }
}

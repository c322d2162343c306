/// One row: what every query looks at as numbers, everything else as bytes.
///
/// `cells` holds only what has a value: column (1 byte), length (base 128), UTF-8 text. Ids are 18
/// characters, booleans `1`, days `2011-07-07`, moments milliseconds in decimal.
struct OrgRow {
  var serial: UInt32
  var isDeleted = false
  /// Hard-deleted: nothing shows it any more.
  var isPurged = false
  /// Milliseconds UTC, whole seconds.
  var createdAt: Int64
  var modifiedAt: Int64
  /// SystemModstamp.
  var stamp: Int64
  var cells: [UInt8] = []

  init(serial: UInt32, at moment: Int64) {
    self.serial = serial
    createdAt = moment
    modifiedAt = moment
    stamp = moment
  }

  /// Where the bytes of a column are.
  func range(of column: UInt8) -> Range<Int>? {
    cells.withUnsafeBufferPointer { bytes in
      var position = 0
      while let (found, range) = Self.next(bytes, &position) {
        if found == column { return range }
      }
      return nil
    }
  }

  func text(_ column: UInt8) -> String? {
    range(of: column).map { String(decoding: cells[$0], as: UTF8.self) }
  }

  func has(_ column: UInt8) -> Bool { range(of: column) != nil }

  /// Sets a column; nil and the empty text both mean that it has no value.
  mutating func set(_ column: UInt8, _ text: String?) {
    if let range = range(of: column) {
      cells.removeSubrange(range.lowerBound - Self.headCount(range.count)..<range.upperBound)
    }
    guard var text, !text.isEmpty else { return }
    text.withUTF8 { append(column, $0) }
  }

  /// Appends a column that has no value yet.
  mutating func append(_ column: UInt8, _ bytes: UnsafeBufferPointer<UInt8>) {
    guard !bytes.isEmpty else { return }
    cells.append(column)
    var length = bytes.count
    while length >= 128 {
      cells.append(UInt8(length & 127) | 128)
      length >>= 7
    }
    cells.append(UInt8(length))
    cells.append(contentsOf: bytes)
  }

  /// The next column and its bytes.
  @inline(__always)
  static func next(
    _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) -> (UInt8, Range<Int>)? {
    guard position < bytes.count else { return nil }
    let column = bytes[position]
    position += 1
    var length = 0
    var shift = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      length |= Int(byte & 127) << shift
      if byte < 128 { break }
      shift += 7
    }
    let range = position..<min(position + length, bytes.count)
    position = range.upperBound
    return (column, range)
  }

  private static func headCount(_ length: Int) -> Int {
    var count = 2
    var left = length
    while left >= 128 {
      count += 1
      left >>= 7
    }
    return count
  }
}

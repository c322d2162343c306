import SyncCore
import Wire

/// Turns the rows of an answer into columns, in one buffer for all of them.
struct RowFiller {
  private(set) var row: RowBuffer
  private let shape: RowShape
  private var scratch: [UInt8] = []
  /// Salesforce answers in the order of the SELECT, after `attributes`.
  private var expected = 0
  /// One bit for each selected field that the row bore.
  private(set) var seen: UInt32 = 0
  /// The name of a field whose value was none, in the last row.
  private(set) var unfit: Int?

  init(_ shape: RowShape) {
    self.shape = shape
    row = RowBuffer(columns: shape.columns)
    scratch.reserveCapacity(256)
  }

  mutating func begin() {
    row.clear()
    seen = 0
    expected = 0
    unfit = nil
    guard let object = shape.stream.object else { return }
    row.set(RecordColumn.object.rawValue) { out in out.append(contentsOf: object.rawValue.utf8) }
  }

  /// Reads one row; false when a null stands in its place.
  mutating func fill(from reader: inout JSONReader) throws(JSONError) -> Bool {
    if try reader.peek() == .null {
      try reader.readNull()
      return false
    }
    begin()
    try reader.readObject { reader, key throws(JSONError) in
      guard let place = shape.place(of: key, hint: expected) else {
        guard let nested = shape.nested, key.equals(nested.key) else {
          return try reader.skipValue()
        }
        return try fill(nested, from: &reader)
      }
      expected = place + 1
      try set(place, from: &reader)
    }
    return true
  }

  /// Reads the related object, or the null that stands for a record without one.
  private mutating func fill(
    _ nested: RowShape.Nested, from reader: inout JSONReader
  ) throws(JSONError) {
    expected = nested.places.upperBound
    if try reader.peek() == .null {
      try reader.readNull()
      for place in nested.places { set(place, nil) }
      return
    }
    try reader.readObject { reader, key throws(JSONError) in
      guard let index = nested.members.firstIndex(where: { key.equals($0) }) else {
        return try reader.skipValue()
      }
      try set(nested.places.lowerBound + index, from: &reader)
    }
  }

  private mutating func set(
    _ place: Int, from reader: inout JSONReader
  ) throws(JSONError) {
    switch try reader.peek() {
    case .null:
      try reader.readNull()
      setAll(place, nil)
    case .string:
      let text = try reader.readString()
      if text.isEscaped {
        // Taken out for the time of the call, so that it can be read while the row is written.
        var plain: [UInt8] = []
        swap(&plain, &scratch)
        plain.removeAll(keepingCapacity: true)
        text.append(to: &plain)
        plain.withUnsafeBytes { setAll(place, $0) }
        swap(&plain, &scratch)
      } else {
        setAll(place, text.raw)
      }
    case .bool, .number: setAll(place, try reader.readRawValue())
    case .object, .array:
      try reader.skipValue()
      unfit = place
    }
  }

  /// Sets every column that the field fills.
  private mutating func setAll(_ place: Int, _ value: UnsafeRawBufferPointer?) {
    set(place, value)
    // The match field may be a column of its own as well.
    if let twin = shape.twin, twin.of == place { set(twin.place, value) }
  }

  /// Sets the column of the selected field at `place`; null for nil and for nothing.
  mutating func set(_ place: Int, _ value: UnsafeRawBufferPointer?) {
    seen |= 1 << UInt32(place)
    let field = shape.selected[place]
    guard let value, !value.isEmpty else { return }
    switch field.kind {
    case .text: row.set(field.column, value)
    case .number: row.set(field.column, Self.whole(value))
    case .email: row.set(field.column) { out in EmailKey.append(value, to: &out) }
    case .id:
      row.set(field.column) { out in
        if !SalesforceID.append(value, to: &out) { unfit = place }
      }
    case .stamp:
      guard let time = Timestamp.parse(value) else { return unfit = place }
      row.set(field.column) { out in Self.append(time, to: &out) }
    case .flag:
      if value.elementsEqual("true".utf8) {
        row.set(field.column) { out in out.append(UInt8(ascii: "1")) }
      } else if !value.elementsEqual("false".utf8) {
        unfit = place
      }
    }
  }

  /// A number's text without a fraction of zero: bulk exports write `12.0` for 12.
  private static func whole(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    guard value.count > 2, value[value.count - 1] == UInt8(ascii: "0"),
      value[value.count - 2] == UInt8(ascii: "."),
      value.dropLast(2).allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return value }
    return UnsafeRawBufferPointer(rebasing: value.dropLast(2))
  }

  /// Appends `number` in decimal without a string.
  private static func append(_ number: Int64, to out: inout [UInt8]) {
    if number < 0 { out.append(UInt8(ascii: "-")) }
    let first = out.count
    var rest = number.magnitude
    repeat {
      out.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    out[first...].reverse()
  }
}

/// One pass over the rows of a page before any of them is handed on.
struct RowCheck {
  private(set) var rows = 0
  /// Rows and nulls.
  private(set) var places = 0
  private(set) var lastKey: StreamKey?
  /// Where nulls stand, in the order of the array.
  private(set) var nulls: [Int] = []

  init(
    _ bytes: [UInt8], _ records: Range<Int>, _ shape: RowShape, bad: (String) -> Failure
  ) throws(Failure) {
    var filler = RowFiller(shape)
    var fault: String?
    do throws(JSONError) {
      try bytes.withBytes { all throws(JSONError) in
        var reader = JSONReader(UnsafeRawBufferPointer(rebasing: all[records]))
        try reader.readArray { reader throws(JSONError) in
          places += 1
          guard try filler.fill(from: &reader) else { return nulls.append(places - 1) }
          rows += 1
          if fault == nil { fault = filler.fault.map { "row \(places) \($0)" } }
        }
        try reader.finish()
      }
    } catch {
      throw bad("\(error)")
    }
    if let fault { throw bad(fault) }
    lastKey = rows > 0 ? filler.key : nil
  }
}

extension RowFiller {
  /// What is wrong with the last row, if anything.
  var fault: String? {
    if let unfit { return "has no valid \(name(unfit))" }
    let absent = shape.mask & ~seen
    if absent != 0 { return "lacks the field \(name(absent.trailingZeroBitCount))" }
    if row.isNull(0) { return "has no Id" }
    return row.isNull(stampColumn) ? "has no SystemModstamp" : nil
  }

  /// The key of the last row.
  var key: StreamKey? {
    guard let modifiedAt = row.integer(stampColumn), let id = row.string(0) else { return nil }
    return StreamKey(modifiedAt: modifiedAt, id: id)
  }

  private var stampColumn: Int {
    shape.stream.object == nil
      ? OwnerColumn.modifiedAt.rawValue : RecordColumn.modifiedAt.rawValue
  }

  private func name(_ place: Int) -> String {
    String(decoding: shape.selected[place].name, as: UTF8.self)
  }
}

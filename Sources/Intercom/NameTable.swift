import Wire

/// A few names with a number each, found by the bytes of a JSON key without an allocation.
///
/// Most keys of a contact are none of them, which one bit says.
final class NameTable {
  private struct Entry {
    var range: Range<Int>
    var number: Int
  }

  private var bytes: [UInt8] = []
  private var entries: [Entry] = []
  /// The bits of all names.
  private var bits: UInt64 = 0

  /// The number that `name` gets; of two equal names the first counts.
  func add(_ name: some Collection<UInt8>, _ number: Int) {
    let start = bytes.count
    bytes.append(contentsOf: name)
    entries.append(Entry(range: start..<bytes.count, number: number))
    bytes.withUnsafeBytes { bits |= Self.bit(UnsafeRawBufferPointer(rebasing: $0[start...])) }
  }

  var isEmpty: Bool { entries.isEmpty }

  func number(_ key: JSONString) -> Int? {
    guard key.isEscaped else { return number(key.raw) }
    var plain: [UInt8] = []
    key.append(to: &plain)
    return plain.withUnsafeBytes { number($0) }
  }

  @inline(__always)
  private func number(_ key: UnsafeRawBufferPointer) -> Int? {
    guard bits & Self.bit(key) != 0 else { return nil }
    return bytes.withUnsafeBytes { all in
      for entry in entries where entry.range.count == key.count {
        if Self.equal(UnsafeRawBufferPointer(rebasing: all[entry.range]), key) {
          return entry.number
        }
      }
      return nil
    }
  }

  @inline(__always)
  private static func bit(_ name: UnsafeRawBufferPointer) -> UInt64 {
    guard let last = name.last else { return 1 }
    let middle = name[name.count / 2]
    let mixed = UInt64(last) &* 7 &+ UInt64(middle) &* 13 &+ UInt64(name.count) &* 29
    return 1 << (mixed & 63)
  }

  @inline(__always)
  private static func equal(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    var index = a.count - 1
    while index >= 0 {
      if a[index] != b[index] { return false }
      index -= 1
    }
    return true
  }
}

import SyncCore
import Wire

/// Collects the values of one contact that rules and the mapping look at, as one JSON object.
///
/// The object has the names of ``AttributeName`` in bytewise order and each value in one spelling,
/// so that it is the same bytes in whatever order and with whatever escapes Intercom sends it; what
/// the contact lacks is absent. Built once a page.
final class WatchedScanner {
  /// Where a name stands in the object.
  typealias Slot = Int

  private struct Entry {
    /// As it stands in the object: `"name":`.
    var label: [UInt8]
    /// Where the contact's value stands in `values`; nil until it was seen.
    var value: Range<Int>?
  }

  /// Top-level names, without the tags.
  private let standard = NameTable()
  /// Names under `custom_attributes`, without the prefix.
  private let custom = NameTable()
  private(set) var tags: Slot?

  private var entries: [Entry] = []
  private var values: [UInt8] = []
  private var scratch: [UInt8] = []
  private var seen = 0

  init(_ names: [String]) {
    let own = Set(names).filter { AttributeName.ofCompany($0) == nil }
    for name in own.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      place(name, entries.count)
      var label: [UInt8] = []
      JSONText.append(quoted: name, to: &label)
      entries.append(Entry(label: label + [UInt8(ascii: ":")]))
    }
  }

  private func place(_ name: String, _ slot: Slot) {
    if name == "tag" {
      tags = slot
    } else if name.hasPrefix(AttributeName.customPrefix) {
      custom.add(name.utf8.dropFirst(AttributeName.customPrefix.utf8.count), slot)
    } else {
      standard.add(name.utf8, slot)
    }
  }

  var isEmpty: Bool { entries.isEmpty }

  /// Forgets the contact before.
  func start() {
    guard seen > 0 else { return }
    seen = 0
    values.removeAll(keepingCapacity: true)
    for slot in entries.indices { entries[slot].value = nil }
  }

  /// Where a top-level name stands, if it is watched.
  func slot(_ key: JSONString) -> Slot? { standard.number(key) }

  /// Where a custom attribute stands, if it is watched.
  func customSlot(_ key: JSONString) -> Slot? { custom.number(key) }

  /// Takes the next value for `slot`; a list or an object is no value and leaves it absent.
  func take(_ reader: inout JSONReader, _ slot: Slot) throws(JSONError) {
    let start = values.count
    switch try reader.peek() {
    case .string: append(try reader.readString())
    case .number:
      let text = try reader.readRawValue()
      guard JSONText.isNumber(text) else { return }
      values.append(contentsOf: text)
    case .bool, .null: values.append(contentsOf: try reader.readRawValue())
    case .array, .object: return try reader.skipValue()
    }
    keep(slot, from: start)
  }

  /// Takes the ids of the contact's tags, sorted.
  func takeTags(_ reader: inout JSONReader) throws(JSONError) {
    guard let tags, try reader.peek() == .object else { return try reader.skipValue() }
    var ids: [[UInt8]] = []
    try reader.readItemIDs { id in ids.append(id) }
    ids.sort { $0.lexicographicallyPrecedes($1) }
    let start = values.count
    values.append(UInt8(ascii: "["))
    for (index, id) in ids.enumerated() {
      if index > 0 { values.append(UInt8(ascii: ",")) }
      JSONText.append(quoted: id, to: &values)
    }
    values.append(UInt8(ascii: "]"))
    keep(tags, from: start)
  }

  /// Sets the row's column, which stays null when the contact has none of the names.
  func finish(_ row: inout RowBuffer) {
    guard seen > 0 else { return }
    row.set(PersonColumn.watched.rawValue) { out in
      var mark = UInt8(ascii: "{")
      for entry in entries {
        guard let value = entry.value else { continue }
        out.append(mark)
        out.append(contentsOf: entry.label)
        out.append(contentsOf: values[value])
        mark = UInt8(ascii: ",")
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  private func keep(_ slot: Slot, from start: Int) {
    entries[slot].value = start..<values.count
    seen += 1
  }

  /// Appends `text` between quotes, HTML escapes undone, escaped anew.
  private func append(_ text: JSONString) {
    values.append(UInt8(ascii: "\""))
    defer { values.append(UInt8(ascii: "\"")) }
    if !text.isEscaped, Self.isPlain(text.raw) { return values.append(contentsOf: text.raw) }
    let start = values.count
    HTMLText.append(text, to: &values)
    if values[start...].contains(where: JSONText.needsEscape) {
      scratch.removeAll(keepingCapacity: true)
      scratch.append(contentsOf: values[start...])
      values.removeSubrange(start...)
      JSONText.append(escaped: scratch, to: &values)
    }
  }

  /// Whether there is nothing to undo or to repair: ASCII without HTML escapes.
  @inline(__always)
  private static func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
    var others: UInt8 = 0
    for byte in text { others |= byte == UInt8(ascii: "&") ? 0x80 : byte }
    return others < 0x80
  }
}

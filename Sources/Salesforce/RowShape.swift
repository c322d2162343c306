import SyncCore
import Wire

/// Which fields of a stream are selected, and the column of each.
struct RowShape: Sendable {
  struct Selected: Sendable, Equatable {
    var name: [UInt8]
    var column: Int
    var kind: Kind
  }

  enum Kind: Sendable, Equatable { case id, stamp, email, flag, text, number }

  let stream: Stream
  /// In the order of the SELECT.
  let selected: [Selected]
  /// Wanted, not visible, and left out.
  let missing: [String]
  /// Wanted, not visible, and indispensable.
  let indispensable: [String]

  /// The place that the match field has besides being a column of its own, and of which.
  let twin: (place: Int, of: Int)?
  /// The fields of the Contact's account, which stand in an object of its own in an answer.
  let nested: Nested?

  /// Selected fields whose names begin with one relation, side by side in ``selected``.
  struct Nested: Sendable {
    /// The key that the relation has in a row.
    var key: [UInt8]
    var places: Range<Int>
    /// The members of the related object, one for each place.
    var members: [[UInt8]]
  }

  /// One name for each of ``selected``.
  var names: [String] { selected.map { String(decoding: $0.name, as: UTF8.self) } }
  /// What a query selects: a field named twice would be refused.
  var fields: [String] { twin == nil ? names : names.dropLast() }
  var isComplete: Bool { missing.isEmpty && indispensable.isEmpty }
  var columns: Int {
    stream.object == nil ? OwnerColumn.allCases.count : RecordColumn.allCases.count
  }
  /// One bit a selected field: a row must bear them all.
  var mask: UInt32 { selected.isEmpty ? 0 : UInt32.max >> (32 - UInt32(selected.count)) }

  /// The shape of a stream's rows; everything is taken for visible when nobody asked.
  ///
  /// `hidesAccount` leaves out the Contact's account, which describe cannot answer for.
  init(
    _ stream: Stream, matchField: String?, visible: ObjectDescription?, hidesAccount: Bool = false
  ) {
    self.stream = stream
    var selected: [Selected] = []
    var missing: [String] = []
    var indispensable: [String] = []
    for wish in Self.wishes(of: stream, matchField) {
      guard let found = Self.find(wish, visible, hidesAccount) else {
        let name = wish.via ?? wish.name
        if !wish.isOptional {
          indispensable.append(name)
        } else if missing.last != name {
          missing.append(name)
        }
        continue
      }
      let isNumber = Self.numbers.contains(visible?.field(found)?.type ?? "")
      let kind = wish.kind == .text && isNumber ? .number : wish.kind
      selected.append(Selected(name: Array(found.utf8), column: wish.column, kind: kind))
    }
    self.selected = selected
    let last = selected.indices.last ?? 0
    twin = selected.dropLast().firstIndex { $0.name == selected[last].name }.map { (last, $0) }
    nested = Self.nested(selected)
    self.missing = missing
    self.indispensable = indispensable
  }

  /// The name under which a field is asked for; nil when it is hidden.
  private static func find(
    _ wish: Wish, _ visible: ObjectDescription?, _ hidesAccount: Bool
  ) -> String? {
    if wish.via != nil, hidesAccount { return nil }
    guard let visible else { return wish.name }
    if let field = visible.field(wish.name) { return field.name }
    // A description lists the look-up; what it leads to is another object's.
    return wish.via.flatMap { visible.field($0) } == nil ? nil : wish.name
  }

  private static func nested(_ selected: [Selected]) -> Nested? {
    let prefix = Array("\(account).".utf8)
    let places = selected.indices.filter { selected[$0].name.starts(with: prefix) }
    guard let first = places.first, let last = places.last else { return nil }
    return Nested(
      key: Array(account.utf8), places: first..<(last + 1),
      members: places.map { Array(selected[$0].name.dropFirst(prefix.count)) })
  }

  /// The first place in ``selected`` that `key` fills; `hint` is looked at first.
  func place(of key: JSONString, hint: Int) -> Int? {
    // Never the twin: the first place of its name stands for both.
    if hint < (twin?.place ?? selected.count), isNamed(hint, key) { return hint }
    var index = 0
    while index < selected.count {
      if isNamed(index, key) { return index }
      index += 1
    }
    return nil
  }

  private func isNamed(_ index: Int, _ key: JSONString) -> Bool {
    selected[index].name.count == key.raw.count && key.equals(selected[index].name)
  }

  // MARK: Wishes

  private static let numbers: Set<String> = ["int", "long", "double", "currency", "percent"]

  private struct Wish {
    var name: String
    var column: Int
    var kind: Kind
    var isOptional = false
    /// The look-up that must be visible, for a field of another object.
    var via: String?
  }

  private static let account = "Account"

  private static func wishes(of stream: Stream, _ matchField: String?) -> [Wish] {
    if let object = stream.object { return records(object, matchField) }
    var wishes = [
      Wish(name: "Id", column: OwnerColumn.id.rawValue, kind: .id),
      Wish(name: "SystemModstamp", column: OwnerColumn.modifiedAt.rawValue, kind: .stamp),
      Wish(name: "Name", column: OwnerColumn.name.rawValue, kind: .text),
    ]
    if stream != .role {
      // An owner's address is shown, not matched by: it stays as people wrote it.
      wishes.append(
        Wish(name: "Email", column: OwnerColumn.email.rawValue, kind: .text, isOptional: true))
    }
    if stream == .user {
      wishes += [
        Wish(name: "Title", column: OwnerColumn.title.rawValue, kind: .text, isOptional: true),
        Wish(name: "UserRoleId", column: OwnerColumn.roleID.rawValue, kind: .id, isOptional: true),
        Wish(
          name: "IsActive", column: OwnerColumn.isActive.rawValue, kind: .flag, isOptional: true),
      ]
    }
    return wishes
  }

  private static func records(_ object: RecordObject, _ matchField: String?) -> [Wish] {
    func wish(_ name: String, _ column: RecordColumn, _ kind: Kind, optional: Bool = false) -> Wish
    {
      Wish(name: name, column: column.rawValue, kind: kind, isOptional: optional)
    }
    var wishes = [
      wish("Id", .id, .id), wish("SystemModstamp", .modifiedAt, .stamp),
      wish("CreatedDate", .createdAt, .stamp), wish("Email", .email, .email),
      wish("Name", .name, .text, optional: true), wish("Title", .title, .text, optional: true),
      wish("OwnerId", .ownerID, .id), wish("IsDeleted", .isDeleted, .flag),
      wish("MasterRecordId", .masterRecordID, .id, optional: true),
    ]
    if object == .lead {
      wishes += [
        wish("Status", .status, .text, optional: true), wish("IsConverted", .isConverted, .flag),
        wish("ConvertedContactId", .convertedContactID, .id),
        wish("Company", .company, .text, optional: true),
      ]
    } else {
      wishes += [
        Wish(
          name: "\(account).Name", column: RecordColumn.company.rawValue, kind: .text,
          isOptional: true, via: "AccountId"),
        Wish(
          name: "\(account).OwnerId", column: RecordColumn.accountOwnerID.rawValue, kind: .id,
          isOptional: true, via: "AccountId"),
      ]
    }
    if let matchField { wishes.append(wish(matchField, .matchKey, .text)) }
    return wishes
  }
}

/// Writes committed rows as the JSON of REST answers.
struct OrgRowWriter {
  /// A node with everything before its value as bytes.
  private indirect enum Node {
    case field(head: [UInt8], SOQLPath.Last)
    case relation(head: [UInt8], OrgColumn, [Node])
  }

  private let reader: OrgReader
  private let table: OrgTable
  private let nodes: [Node]
  private let head: [UInt8]
  private let version: String

  init(reader: OrgReader, version: String, table: OrgTable, nodes: [SOQLNode]) {
    self.reader = reader
    self.version = version
    self.table = table
    self.nodes = nodes.map(Self.prepared)
    head = Self.head(table.schema.name, table, version)
  }

  private static func prepared(_ node: SOQLNode) -> Node {
    switch node {
    case .field(let name, let last): .field(head: Array(",\"\(name)\":".utf8), last)
    case .relation(let name, let hop, let inner):
      .relation(head: Array(",\"\(name)\":".utf8), hop, inner.map(prepared))
    }
  }

  /// What a row begins with, up to its id.
  private static func head(_ type: String, _ table: OrgTable, _ version: String) -> [UInt8] {
    let path = "/services/data/v\(version)/sobjects/\(table.schema.name)/"
    return Array("{\"attributes\":{\"type\":\"\(type)\",\"url\":\"\(path)".utf8)
  }

  private static let headEnd = Array("\"}".utf8)
  private static let null = Array("null".utf8)
  private static let yes = Array("true".utf8)
  private static let no = Array("false".utf8)

  func append(_ row: OrgRow, to out: inout [UInt8]) {
    append(nodes, head, table, row, to: &out)
  }

  private func append(
    _ nodes: [Node], _ head: [UInt8], _ table: OrgTable, _ row: OrgRow, to out: inout [UInt8]
  ) {
    out.append(contentsOf: head)
    OrgID.append(prefix: table.schema.prefixBytes, serial: row.serial, to: &out)
    out.append(contentsOf: Self.headEnd)
    for node in nodes {
      switch node {
      case .field(let head, let last):
        out.append(contentsOf: head)
        append(last, table, row, to: &out)
      case .relation(let head, let hop, let inner):
        out.append(contentsOf: head)
        guard let (target, found) = reader.target(hop, table, row) else {
          out.append(contentsOf: Self.null)
          continue
        }
        let type = hop.field.isPolymorphic ? "Name" : target.schema.name
        append(inner, Self.head(type, target, version), target, found, to: &out)
      }
    }
    out.append(UInt8(ascii: "}"))
  }

  private func append(
    _ last: SOQLPath.Last, _ table: OrgTable, _ row: OrgRow, to out: inout [UInt8]
  ) {
    switch last {
    case .column(let column): append(column, table, row, to: &out)
    case .named(let name):
      if name == "IsActive" {
        let isActive = reader.named(name, table, row) != nil
        return out.append(contentsOf: isActive ? Self.yes : Self.no)
      }
      appendText(reader.named(name, table, row), to: &out)
    }
  }

  /// One value; unset fields are explicit nulls.
  private func append(_ column: OrgColumn, _ table: OrgTable, _ row: OrgRow, to out: inout [UInt8])
  {
    switch column.slot {
    case .id:
      out.append(UInt8(ascii: "\""))
      OrgID.append(prefix: table.schema.prefixBytes, serial: row.serial, to: &out)
      out.append(UInt8(ascii: "\""))
    case .isDeleted: out.append(contentsOf: row.isDeleted ? Self.yes : Self.no)
    case .createdAt: appendMoment(row.createdAt, to: &out)
    case .modifiedAt: appendMoment(row.modifiedAt, to: &out)
    case .stamp: appendMoment(row.stamp, to: &out)
    case .address(let prefix): appendAddress(prefix, table, row, to: &out)
    case .cell(let cell): appendCell(cell, column.field.kind, row, to: &out)
    case .name, .photo, .isClosed, .isSet:
      let text = reader.text(column, table, row)
      if column.field.kind == .boolean {
        out.append(contentsOf: text == nil ? Self.no : Self.yes)
      } else {
        appendText(text, to: &out)
      }
    }
  }

  private func appendCell(
    _ cell: UInt8, _ kind: OrgField.Kind, _ row: OrgRow, to out: inout [UInt8]
  ) {
    let range = row.range(of: cell)
    if kind == .boolean {
      return out.append(contentsOf: range == nil ? Self.no : Self.yes)
    }
    guard let range else { return out.append(contentsOf: Self.null) }
    switch kind {
    case .int, .double, .currency, .percent: out.append(contentsOf: row.cells[range])
    case .datetime:
      appendMoment(Int64(String(decoding: row.cells[range], as: UTF8.self)) ?? 0, to: &out)
    default:
      row.cells.withUnsafeBufferPointer { bytes in
        OrgJSON.appendString(UnsafeBufferPointer(rebasing: bytes[range]), to: &out)
      }
    }
  }

  private func appendAddress(
    _ prefix: String, _ table: OrgTable, _ row: OrgRow, to out: inout [UInt8]
  ) {
    func part(_ name: String) -> OrgJSON {
      OrgJSON(table.schema.cell(prefix + name).flatMap { row.text($0) })
    }
    let names = ["City", "Country", "GeocodeAccuracy", "PostalCode", "State", "Street"]
    guard names.contains(where: { !part($0).isNull }) else {
      return out.append(contentsOf: Self.null)
    }
    let address: OrgJSON = [
      "city": part("City"), "country": part("Country"),
      "geocodeAccuracy": part("GeocodeAccuracy"), "latitude": nil, "longitude": nil,
      "postalCode": part("PostalCode"), "state": part("State"), "street": part("Street"),
    ]
    address.append(to: &out)
  }

  private func appendMoment(_ moment: Int64, to out: inout [UInt8]) {
    out.append(UInt8(ascii: "\""))
    OrgTime.append(moment, .rest, to: &out)
    out.append(UInt8(ascii: "\""))
  }

  private func appendText(_ text: String?, to out: inout [UInt8]) {
    guard let text else { return out.append(contentsOf: Self.null) }
    OrgJSON.appendString(text, to: &out)
  }
}

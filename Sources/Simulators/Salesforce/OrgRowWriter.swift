/// Writes committed rows as the JSON of REST answers.
struct OrgRowWriter {
  let reader: OrgReader
  /// `/services/data/v66.0/sobjects/`.
  let base: [UInt8]

  init(reader: OrgReader, version: String) {
    self.reader = reader
    base = Array("/services/data/v\(version)/sobjects/".utf8)
  }

  func append(_ nodes: [SOQLNode], _ table: OrgTable, _ row: OrgRow, to out: inout [UInt8]) {
    append(nodes, type: table.schema.name, table, row, to: &out)
  }

  private func append(
    _ nodes: [SOQLNode], type: String, _ table: OrgTable, _ row: OrgRow, to out: inout [UInt8]
  ) {
    out.append(contentsOf: "{\"attributes\":{\"type\":\"".utf8)
    out.append(contentsOf: type.utf8)
    out.append(contentsOf: "\",\"url\":\"".utf8)
    out.append(contentsOf: base)
    out.append(contentsOf: table.schema.name.utf8)
    out.append(UInt8(ascii: "/"))
    OrgID.append(prefix: table.schema.prefixBytes, serial: row.serial, to: &out)
    out.append(contentsOf: "\"}".utf8)
    for node in nodes {
      out.append(contentsOf: ",\"".utf8)
      switch node {
      case .field(let name, let last):
        out.append(contentsOf: name.utf8)
        out.append(contentsOf: "\":".utf8)
        append(last, table, row, to: &out)
      case .relation(let name, let hop, let inner):
        out.append(contentsOf: name.utf8)
        out.append(contentsOf: "\":".utf8)
        guard let (target, found) = reader.target(hop, table, row) else {
          out.append(contentsOf: "null".utf8)
          continue
        }
        let type = hop.field.isPolymorphic ? "Name" : target.schema.name
        append(inner, type: type, target, found, to: &out)
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
        return out.append(contentsOf: (isActive ? "true" : "false").utf8)
      }
      appendText(reader.named(name, table, row), to: &out)
    }
  }

  /// One value; unset fields are explicit nulls.
  func append(_ column: OrgColumn, _ table: OrgTable, _ row: OrgRow, to out: inout [UInt8]) {
    switch column.slot {
    case .id:
      out.append(UInt8(ascii: "\""))
      OrgID.append(prefix: table.schema.prefixBytes, serial: row.serial, to: &out)
      out.append(UInt8(ascii: "\""))
    case .isDeleted: out.append(contentsOf: (row.isDeleted ? "true" : "false").utf8)
    case .createdAt: appendMoment(row.createdAt, to: &out)
    case .modifiedAt: appendMoment(row.modifiedAt, to: &out)
    case .stamp: appendMoment(row.stamp, to: &out)
    case .address(let prefix): appendAddress(prefix, table, row, to: &out)
    case .cell(let cell): appendCell(cell, column.field.kind, row, to: &out)
    case .name, .photo, .isClosed, .isSet:
      let text = reader.text(column, table, row)
      if column.field.kind == .boolean {
        out.append(contentsOf: (text == nil ? "false" : "true").utf8)
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
      return out.append(contentsOf: (range == nil ? "false" : "true").utf8)
    }
    guard let range else { return out.append(contentsOf: "null".utf8) }
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
      return out.append(contentsOf: "null".utf8)
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
    guard let text else { return out.append(contentsOf: "null".utf8) }
    OrgJSON.appendString(text.utf8, to: &out)
  }
}

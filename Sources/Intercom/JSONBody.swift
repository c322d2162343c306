/// A JSON value of ours on its way out; members keep their order, which Intercom's events need.
indirect enum JSONBody {
  case null
  case bool(Bool)
  case number(Int64)
  case text(String)
  case list([JSONBody])
  case object([(String, JSONBody)])

  /// The UTF-8 text, without white space.
  var bytes: [UInt8] {
    var out: [UInt8] = []
    append(to: &out)
    return out
  }

  private func append(to out: inout [UInt8]) {
    switch self {
    case .null: out.append(contentsOf: "null".utf8)
    case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let value): out.append(contentsOf: String(value).utf8)
    case .text(let value): JSONText.append(quoted: value, to: &out)
    case .list(let items):
      out.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        item.append(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        JSONText.append(quoted: member.0, to: &out)
        out.append(UInt8(ascii: ":"))
        member.1.append(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }
}

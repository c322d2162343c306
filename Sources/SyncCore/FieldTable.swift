/// The fields of an object by name; Salesforce's names know no case.
struct FieldTable {
  /// In the order of describe.
  let all: [FieldDescription]
  private let byName: [String: FieldDescription]

  init(_ fields: [FieldDescription]) {
    all = fields
    byName = Dictionary(fields.map { ($0.name.lowercased(), $0) }) { first, _ in first }
  }

  subscript(name: String) -> FieldDescription? { byName[name.lowercased()] }
}

extension Misfit {
  /// Lead has no field `name`, or it is hidden.
  static func missing(_ name: String) -> Misfit {
    Misfit(FittingMeaning.noField, field: name, reason: "there is no such field, or it is hidden")
  }

  static func readOnly(_ name: String) -> Misfit {
    Misfit(FittingMeaning.readOnly, field: name, reason: "it may only be read")
  }
}

import Simulators

extension Stage {
  /// `{"side":"intercom","kind":"put","ordinal":1,"fault":"reset-after"}`; `fault` is `refuse`,
  /// `reset-before`, `reset-after`, `truncate`, `html`, or `status`, `status-after`, `slow` with
  /// a `value`.
  ///
  /// `times` repeats it at the calls that follow; ordinal 1 is the next call of that kind.
  func schedule(_ body: JSON) throws -> JSON {
    guard let side = Side(rawValue: try body.needed("side")) else {
      throw ControlError("'side' is salesforce or intercom")
    }
    let fault = try Self.fault(body)
    let name = try body.needed("kind")
    let ordinal = Int(clamping: body["ordinal"]?.integer ?? 1)
    let times = Int(clamping: body["times"]?.integer ?? 1)
    guard (1...1_000_000).contains(ordinal), (1...10_000).contains(times) else {
      throw ControlError("'ordinal' and 'times' begin at 1")
    }
    switch side {
    case .intercom:
      guard let kind = IntercomSimulator.Kind(rawValue: name) else {
        throw ControlError("No such kind: \(IntercomSimulator.Kind.allCases.map(\.rawValue))")
      }
      for offset in 0..<times {
        world.intercom.schedule(fault, at: ordinal + offset, of: kind)
      }
    case .salesforce:
      guard let kind = SalesforceSimulator.CallKind(rawValue: name) else {
        throw ControlError("No such kind: \(SalesforceSimulator.CallKind.allCases.map(\.rawValue))")
      }
      world.salesforce.faults.schedule(fault, at: kind, ordinal: ordinal, times: times)
    }
    return .of(("ok", .bool(true)))
  }

  private static func fault(_ body: JSON) throws -> Fault {
    func value() throws -> Int64 {
      guard let value = body["value"]?.integer else { throw ControlError("'value' is missing") }
      return value
    }
    switch try body.needed("fault") {
    case "refuse": return .refuse
    case "reset-before": return .resetBefore
    case "reset-after": return .resetAfter
    case "truncate": return .truncate
    case "html": return .html
    case "status": return .status(Int(clamping: try value()))
    case "status-after": return .statusAfter(Int(clamping: try value()))
    case "slow": return .slow(milliseconds: try value())
    default: throw ControlError("No such fault")
    }
  }
}

import HTTP
import Simulators

extension Stage {
  /// `{"side":"intercom","kind":"put","ordinal":1,"fault":"reset-after"}`.
  ///
  /// `fault` is `refuse`, `reset-before`, `reset-after`, `truncate` (after the write), `html` (a
  /// 200 instead of the call), or with a `value`: `status` (nothing is written), `status-after`
  /// (502 is the edge's HTML page), `slow` (milliseconds); `refusal` with a `code` (for Intercom
  /// also a status as `value` and a `message`); Salesforce knows `late-commit`, too: the write is
  /// made, its answer is lost, and it shows `value` milliseconds later with its old stamp.
  ///
  /// `times` repeats it at the calls that follow; ordinal 1 is the next call of that kind. For
  /// Salesforce `kind` may be `any`, and `method` and `path` (how the path ends, such as
  /// `/sobjects/Lead` or `/composite/sobjects`) choose among the calls of a kind.
  func schedule(_ body: JSON) throws -> JSON {
    guard let side = Side(rawValue: try body.needed("side")) else {
      throw ControlError("'side' is salesforce or intercom")
    }
    let name = try body.needed("kind")
    let ordinal = Int(clamping: body["ordinal"]?.integer ?? 1)
    let times = Int(clamping: body["times"]?.integer ?? 1)
    guard (1...1_000_000).contains(ordinal), (1...10_000).contains(times) else {
      throw ControlError("'ordinal' and 'times' begin at 1")
    }
    switch side {
    case .intercom: try scheduleIntercom(body, name, ordinal, times)
    case .salesforce: try scheduleSalesforce(body, name, ordinal, times)
    }
    return .of(("ok", .bool(true)))
  }

  private func scheduleIntercom(
    _ body: JSON, _ name: String, _ ordinal: Int, _ times: Int
  ) throws {
    guard let kind = IntercomSimulator.Kind(rawValue: name) else {
      throw ControlError("No such kind: \(IntercomSimulator.Kind.allCases.map(\.rawValue))")
    }
    for offset in 0..<times {
      if try body.needed("fault") == "refusal" {
        world.intercom.scheduleRefusal(
          Int(clamping: body["value"]?.integer ?? 400), code: try body.needed("code"),
          message: body["message"]?.string ?? "Refused", at: ordinal + offset, of: kind)
      } else {
        world.intercom.schedule(try Self.fault(body), at: ordinal + offset, of: kind)
      }
    }
  }

  private func scheduleSalesforce(
    _ body: JSON, _ name: String, _ ordinal: Int, _ times: Int
  ) throws {
    let kind = SalesforceSimulator.CallKind(rawValue: name)
    guard kind != nil || name == "any" else {
      throw ControlError("No such kind: \(SalesforceSimulator.CallKind.allCases.map(\.rawValue))")
    }
    let method = body["method"]?.string?.lowercased()
    let path = body["path"]?.string ?? ""
    let when: (SalesforceSimulator.CallRecord) -> Bool = { call in
      (kind == nil || call.kind == kind) && (method == nil || call.method.rawValue == method)
        && (path.isEmpty || call.path.hasSuffix(path))
    }
    switch try body.needed("fault") {
    case "late-commit":
      world.salesforce.faults.schedule(
        lateBy: body["value"]?.integer ?? 300_000, ordinal: ordinal, times: times, when: when)
    case "refusal":
      guard let refusal = SalesforceRefusal(rawValue: try body.needed("code")) else {
        throw ControlError("No such code: \(SalesforceRefusal.allCases.map(\.rawValue))")
      }
      world.salesforce.faults.schedule(
        refusal: refusal, ordinal: ordinal, times: times, when: when)
    default:
      world.salesforce.faults.schedule(
        try Self.fault(body), ordinal: ordinal, times: times, when: when)
    }
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

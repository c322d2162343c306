/// How many API calls of the last 24 hours the org has used, as Salesforce says on each answer.
///
/// `Sforce-Limit-Info: api-usage=18/5000`, perhaps followed by
/// `; per-app-api-usage=17/250(appName=x)`; the first item is the org's.
package struct LimitInfo: Sendable, Equatable {
  package var used: Int64
  package var limit: Int64

  /// Nil when the header is absent or its first item is not two counts.
  package init?(_ headers: Headers) {
    guard let text = headers["Sforce-Limit-Info"] else { return nil }
    self.init(text)
  }

  package init?(_ text: String) {
    let all = text.utf8
    let item = all[..<(all.firstIndex(of: UInt8(ascii: ";")) ?? all.endIndex)]
    guard let equals = item.firstIndex(of: UInt8(ascii: "=")) else { return nil }
    let counts = item[item.index(after: equals)...]
    guard let slash = counts.firstIndex(of: UInt8(ascii: "/")) else { return nil }
    let rest = counts[counts.index(after: slash)...]
    let limitEnd = rest.firstIndex(of: UInt8(ascii: "(")) ?? rest.endIndex
    guard let used = HeaderNumber.parse(counts[..<slash]),
      let limit = HeaderNumber.parse(rest[..<limitEnd])
    else { return nil }
    self.used = used
    self.limit = limit
  }
}

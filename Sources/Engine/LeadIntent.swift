package import Store
package import SyncCore

/// Why and how a lead is to be made, as the outbox keeps it (L6).
package struct LeadIntent: Sendable, Equatable {
  /// `rule:NAME`, `tag:NAME` or `asked`.
  package var cause: String
  /// Values given by hand, by `name`, `email`, `phone`, `company` or API name.
  package var edits: Values
  /// What was handed to Salesforce, by API name; nil until then.
  package var sent: Values?
  /// The base of the mapped attributes, once the lead is known to be made (Q1).
  package var base: Values
  /// Mapped values that did not fit, by attribute.
  package var refused: Values

  package static let asked = "asked"

  package init(cause: String, edits: Values = [:]) {
    self.cause = cause
    self.edits = edits
    base = [:]
    refused = [:]
  }

  package init(json: String?) {
    let values = Values(json: json)
    func inner(_ key: String) -> Values { Values(json: values[key]?.text) }
    self.init(cause: values["cause"]?.text ?? "", edits: inner("edits"))
    if values["sent"] != nil { sent = inner("sent") }
    base = inner("base")
    refused = inner("refused")
  }

  /// One flat object; what is an object of its own stands in it as text.
  package var json: String {
    var values: Values = ["cause": .text(cause)]
    let inner = [("edits", edits), ("base", base), ("refused", refused)]
    for (key, part) in inner where !part.isEmpty { values[key] = .text(part.json) }
    if let sent { values["sent"] = .text(sent.json) }
    return values.json
  }
}

extension SalesforceDelivery {
  /// Somebody asked for this lead, and not a rule or a tag.
  var isAsked: Bool { cause == LeadIntent.asked }
}

/// What became of a lead that somebody asked for (L1, L3, L7).
package enum LeadOutcome: Sendable, Equatable {
  case created([String])
  /// These records were there already; the person is linked to one of them, unless `match.prefer`
  /// leaves the choice to people.
  case exists([String])
  case refused(RegisterEntry)
  /// It stays in the outbox and is made as soon as it can be; what stands in its way, in words.
  case waiting(String)
}

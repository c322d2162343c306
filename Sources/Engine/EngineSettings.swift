package import SyncCore

/// What the engine takes from the configuration; times in milliseconds.
package struct EngineSettings: Sendable, Equatable {
  /// Attributes that have a name in Intercom; the others are left out.
  package var attributeNames: [Attribute: String]
  /// Events that have a name; the others are left out.
  package var eventNames: [EventKind: String]
  /// Where a person's browser finds a record: `https://example.my.salesforce.com`.
  package var recordBaseURL: String
  package var pollEvery: Int64
  package var pollAtMost: Int64
  package var overlap: Int64
  /// Nil switches it off.
  package var reconcileEvery: Int64?
  /// Rows of one object; above it Bulk API 2.0.
  package var bulkAbove: Int
  /// The share of all links that one cycle may end or move (G1).
  package var guardShare: Double
  package var salesforceShare: Double
  package var intercomShare: Double
  package var isSandbox: Bool
  package var leads = LeadSettings()
  /// The API name of the Lead field, by ``AttributeName`` (Q1).
  package var mapping: [String: String] = [:]
  package var tasks = TaskSettings()
  package var assign = AssignSettings()
  /// The field of a record by which it is matched; nil for its e-mail address.
  package var matchField: String?
  /// Where a teammate's browser finds Intercom: `https://app.intercom.com`.
  package var intercomAppURL = "https://app.intercom.com"

  /// A mistake that touches fewer links than this is not worth stopping for (G1).
  package static let guardLinksMin: Int64 = 25

  package init(
    attributeNames: [Attribute: String], eventNames: [EventKind: String], recordBaseURL: String,
    pollEvery: Int64 = 300_000, pollAtMost: Int64 = 600_000, overlap: Int64 = 600_000,
    reconcileEvery: Int64? = 86_400_000, bulkAbove: Int = 10_000, guardShare: Double = 0.5,
    salesforceShare: Double = 0.2, intercomShare: Double = 0.8, isSandbox: Bool = false
  ) {
    self.attributeNames = attributeNames
    self.eventNames = eventNames
    self.recordBaseURL = recordBaseURL
    self.pollEvery = pollEvery
    self.pollAtMost = pollAtMost
    self.overlap = overlap
    self.reconcileEvery = reconcileEvery
    self.bulkAbove = bulkAbove
    self.guardShare = guardShare
    self.salesforceShare = salesforceShare
    self.intercomShare = intercomShare
    self.isSandbox = isSandbox
  }

  /// Of these, what is the company's, by its bare name.
  var watchedOfCompany: Set<String> {
    Set(watchedAttributes.compactMap { AttributeName.ofCompany($0) })
  }

  package var attributes: AttributeSet { AttributeSet(attributeNames.keys) }

  /// What Intercom's rows are to bring for rules and the mapping, as ``AttributeName`` spells it.
  package var watchedAttributes: [String] {
    Set(mapping.keys).union(leads.rules.flatMap(\.conditions).map(\.attribute)).sorted()
  }

  /// Tells one set of what is read of people from another.
  var watchDefinition: String {
    (watchedAttributes + (assign.assignsPeople ? ["owner_id"] : [])).joined(separator: "\n")
  }

  /// Tells one way of making leads and writing fields from another.
  var salesforceDefinition: String {
    let texts: Values = [
      "source": .text(leads.source), "placeholder": .text(leads.placeholder),
      "id": .text(leads.externalIDField ?? ""), "duplicates": .flag(leads.allowsDuplicates),
      "defaults": .text(leads.defaults.json), "mapping": .text(mapping.mapValues(Value.text).json),
      "tasks": .text(tasks.externalIDField ?? ""),
    ]
    return texts.json
  }

  /// Tells one way of comparing everybody from another: names of attributes, rules, mapping.
  var comparedDefinition: String {
    var lines = Attribute.allCases.compactMap { attribute in
      attributeNames[attribute].map { "\(attribute.key)=\($0)" }
    }
    lines.append(matchField ?? "")
    lines += leads.rules.map { "\($0.name)\t\($0.definition)\t\($0.isBackfilled)" }
    lines += mapping.map { "\($0.key)>\($0.value)" }.sorted()
    return lines.joined(separator: "\n")
  }

  /// Whether anything that is watched belongs to the company.
  package var readsCompanies: Bool {
    watchedAttributes.contains { AttributeName.ofCompany($0) != nil }
  }

  package func recordURL(_ id: String) -> String { "\(recordBaseURL)/\(id)" }
}

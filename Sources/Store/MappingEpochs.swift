import SyncCore

/// Since when each attribute is mapped to its field: what was compared before counts no more (Q3).
extension Store {
  private static let mappingKey = "mapping"

  /// Takes over the mapping from the configuration, attribute to API name.
  ///
  /// An attribute that is new in it, or goes to another field, gets the next number: the bases and
  /// refusals of an older one are as if they were not there. Entries of what is mapped no more, or
  /// elsewhere, are closed.
  package func syncMapping(_ mapping: [String: String], at now: Int64) throws(SQLError) {
    let known = Values(json: try get(Self.mappingKey))
    var next: Values = [:]
    var ended = Set(known.keys.compactMap { Self.attribute(of: $0) })
    mappingEpochs = [:]
    for (attribute, field) in mapping {
      let key = "\(attribute)>\(field.lowercased())"
      let epoch: Int64
      if let text = known[key]?.text, let before = Int64(text) {
        epoch = before
        ended.remove(attribute)
      } else {
        epoch = try self.next("mapping_epoch")
      }
      next[key] = .text(String(epoch))
      mappingEpochs[attribute] = epoch
    }
    guard next != known else { return }
    try set(Self.mappingKey, next.json)
    for attribute in ended { try closeFieldErrors(of: attribute, at: now) }
  }

  /// What an earlier run took over last.
  func loadMapping() throws(SQLError) {
    mappingEpochs = [:]
    for (key, number) in Values(json: try get(Self.mappingKey)) {
      guard let attribute = Self.attribute(of: key), let text = number.text else { continue }
      mappingEpochs[attribute] = Int64(text)
    }
  }

  private static func attribute(of key: String) -> String? {
    key.lastIndex(of: ">").map { String(key[..<$0]) }
  }

  /// The entries of one attribute, of whomever and on whatever lead: `field:PERSON/RECORD/ATTRIBUTE`.
  private func closeFieldErrors(of attribute: String, at now: Int64) throws(SQLError) {
    try database.statement(
      """
      UPDATE error SET closed_at = ?2 WHERE closed_at IS NULL
        AND substr(subject_key, 1, 6) = 'field:'
        AND substr(subject_key, -length(?1)) = ?1
      """
    ).run {
      $0.bind(1, "/" + attribute)
      $0.bind(2, now)
    }
  }

  /// As the table keeps it: by attribute and number.
  func numbered(_ values: Values) -> Values {
    var numbered: Values = [:]
    for (attribute, value) in values { numbered[numberedKey(attribute)] = value }
    return numbered
  }

  /// Of what the table keeps that which is of the present mapping, by attribute.
  func unnumbered(_ values: Values) -> Values {
    guard !mappingEpochs.isEmpty else { return values }
    var present: Values = [:]
    for attribute in mappingEpochs.keys { present[attribute] = values[numberedKey(attribute)] }
    return present
  }

  private func numberedKey(_ attribute: String) -> String {
    mappingEpochs[attribute].map { "\(attribute)#\($0)" } ?? attribute
  }
}

import SyncCore

/// A rule of the configuration as the store knows it (L1, L1a).
package struct KnownRule: Sendable, Equatable {
  package var name: String
  /// Grows with every rule that is new or changed.
  package var epoch: Int64
  /// Since when it is as it is, in milliseconds UTC.
  package var since: Int64
}

/// Which rules hold for whom, and for whom a lead was made.
extension Store {
  /// Takes over the rules of the configuration: one that is new or changed gets the next epoch, and
  /// begins at `now`.
  ///
  /// What held by a rule that is gone is forgotten with the person's next judgement.
  package func syncRules(
    _ rules: [(name: String, definition: String)], now: Int64
  ) throws(SQLError) -> [KnownRule] {
    var known: [String: (definition: String, rule: KnownRule)] = [:]
    try database.statement("SELECT name, definition, epoch, since FROM rule").rows(each: { row in
      let rule = KnownRule(name: row.text(0), epoch: row.integer(2), since: row.integer(3))
      known[rule.name] = (row.text(1), rule)
    })
    var result: [KnownRule] = []
    for (name, definition) in rules {
      let before = known.removeValue(forKey: name)
      if let before, before.definition == definition {
        result.append(before.rule)
      } else {
        result.append(try begin(name, definition, now: now))
      }
    }
    for name in known.keys {
      try database.statement("DELETE FROM rule WHERE name = ?").run { $0.bind(1, name) }
    }
    return result
  }

  private func begin(
    _ name: String, _ definition: String, now: Int64
  ) throws(SQLError) -> KnownRule {
    let rule = KnownRule(name: name, epoch: try next("rules_epoch"), since: now)
    try database.statement(
      "INSERT OR REPLACE INTO rule(name, definition, epoch, since) VALUES(?, ?, ?, ?)"
    ).run {
      $0.bind(1, name)
      $0.bind(2, definition)
      $0.bind(3, rule.epoch)
      $0.bind(4, now)
    }
    return rule
  }

  /// The rules that hold for a person or were used up, by name.
  package func holds(of personID: String) throws(SQLError) -> [(rule: String, isUsed: Bool)] {
    var holds: [(rule: String, isUsed: Bool)] = []
    try database.statement("SELECT rule, used FROM rule_hold WHERE person_id = ? ORDER BY rule")
      .rows {
        $0.bind(1, personID)
      } each: {
        holds.append(($0.text(0), $0.bool(1)))
      }
    return holds
  }

  /// Writes down which rules hold for a person now; those that are used up stay so.
  package func setHolds(_ rules: Set<String>, of personID: String) throws(SQLError) {
    var known: Set<String> = []
    for (rule, isUsed) in try holds(of: personID) {
      known.insert(rule)
      guard !isUsed, !rules.contains(rule) else { continue }
      try database.statement("DELETE FROM rule_hold WHERE person_id = ? AND rule = ?").run {
        $0.bind(1, personID)
        $0.bind(2, rule)
      }
    }
    for rule in rules.subtracting(known) {
      try database.statement("INSERT INTO rule_hold(person_id, rule, used) VALUES(?, ?, 0)").run {
        $0.bind(1, personID)
        $0.bind(2, rule)
      }
    }
  }

  /// Uses up every rule that holds for a person: it was linked (L1, L3).
  package func setUsed(person personID: String) throws(SQLError) {
    try database.statement("UPDATE rule_hold SET used = 1 WHERE person_id = ?").run {
      $0.bind(1, personID)
    }
  }

  package func setRulesEpoch(_ epoch: Int64, of personID: String) throws(SQLError) {
    try database.statement("UPDATE person SET rules_epoch = ?2 WHERE id = ?1").run {
      $0.bind(1, personID)
      $0.bind(2, epoch)
    }
  }

  /// The lead that was last made for a person, and when, in milliseconds UTC.
  package func madeLead(of personID: String) throws(SQLError) -> (record: String, at: Int64)? {
    try database.statement("SELECT record_id, at FROM made_lead WHERE person_id = ?").first {
      $0.bind(1, personID)
    } read: {
      ($0.text(0), $0.integer(1))
    }
  }

  package func setMadeLead(
    of personID: String, record recordID: String, at now: Int64
  ) throws(SQLError) {
    try database.statement(
      "INSERT OR REPLACE INTO made_lead(person_id, record_id, at) VALUES(?, ?, ?)"
    ).run {
      $0.bind(1, personID)
      $0.bind(2, recordID)
      $0.bind(3, now)
    }
  }
}

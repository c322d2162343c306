import EventLoop
import Simulators
import SyncCore

/// What the clauses say that each person carries, read from the vendors' tables alone.
@EventLoop struct Oracle {
  let ledger: Ledger
  let preference: Preference
  var salesforce: SalesforceSimulator { ledger.world.salesforce }
  var intercom: IntercomSimulator { ledger.world.intercom }

  private static let names = SimulatedWorld.attributeNames
  private static let recordID = 6

  /// What is wrong with the people, in words.
  func problems() -> [String] {
    let escapes = intercom.settings.escapesHTML
    intercom.settings.escapesHTML = false
    defer { intercom.settings.escapesHTML = escapes }
    return intercom.contactIDs().compactMap { problem(of: $0) }
  }

  /// What a person carries; nothing is null.
  func carried(_ person: String) -> [String?] {
    let attributes = intercom.contact(person)?["custom_attributes"]
    return Self.names.map { attributes?[$0]?.string }
  }

  private func problem(of person: String) -> String? {
    let carried = carried(person)
    let record = carried[Self.recordID]
    let allowed = allowed(person)
    let isHandmade = carried.allSatisfy { $0 == nil || $0 == "by hand" }
    // What was cleared may be edited by hand again: that is nobody's affair (M1).
    if allowed.contains(nil), isHandmade, wasCleared(person) { return nil }
    guard allowed.contains(record) else {
      // Never written to: what it carries is its own affair (M1).
      if allowed.contains(nil), intercom.putCount(of: person) == 0 { return nil }
      return "\(person) carries \(record ?? "nothing"), not one of \(allowed)"
    }
    guard let record else {
      if intercom.putCount(of: person) == 0 { return nil }
      return "\(person) is not linked and carries \(carried)"
    }
    let wanted = values(of: record)
    guard carried != wanted else { return nil }
    let wrong = zip(Self.names, zip(carried, wanted)).filter { $0.1.0 != $0.1.1 }
    return "\(person): "
      + wrong.map { "\($0) is \($1.0 ?? "null"), not \($1.1 ?? "null")" }
      .joined(separator: "; ")
  }

  /// Our last word to the person, if there was one, made everything null.
  private func wasCleared(_ person: String) -> Bool {
    guard let last = intercom.puts(to: person).last?["custom_attributes"] else { return true }
    return Self.names.allSatisfy { last[$0]?.string == nil }
  }

  /// The records that may supply the person's data; nil stands for none.
  private func allowed(_ person: String) -> [String?] {
    let key = intercom.email(of: person)?.emailKey
    let matching =
      key.map { key in
        ledger.liveRecords().filter { salesforce.value($0, "Email")?.emailKey == key }
      } ?? []
    var allowed: [String?] = best(of: matching)
    // A link follows merges and conversions, whatever the e-mail address at their end (M4, M5).
    for new in ledger.successors(of: ledger.everMatched[person] ?? []) {
      if let end = ledger.end(of: new), !allowed.contains(end) { allowed.append(end) }
    }
    // Whoever was owed a lead may be pinned to what was found or made then (L3, M7).
    if ledger.fired.contains(person) {
      allowed += matching
      allowed += (ledger.everMatched[person] ?? []).compactMap { ledger.end(of: $0) }
    }
    if matching.isEmpty { allowed.append(nil) }
    return allowed
  }

  private func best(of records: [String]) -> [String] {
    switch preference {
    case .contact, .lead:
      let prefix = preference == .contact ? "003" : "00Q"
      let better = records.filter { $0.hasPrefix(prefix) }
      return better.isEmpty ? records : better
    case .newest, .oldest, .none:
      return records
    }
  }

  /// The attributes of S3 in the order of ``SimulatedWorld/attributeNames``.
  private func values(of record: String) -> [String?] {
    let isLead = record.hasPrefix("00Q")
    let owner = salesforce.value(record, "OwnerId")
    let isQueue = owner?.hasPrefix("00G") == true
    let role =
      isQueue
      ? nil
      : owner.flatMap { owner in
        salesforce.value(owner, "UserRoleId").flatMap { salesforce.value($0, "Name") }
          ?? salesforce.value(owner, "Title")
      }
    return [
      isLead ? salesforce.value(record, "Status") : nil, salesforce.value(record, "Title"), owner,
      owner.flatMap { salesforce.value($0, "Name") },
      owner.flatMap { salesforce.value($0, "Email") }, role, record,
      isLead ? "Lead" : "Contact", "\(SimulatedWorld.baseURL)/\(record)",
    ].map { $0.map(Self.cut) }
  }

  /// 255 UTF-16 units at the most, at the end of a grapheme.
  private static func cut(_ text: String) -> String {
    var kept = ""
    var units = 0
    for character in text {
      units += String(character).utf16.count
      if units > 255 { return kept }
      kept.append(character)
    }
    return kept
  }
}

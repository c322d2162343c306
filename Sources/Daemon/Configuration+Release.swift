/// What a configuration may hold already although this release does not act on it.
extension Configuration {
  /// One sentence a table: silence would look like a promise.
  var notYet: [String] {
    let plain = Configuration(
      loginURL: salesforce.loginURL, clientID: salesforce.clientID)
    var tables: [String] = []
    if inbox != plain.inbox { tables.append("inbox") }
    var sentences = tables.map { "[\($0)] is for sfsync-inbox, which this release does not have." }
    if case .externalID(let intercom, _) = match.by, intercom != "external_id" {
      sentences.append(
        "match.by names \(intercom), and this release of sfsync matches by external_id only.")
    }
    return sentences
  }
}

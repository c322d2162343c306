extension IntercomSimulator {
  /// One write that arrived and was carried out.
  package struct Received: Sendable {
    /// Counts from 1 over the whole life of the workspace.
    package var sequence: Int
    package var kind: Kind
    /// Such as `/conversations/1/parts`.
    package var path: String
    package var contactID: String
    /// Milliseconds of the simulated clock.
    package var at: Int64
    /// As it was sent.
    package var body: [UInt8]
  }

  /// The newest writes, a bounded number of them.
  struct ReceivedLog {
    var rows: [Received] = []
    var start = 0
    var sequence = 0
  }

  /// The writes after `sequence`, as many as are still kept, in the order of arrival.
  package func received(since sequence: Int = 0) -> ArraySlice<Received> {
    let rows = received.rows[received.start...]
    guard let first = rows.first, sequence >= first.sequence else { return rows }
    return rows.dropFirst(sequence - first.sequence + 1)
  }

  /// The bodies of the PUTs to one person, as far as they are kept.
  package func puts(to id: String) -> [JSON] {
    received.rows[received.start...].filter { $0.kind == .put && $0.contactID == id }
      .compactMap { JSON.parse($0.body) }
  }

  /// How often one person was PUT, since the beginning.
  package func putCount(of id: String) -> Int {
    people.index(id: id).flatMap { people.contact($0) }.map { Int($0.puts) } ?? 0
  }

  func keep(_ kind: Kind, _ index: UInt32, _ body: [UInt8]) {
    received.sequence += 1
    received.rows.append(
      Received(
        sequence: received.sequence, kind: kind, path: currentPath, contactID: people.id(index),
        at: clock.now,
        body: body))
    guard received.rows.count - received.start > settings.receivedKept else { return }
    received.start += 1
    if received.start > max(1024, settings.receivedKept) {
      received.rows.removeFirst(received.start)
      received.start = 0
    }
  }
}

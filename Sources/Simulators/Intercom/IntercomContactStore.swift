extension IntercomSimulator {
  /// The workspace's people, with the indexes that keep a million of them quick to serve.
  final class ContactStore {
    private(set) var contacts = ContiguousArray<Contact>()
    private(set) var liveCount = 0
    /// Counts every change that a search could see.
    private(set) var generation = 0
    let identities: Identities
    let clock: SimulatorClock
    let lag: Int64

    private var emailHeads: [UInt64: UInt32] = [:]
    private var externalIDs: [UInt64: UInt32] = [:]
    /// Who was changed at which second, in order; an entry is stale once the person moved on.
    private var log: [Stamp] = []
    /// What the search index still holds of people who changed within the lag.
    private var indexed: [UInt32: Contact?] = [:]
    private var awaiting: [Pending] = []
    private var awaitingStart = 0
    private var awaitingCount: [UInt32: Int] = [:]

    struct Stamp { var second: Int64, index: UInt32 }
    private struct Pending { var dueAt: Int64, index: UInt32, version: Contact }

    init(clock: SimulatorClock, identities: Identities, lag: Int64) {
      self.clock = clock
      self.identities = identities
      self.lag = lag
    }

    var second: Int64 { clock.now / 1000 }

    func reserve(_ count: Int) {
      contacts.reserveCapacity(count)
      log.reserveCapacity(count)
      emailHeads.reserveCapacity(count)
    }

    func contact(_ index: UInt32) -> Contact? {
      index < contacts.count ? contacts[Int(index)] : nil
    }

    // MARK: Ids

    func id(_ index: UInt32) -> String {
      guard let contact = contact(index) else { return "" }
      var writer = Writer(reserving: 24)
      identities.id(index, createdAt: contact.createdAt, into: &writer)
      return String(decoding: writer.bytes, as: UTF8.self)
    }

    func index(id: String) -> UInt32? {
      guard let index = identities.index(ofID: id), index < contacts.count, self.id(index) == id
      else { return nil }
      return index
    }

    func externalID(_ index: UInt32) -> String? {
      guard let contact = contact(index) else { return nil }
      guard contact.flags.contains(.ownUUID) else { return contact.externalID }
      var writer = Writer(reserving: 36)
      identities.uuid(index, into: &writer)
      return String(decoding: writer.bytes, as: UTF8.self)
    }

    func index(externalID: String) -> UInt32? {
      if let index = identities.index(ofUUID: externalID), index < contacts.count,
        self.externalID(index) == externalID
      {
        return index
      }
      guard let index = externalIDs[Self.hash(externalID)],
        contacts[Int(index)].externalID == externalID
      else { return nil }
      return index
    }

    /// Everybody with that address, whatever its case, archived people too.
    func indexes(email: String) -> [UInt32] {
      var found: [UInt32] = []
      var index = emailHeads[Self.hash(email)] ?? .max
      while index != .max, let contact = contact(index) {
        if let own = contact.email, Self.hash(own) == Self.hash(email) { found.append(index) }
        index = contact.nextSameEmail
      }
      return found
    }

    // MARK: Changes

    func append(_ contact: Contact) -> UInt32 {
      let index = UInt32(contacts.count)
      contacts.append(contact)
      enlist(index)
      if contact.isLive { liveCount += 1 }
      stamp(contact.updatedAt, index)
      if lag > 0 { delay(index, before: nil) }
      generation += 1
      return index
    }

    /// Changes a person; `touching` moves `updated_at`, as every effective write does.
    func change(_ index: UInt32, touching: Bool = true, _ edit: (inout Contact) -> Void) {
      guard index < contacts.count else { return }
      let before = contacts[Int(index)]
      var after = before
      edit(&after)
      if touching { after.updatedAt = second }
      let movesKeys = before.email != after.email || before.externalID != after.externalID
      if movesKeys { delist(index) }
      contacts[Int(index)] = after
      if movesKeys { enlist(index) }
      liveCount += (after.isLive ? 1 : 0) - (before.isLive ? 1 : 0)
      if after.updatedAt != before.updatedAt { stamp(after.updatedAt, index) }
      if lag > 0 { delay(index, before: before) }
      generation += 1
    }

    private func enlist(_ index: UInt32) {
      if let email = contacts[Int(index)].email {
        let key = Self.hash(email)
        contacts[Int(index)].nextSameEmail = emailHeads[key] ?? .max
        emailHeads[key] = index
      }
      if let external = contacts[Int(index)].externalID {
        externalIDs[Self.hash(external)] = index
      }
    }

    private func delist(_ index: UInt32) {
      if let external = contacts[Int(index)].externalID,
        externalIDs[Self.hash(external)] == index
      {
        externalIDs[Self.hash(external)] = nil
      }
      guard let email = contacts[Int(index)].email else { return }
      let key = Self.hash(email)
      let after = contacts[Int(index)].nextSameEmail
      guard var walker = emailHeads[key] else { return }
      if walker == index {
        emailHeads[key] = after == .max ? nil : after
        return
      }
      while contacts[Int(walker)].nextSameEmail != .max {
        if contacts[Int(walker)].nextSameEmail == index {
          contacts[Int(walker)].nextSameEmail = after
          return
        }
        walker = contacts[Int(walker)].nextSameEmail
      }
    }

    static func hash(_ text: String) -> UInt64 {
      var bits: UInt64 = 0xCBF2_9CE4_8422_2325
      for byte in text.utf8 {
        let lower = byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
        bits = (bits ^ UInt64(lower)) &* 0x100_0000_01B3
      }
      return bits
    }

    // MARK: What search sees

    /// The version of a person that the search index holds; nil when it has none yet.
    func visible(_ index: UInt32) -> Contact? {
      if !indexed.isEmpty, let held = indexed[index] { return held }
      return contact(index)
    }

    /// Lets the index catch up; call before a search.
    func settleIndex() {
      while awaitingStart < awaiting.count, awaiting[awaitingStart].dueAt <= clock.now {
        let pending = awaiting[awaitingStart]
        awaitingStart += 1
        let left = (awaitingCount[pending.index] ?? 1) - 1
        if left <= 0 {
          awaitingCount[pending.index] = nil
          indexed[pending.index] = nil
        } else {
          awaitingCount[pending.index] = left
          indexed[pending.index] = .some(pending.version)
        }
        generation += 1
      }
      if awaitingStart > 4096 {
        awaiting.removeFirst(awaitingStart)
        awaitingStart = 0
      }
    }

    private func delay(_ index: UInt32, before: Contact?) {
      if indexed[index] == nil { indexed[index] = .some(before) }
      awaiting.append(
        Pending(dueAt: clock.now + lag, index: index, version: contacts[Int(index)]))
      awaitingCount[index, default: 0] += 1
    }

    var lagging: [UInt32] { Array(indexed.keys) }

    /// The live people whose indexed `updated_at` lies in the range, oldest first.
    ///
    /// No contact is copied on the way: after an initial sync all of them were changed today.
    func changed(in seconds: Range<Int64>) -> [Stamp] {
      var low = 0
      var high = log.count
      while low < high {
        let middle = (low + high) / 2
        if log[middle].second < seconds.lowerBound { low = middle + 1 } else { high = middle }
      }
      let hasLag = !indexed.isEmpty
      return log[low...].filter { stamp in
        guard stamp.second < seconds.upperBound else { return false }
        if hasLag, let held = indexed[stamp.index] {
          return held.map { $0.updatedAt == stamp.second && $0.isLive } ?? false
        }
        let place = Int(stamp.index)
        return contacts[place].updatedAt == stamp.second && contacts[place].isLive
      }
    }

    private func stamp(_ second: Int64, _ index: UInt32) {
      if log.count > 3 * contacts.count + 1024 { compact() }
      let entry = Stamp(second: second, index: index)
      guard let last = log.last, last.second > second else { return log.append(entry) }
      var low = 0
      var high = log.count
      while low < high {
        let middle = (low + high) / 2
        if log[middle].second <= second { low = middle + 1 } else { high = middle }
      }
      log.insert(entry, at: low)
    }

    private func compact() {
      let pending = Set(awaiting[awaitingStart...].map(\.index))
      log.removeAll {
        contacts[Int($0.index)].updatedAt != $0.second && !pending.contains($0.index)
      }
    }
  }
}

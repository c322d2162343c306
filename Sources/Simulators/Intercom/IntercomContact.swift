extension IntercomSimulator {
  /// One person as the workspace holds it; small, for there may be a million.
  struct Contact {
    struct Flags: OptionSet {
      let rawValue: UInt16
      static let user = Flags(rawValue: 1)
      static let archived = Flags(rawValue: 2)
      static let deleted = Flags(rawValue: 4)
      static let blocked = Flags(rawValue: 8)
      static let merged = Flags(rawValue: 16)
      static let unsubscribed = Flags(rawValue: 32)
      static let spam = Flags(rawValue: 64)
      static let bounced = Flags(rawValue: 128)
      /// The external id is the UUID that Intercom gave to a lead.
      static let ownUUID = Flags(rawValue: 256)
    }

    /// One custom attribute that was set at some time; `key` is the definition's place.
    struct Held {
      var key: UInt16
      var value: Scalar
    }

    enum Scalar: Equatable {
      case null
      case text(String)
      case int(Int64)
      case double(Double)
      case bool(Bool)
    }

    /// What few people have.
    struct Extras {
      var tags: [Int] = []
      var companies: [Int] = []
      var notes: [Note] = []
      var utm: [JSON.Member] = []
      var lastRepliedAt: UInt32 = 0
      var lastContactedAt: UInt32 = 0
      var mergedInto: UInt32?
    }

    struct Note {
      var id: Int
      var body: String
      var at: Int64
      var author: Int32
    }

    var email: String?
    var name: String?
    var phone: String?
    var externalID: String?
    var attributes: [Held] = []
    /// None or one.
    var rare: [Extras] = []
    /// Seconds since 1970, as everywhere in answers.
    var createdAt: Int64
    var updatedAt: Int64
    var lastSeenAt: UInt32 = 0
    var signedUpAt: UInt32 = 0
    var owner: Int32 = 0
    var puts: UInt32 = 0
    var nextSameEmail = UInt32.max
    var flags: Flags = []

    init(createdAt: Int64) {
      self.createdAt = createdAt
      updatedAt = createdAt
    }

    var isUser: Bool { flags.contains(.user) }
    /// Listed and found: not archived, deleted, blocked or merged away.
    var isLive: Bool { flags.isDisjoint(with: [.archived, .deleted, .blocked, .merged]) }

    var extras: Extras {
      get { rare.first ?? Extras() }
      set { rare = [newValue] }
    }

    func value(of key: UInt16) -> Scalar? { attributes.first { $0.key == key }?.value }

    mutating func set(_ key: UInt16, _ value: Scalar) {
      if let place = attributes.firstIndex(where: { $0.key == key }) {
        attributes[place].value = value
      } else {
        attributes.append(Held(key: key, value: value))
      }
    }
  }

  /// Ids that carry the contact's place, so that a million need no table.
  struct Identities {
    let seed: UInt64

    private static let factor: UInt32 = 2_654_435_769
    private static let inverse: UInt32 = 340_573_321

    private func veil(_ index: UInt32) -> UInt32 {
      (index &* Self.factor) ^ UInt32(truncatingIfNeeded: seed)
    }

    private func unveil(_ value: UInt32) -> UInt32 {
      (value ^ UInt32(truncatingIfNeeded: seed)) &* Self.inverse
    }

    /// 24 hexadecimal digits, the first eight of them the second of creation, as Intercom's are.
    func id(_ index: UInt32, createdAt: Int64, into writer: inout Writer) {
      word(UInt32(truncatingIfNeeded: createdAt), into: &writer)
      word(UInt32(truncatingIfNeeded: mix(0)), into: &writer)
      word(veil(index), into: &writer)
    }

    func index(ofID id: String) -> UInt32? {
      let text = Array(id.utf8)
      guard text.count == 24 else { return nil }
      return UInt32(String(decoding: text[16...], as: UTF8.self), radix: 16).map(unveil)
    }

    func uuid(_ index: UInt32, into writer: inout Writer) {
      let bits = mix(UInt64(index) + 1)
      word(UInt32(truncatingIfNeeded: bits), into: &writer)
      writer.raw("-")
      half(UInt16(truncatingIfNeeded: bits >> 32), into: &writer)
      writer.raw("-")
      half(UInt16(truncatingIfNeeded: bits >> 48) & 0x0FFF | 0x4000, into: &writer)
      writer.raw("-")
      half(UInt16(truncatingIfNeeded: bits >> 20) & 0x3FFF | 0x8000, into: &writer)
      writer.raw("-")
      half(UInt16(truncatingIfNeeded: bits >> 11), into: &writer)
      word(veil(index), into: &writer)
    }

    func index(ofUUID uuid: String) -> UInt32? {
      let text = Array(uuid.utf8)
      guard text.count == 36, text[8] == UInt8(ascii: "-") else { return nil }
      return UInt32(String(decoding: text[28...], as: UTF8.self), radix: 16).map(unveil)
    }

    func mix(_ value: UInt64) -> UInt64 {
      var bits = seed &+ value &* 0x9E37_79B9_7F4A_7C15
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      return bits ^ (bits >> 31)
    }

    private func word(_ value: UInt32, into writer: inout Writer) {
      half(UInt16(value >> 16), into: &writer)
      half(UInt16(truncatingIfNeeded: value), into: &writer)
    }

    private func half(_ value: UInt16, into writer: inout Writer) {
      writer.hexByte(UInt8(value >> 8))
      writer.hexByte(UInt8(truncatingIfNeeded: value))
    }
  }
}

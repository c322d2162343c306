/// Names and addresses of simulated people, the same for the same seed and number.
///
/// Among them are what breaks naive syncs: several scripts, HTML-special characters, shared
/// addresses, addresses in another case, and people without any.
package struct WorldNames: Sendable {
  let seed: UInt64

  package init(seed: UInt64) { self.seed = seed }

  /// Somebody whom both sides may know.
  package struct Identity: Sendable {
    package var first: String
    package var last: String
    package var company: String
    package var title: String
    package var email: String
    package var phone: String

    package var name: String { "\(first) \(last)" }
  }

  private static let firsts = [
    "Ada", "Boris", "Chloé", "Dmitri", "Eleni", "Farouk", "Grace", "Hiroshi", "Ines", "Jürgen",
    "Katarzyna", "Liam", "Μαρία", "Николай", "伟", "さくら", "محمد", "Seán", "Zoë", "Ngozi",
  ]

  private static let lasts = [
    "Lovelace", "O'Brien", "García", "Schmidt", "Smith & Sons", "Παπαδοπούλου", "Иванов", "王",
    "佐藤", "الفاسي", "<Test>", "van der Berg", "Nguyễn", "Kowalska", "Müller-Lüdenscheidt",
  ]

  private static let companies = [
    "Acme & Co", "Globex", "\"Initech\" GmbH", "Umbrella <Labs>", "日本商事", "Stark Oy",
    "Wayne Ltd", "Hooli 😀",
  ]

  private static let titles = [
    "CEO", "Head of R&D", "Buyer", "VP Sales <EMEA>", "Ingénieure", "部長", "Assistant",
  ]

  package func bits(_ number: Int, _ salt: UInt64 = 0) -> UInt64 {
    var bits = seed &+ salt &* 0xD6E8_FEB8_6659_FD93
    bits = bits &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// True for about one number in `share`.
  package func happens(oneIn share: UInt64, _ number: Int, _ salt: UInt64) -> Bool {
    bits(number, salt) % share == 0
  }

  package func identity(_ number: Int) -> Identity {
    let bits = bits(number)
    func pick(_ list: [String], _ shift: UInt64) -> String {
      list[Int((bits >> shift) % UInt64(list.count))]
    }
    return Identity(
      first: pick(Self.firsts, 0), last: pick(Self.lasts, 12),
      company: pick(Self.companies, 24), title: pick(Self.titles, 36),
      email: "person\(number)@example\(number % 97).com", phone: "+1555\(1_000_000 + number)")
  }

  /// Another spelling of the same address.
  package func recased(_ email: String) -> String {
    email.split(separator: "@").enumerated()
      .map {
        $0.offset == 0
          ? $0.element.prefix(1).uppercased() + $0.element.dropFirst() : $0.element.uppercased()
      }
      .joined(separator: "@")
  }
}

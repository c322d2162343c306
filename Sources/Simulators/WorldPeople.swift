extension WorldNames {
  /// How a simulated person differs from the identity that Salesforce knows.
  package enum Quirk: Sendable { case none, noEmail, recased, shared, stranger }

  package func quirk(ofPerson number: Int) -> Quirk {
    switch bits(number, 7) % 100 {
    case 0..<5: .noEmail
    case 5..<9: .recased
    case 9..<12: .shared
    case 12..<22: .stranger
    default: .none
    }
  }
}

extension IntercomSimulator {
  /// Fills the workspace with people of whom most match one of `identities` Salesforce records.
  ///
  /// They were created over the two years before the clock's moment, and last changed then.
  package func populate(people count: Int, identities: Int, names: WorldNames) {
    reserve(contacts: contactCount + count)
    let now = clock.now / 1000
    let span: Int64 = 2 * 365 * 86_400
    for number in 0..<count {
      let known = identities > 0 ? number % identities : number
      let quirk = names.quirk(ofPerson: number)
      let isSecond = identities > 0 && number >= identities
      var identity = names.identity(known)
      switch quirk {
      case .noEmail: identity.email = ""
      case .recased: identity.email = names.recased(identity.email)
      case .shared: identity.email = names.identity(max(0, known - 1)).email
      case .stranger: identity.email = "stranger\(number)@elsewhere.example"
      case .none: break
      }
      let age = span - span * Int64(number) / Int64(max(1, count)) + 86_400
      let isLead = isSecond || names.happens(oneIn: 3, number, 11)
      createContact(
        NewContact(
          role: isLead ? .lead : .user, email: identity.email.isEmpty ? nil : identity.email,
          name: names.happens(oneIn: 20, number, 13) ? nil : identity.name,
          phone: names.happens(oneIn: 4, number, 17) ? identity.phone : nil,
          externalID: isLead ? nil : "user-\(number)", createdAt: now - age,
          lastSeenAt: UInt32(clamping: now - age / 2)))
    }
  }
}

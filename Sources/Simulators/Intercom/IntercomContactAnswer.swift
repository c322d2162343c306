extension IntercomSimulator {
  /// Writes people in the shape of the vendor's 2.15 answers, with the fields that recordings show
  /// beyond the schema.
  struct ContactWriter {
    let identities: Identities
    let workspace: [UInt8]
    /// `"NAME":` of every attribute, archived ones empty.
    let keys: [[UInt8]]
    let escapesHTML: Bool
    let listsUnset: Bool
    let has216: Bool
    let companies: [Company]

    func write(_ contact: Contact, _ index: UInt32, into out: inout Writer) {
      out.raw("{\"type\":\"contact\",\"id\":\"")
      identities.id(index, createdAt: contact.createdAt, into: &out)
      out.raw("\",\"workspace_id\":")
      out.raw(workspace)
      out.raw(",\"external_id\":")
      externalID(contact, index, into: &out)
      if contact.isUser { out.raw(",\"role\":\"user\"") } else { out.raw(",\"role\":\"lead\"") }
      out.raw(",\"email\":")
      out.string(contact.email)
      out.raw(",\"email_domain\":")
      out.string(contact.email?.split(separator: "@").last.map(String.init))
      out.raw(",\"phone\":")
      out.string(contact.phone)
      out.raw(",\"name\":")
      out.string(contact.name, escapingHTML: escapesHTML)
      out.raw(",\"avatar\":null,\"owner_id\":")
      if contact.owner == 0 { out.raw("null") } else { out.int(Int64(contact.owner)) }
      out.raw(",\"social_profiles\":{\"type\":\"list\",\"data\":[]},\"has_hard_bounced\":")
      out.bool(contact.flags.contains(.bounced))
      out.raw(",\"marked_email_as_spam\":")
      out.bool(contact.flags.contains(.spam))
      out.raw(",\"unsubscribed_from_emails\":")
      out.bool(contact.flags.contains(.unsubscribed))
      times(contact, into: &out)
      out.raw(Self.devices)
      out.raw(",\"custom_attributes\":{")
      attributes(contact, into: &out)
      out.raw("}")
      lists(contact, index, into: &out)
      utm(contact, into: &out)
      out.raw(",\"referrer\":null,\"sms_consent\":false,\"unsubscribed_from_sms\":false")
      out.raw(",\"enabled_push_messaging\":null")
      if has216 { out.raw(",\"merge_history\":null") }
      out.raw("}")
    }

    private func externalID(_ contact: Contact, _ index: UInt32, into out: inout Writer) {
      guard contact.flags.contains(.ownUUID) else { return out.string(contact.externalID) }
      out.raw("\"")
      identities.uuid(index, into: &out)
      out.raw("\"")
    }

    private func times(_ contact: Contact, into out: inout Writer) {
      out.raw(",\"created_at\":")
      out.int(contact.createdAt)
      out.raw(",\"updated_at\":")
      out.int(contact.updatedAt)
      out.raw(",\"signed_up_at\":")
      out.second(contact.signedUpAt)
      out.raw(",\"last_seen_at\":")
      out.second(contact.lastSeenAt)
      out.raw(",\"last_replied_at\":")
      out.second(contact.rare.first?.lastRepliedAt ?? 0)
      out.raw(",\"last_contacted_at\":")
      out.second(contact.rare.first?.lastContactedAt ?? 0)
    }

    private static let devices: StaticString = """
      ,"last_email_opened_at":null,"last_email_clicked_at":null,"language_override":null,\
      "browser":null,"browser_version":null,"browser_language":null,"os":null,\
      "location":{"type":"location","country":null,"region":null,"city":null,\
      "country_code":null,"continent_code":null},"android_app_name":null,\
      "android_app_version":null,"android_device":null,"android_os_version":null,\
      "android_sdk_version":null,"android_last_seen_at":null,"ios_app_name":null,\
      "ios_app_version":null,"ios_device":null,"ios_os_version":null,"ios_sdk_version":null,\
      "ios_last_seen_at":null
      """

    private func attributes(_ contact: Contact, into out: inout Writer) {
      var first = true
      if listsUnset {
        for (key, rendered) in keys.enumerated() where !rendered.isEmpty {
          out.comma(unlessFirst: &first)
          out.raw(rendered)
          scalar(contact.value(of: UInt16(key)) ?? .null, into: &out)
        }
        return
      }
      for held in contact.attributes where !keys[Int(held.key)].isEmpty {
        out.comma(unlessFirst: &first)
        out.raw(keys[Int(held.key)])
        scalar(held.value, into: &out)
      }
    }

    private func scalar(_ value: Contact.Scalar, into out: inout Writer) {
      switch value {
      case .null: out.raw("null")
      case .text(let text): out.string(text, escapingHTML: escapesHTML)
      case .int(let value): out.int(value)
      case .double(let value): out.plain("\(value)")
      case .bool(let value): out.bool(value)
      }
    }

    private func lists(_ contact: Contact, _ index: UInt32, into out: inout Writer) {
      let extras = contact.rare.first
      let tags = extras?.tags.map(String.init) ?? []
      let firms = extras?.companies.filter { companies.indices.contains($0) } ?? []
      list("tags", at: "tags", "tag", "/tags/", tags, contact, index, into: &out)
      list(
        "notes", at: "notes", "note", "/notes/", extras?.notes.map { String($0.id) } ?? [], contact,
        index,
        into: &out)
      list(
        "companies", at: "companies", "company", "/companies/", firms.map { companies[$0].id },
        contact, index,
        into: &out)
      for name in ["opted_out_subscription_types", "opted_in_subscription_types"] as [StaticString]
      {
        list(
          name, at: "subscriptions", "subscription", "/subscriptions/", [], contact, index,
          into: &out)
      }
    }

    /// An "addressable list": the first ten entries, and where to find the rest.
    private func list(
      _ name: StaticString, at address: StaticString, _ type: StaticString,
      _ path: StaticString, _ ids: [String], _ contact: Contact, _ index: UInt32,
      into out: inout Writer
    ) {
      out.raw(",\"")
      out.raw(name)
      out.raw("\":{\"type\":\"list\",\"data\":[")
      var first = true
      for id in ids.prefix(10) {
        out.comma(unlessFirst: &first)
        out.raw("{\"id\":\"")
        out.plain(id)
        out.raw("\",\"type\":\"")
        out.raw(type)
        out.raw("\",\"url\":\"")
        out.raw(path)
        out.plain(id)
        out.raw("\"}")
      }
      out.raw("],\"url\":\"/contacts/")
      identities.id(index, createdAt: contact.createdAt, into: &out)
      out.raw("/")
      out.raw(address)
      out.raw("\",\"total_count\":")
      out.int(ids.count)
      out.raw(",\"has_more\":")
      out.bool(ids.count > 10)
      out.raw("}")
    }

    private func utm(_ contact: Contact, into out: inout Writer) {
      guard let utm = contact.rare.first?.utm, !utm.isEmpty else {
        return out.raw(
          """
          ,"utm_campaign":null,"utm_content":null,"utm_medium":null,"utm_source":null,\
          "utm_term":null
          """)
      }
      for name in ["utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term"] {
        out.plain(",\"\(name)\":")
        out.json(utm.last { $0.key == name }?.value ?? .null)
      }
    }
  }
}

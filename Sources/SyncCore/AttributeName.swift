/// The names by which rules and the mapping call what a person or its company has.
///
/// A standard field stands as it is (`email`, `phone`, `utm_campaign`), `tag` and `role` too; a
/// custom attribute as `custom_attributes.NAME`; a company's field or custom attribute, whichever
/// there is, as `company.NAME`.
package enum AttributeName {
  /// Fields that every contact has or that Intercom sends beside the schema (facts: section 4).
  package static let standard: Set<String> = [
    "id", "external_id", "role", "email", "email_domain", "phone", "name", "owner_id",
    "has_hard_bounced", "marked_email_as_spam", "unsubscribed_from_emails", "created_at",
    "updated_at", "signed_up_at", "last_seen_at", "last_replied_at", "last_contacted_at",
    "last_email_opened_at", "last_email_clicked_at", "language_override", "browser",
    "browser_version", "browser_language", "os", "android_app_name", "android_app_version",
    "android_device", "android_os_version", "android_sdk_version", "android_last_seen_at",
    "ios_app_name", "ios_app_version", "ios_device", "ios_os_version", "ios_sdk_version",
    "ios_last_seen_at", "referrer", "utm_campaign", "utm_content", "utm_medium", "utm_source",
    "utm_term", "sms_consent", "unsubscribed_from_sms", "tag",
  ]

  package static let customPrefix = "custom_attributes."
  package static let companyPrefix = "company."

  /// `name` as everything below the configuration spells it: the bare name of a custom attribute
  /// gets its prefix.
  package static func canonical(_ name: String) -> String {
    if name.hasPrefix(customPrefix) || name.hasPrefix(companyPrefix) || standard.contains(name) {
      return name
    }
    return customPrefix + name
  }

  /// The part after `company.`; nil for what is the person's own.
  package static func ofCompany(_ name: String) -> String? {
    name.hasPrefix(companyPrefix) ? String(name.dropFirst(companyPrefix.count)) : nil
  }
}

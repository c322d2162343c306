import HTTP

/// Moments as mails write them.
enum MailDate {
  /// `Sun, 22 Nov 2026 10:00:00 +0000` (RFC 5322, 3.3).
  static func header(_ milliseconds: Int64) -> String {
    // The form of HTTP is that of mail, but for the zone, whose name is obsolete there.
    HTTPDate.format(milliseconds).dropLast(3) + "+0000"
  }

  /// `22 Nov 2026 10:00:00 UTC`, rounded down to the second.
  static func plain(_ milliseconds: Int64) -> String {
    HTTPDate.format(milliseconds).dropFirst(5).dropLast(3) + "UTC"
  }
}

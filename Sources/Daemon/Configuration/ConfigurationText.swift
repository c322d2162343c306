/// What a plausible name is, on either side.
enum ConfigurationText {
  /// An API name of a field: letters, digits and underscores, a letter first.
  static func isAPIName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isASCIILetter, text.utf8.count <= 120 else {
      return false
    }
    return text.utf8.allSatisfy(\.isASCIIWord)
  }

  /// An attribute's or event's name in Intercom: no `.` or `$`, at most 190 characters.
  static func isIntercomName(_ text: String) -> Bool {
    isPlain(text) && text.count <= 190 && !text.utf8.contains { $0 == 0x2e || $0 == 0x24 }
  }

  /// Not empty, no control character, no space at either end.
  static func isPlain(_ text: String) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return !first.isWhitespace && !last.isWhitespace
      && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
  }

  /// One `@` with something before it and behind it, and no space.
  static func isEmailAddress(_ text: String) -> Bool {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
      && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
  }

  /// An address as a mail's envelope and head take it without quotes: printable ASCII, none of the
  /// characters that have a meaning there.
  static func isMailbox(_ text: String) -> Bool {
    isEmailAddress(text)
      && text.utf8.allSatisfy { $0 < 0x7F && !"<>()[],;:\\\"".utf8.contains($0) }
  }

  /// `62.0`: the `integral` form has nothing but 0 behind the point.
  static func isVersion(_ text: String, integral: Bool) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2, !integral || parts[1] == "0" else { return false }
    return parts.allSatisfy { part in
      (1...3).contains(part.utf8.count) && part.utf8.allSatisfy(\.isASCIIDigit)
    }
  }

  static func isAbsolutePath(_ text: String) -> Bool {
    text.hasPrefix("/") && !text.hasSuffix("/") && text.utf8.count < 4096
      && !text.utf8.contains { $0 < 0x20 }
  }

  /// As useradd(8) takes one.
  static func isGroupName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isASCIILetter || first == 0x5f else { return false }
    return text.utf8.count <= 32 && text.utf8.allSatisfy { $0.isASCIIWord || $0 == 0x2d }
  }
}

/// `mail.smtp_url` taken apart: a server, and the user who logs in there.
enum MailURL: Equatable {
  case good(ServerURL, user: String?)
  /// It holds a password, which belongs into a file of its own.
  case password
  case bad

  private static let schemes = ["smtp", "smtps"]
  private static let userBytesMax = 254

  init(_ text: String) {
    // The last one: a user's name is often an e-mail address itself.
    guard let at = text.lastIndex(of: "@") else {
      self = ServerURL(text, schemes: Self.schemes).map { .good($0, user: nil) } ?? .bad
      return
    }
    let host = text[text.index(after: at)...]
    guard let mark = text.firstRange(of: "://"), mark.upperBound <= at else {
      self = .bad
      return
    }
    let login = text[mark.upperBound..<at]
    guard !login.contains(":") else {
      self = .password
      return
    }
    guard let url = ServerURL("\(text[..<mark.lowerBound])://\(host)", schemes: Self.schemes),
      let user = Self.decoded(login), Self.isUser(user)
    else {
      self = .bad
      return
    }
    self = .good(url, user: user)
  }

  private static func isUser(_ user: String) -> Bool {
    !user.isEmpty && user.utf8.count <= userBytesMax
      && user.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
  }

  /// Without percent signs; nil when one of them is no byte of UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      let digits = rest.prefix(2).map { Character(Unicode.Scalar($0)) }
      let pair = digits.compactMap(\.hexDigitValue)
      guard pair.count == 2 else { return nil }
      bytes.append(UInt8(pair[0] * 16 + pair[1]))
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self)
  }

  /// As it stands in a URL.
  static func encoded(_ user: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in user.utf8 {
      if byte.isASCIIWord || "-.~+".utf8.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Configuration.Mail {
  /// `smtp://ops%40example.com@mail.example.com:587`.
  var smtpURLWithUser: String {
    guard let user, let mark = smtpURL.description.firstRange(of: "://") else {
      return smtpURL.description
    }
    let text = smtpURL.description
    return text[..<mark.upperBound] + MailURL.encoded(user) + "@" + text[mark.upperBound...]
  }
}

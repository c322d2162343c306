/// `[mail]`: all four keys or none.
extension ConfigurationReader {
  mutating func readMail() throws(ConfigurationError) {
    let section = try ConfigurationSection(document, "mail")
    guard !section.entries.isEmpty else { return }
    let address = "an e-mail address"
    let to = try section.text("to", allowed: address, where: ConfigurationText.isMailbox)
    guard let to else { throw section.refusal("to", allowed: all(address)) }
    let from = try section.text("from", allowed: address, where: ConfigurationText.isMailbox)
    guard let from else { throw section.refusal("from", allowed: all(address)) }
    let (url, user) = try mailServer(section)
    configuration.mail = Configuration.Mail(
      to: to, from: from, smtpURL: url, user: user, on: try occasions(section))
  }

  private func mailServer(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> (url: ServerURL, user: String?) {
    let server = "smtp://HOST:PORT or smtps://HOST:PORT, with USER@ before HOST to log in"
    guard case .text(let text)? = section.entries["smtp_url"] else {
      throw section.refusal("smtp_url", allowed: all(server))
    }
    switch MailURL(text) {
    case .good(let url, let user): return (url, user)
    case .password:
      throw section.refusal(
        "smtp_url", "a URL with a password in it",
        allowed: "USER@ alone: the password is the credential smtp-password, a file")
    case .bad: throw section.refusal("smtp_url", allowed: all(server))
    }
  }

  private func all(_ allowed: String) -> String { allowed + " ([mail] needs all four keys)" }

  private func occasions(
    _ section: ConfigurationSection
  ) throws(ConfigurationError) -> [Configuration.Mail.Occasion] {
    typealias Occasion = Configuration.Mail.Occasion
    let allowed = all("an array of " + ConfigurationSection.list(Occasion.self))
    guard case .list(let list)? = section.entries["on"] else {
      throw section.refusal("on", allowed: allowed)
    }
    var occasions: [Occasion] = []
    for setting in list {
      guard case .text(let text) = setting, let occasion = Occasion(rawValue: text),
        !occasions.contains(occasion)
      else { throw section.refusal("on", "an array with \(setting.found)", allowed: allowed) }
      occasions.append(occasion)
    }
    return occasions
  }
}

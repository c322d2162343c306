/// Why a mail of ours does not get to the people who look after sfsync (O5).
///
/// Mail never holds up a sync: these entries concern mail alone.
package enum MailMeaning {
  package static let unreachable = Meaning(
    "MAIL-UNREACHABLE", .passing,
    cause: "The mail server cannot be reached, or what answers there is no mail server.",
    remedy: "Compare mail.smtp_url with the mail server's name and port. The mail waits and is "
      + "tried again for three days.")
  package static let later = Meaning(
    "MAIL-LATER", .passing,
    cause: "The mail server cannot take a mail just now and asks to come again.",
    remedy: "Nothing to do, unless it lasts: the mail waits and is tried again for three days.")
  package static let noEncryption = Meaning(
    "MAIL-NO-STARTTLS", .broken,
    cause: "The mail server does not offer STARTTLS, and mail leaves this machine encrypted only.",
    remedy: "Switch STARTTLS on in the mail server, or name another one in mail.smtp_url: "
      + "smtps://HOST:465 encrypts from the start, and a server on this machine needs neither.")
  package static let certificate = Meaning(
    "MAIL-CERTIFICATE", .broken,
    cause: "The mail server's certificate is not accepted.",
    remedy: "Use the name in mail.smtp_url that the certificate bears. If your own authority "
      + "issued it, name its file in tls.ca_file.")
  package static let login = Meaning(
    "MAIL-LOGIN", .broken,
    cause: "The mail server does not accept the user name and password.",
    remedy: "Compare the user in mail.smtp_url, and write the right password into the credential "
      + "smtp-password (some providers want an app password). Then run 'systemctl restart "
      + "sfsyncd'.")
  package static let credential = Meaning(
    "MAIL-PASSWORD-MISSING", .broken,
    cause: "A user is named in mail.smtp_url, and the password for it cannot be read.",
    remedy: "Write the password into the credential smtp-password, readable by the daemon alone. "
      + "Then run 'systemctl restart sfsyncd'.")
  package static let refused = Meaning(
    "MAIL-REFUSED", .refused,
    cause: "The mail server does not take this mail: not from this sender, or not for this "
      + "recipient.",
    remedy: "Compare mail.from and mail.to with what the server said. The mail is not sent again "
      + "by itself: it goes after a change of [mail], or on 'sfsyncctl errors retry --all'.")
  package static let unsure = Meaning(
    "MAIL-UNSURE", .refused,
    cause: "The connection ended while the mail server had the mail but had not yet answered.",
    remedy: "Look into the mailbox: the mail may be there. It is not sent a second time; "
      + "'sfsyncctl status' shows what it would have said.")
  package static let givenUp = Meaning(
    "MAIL-GIVEN-UP", .refused,
    cause: "A mail could not be sent for three days and was thrown away.",
    remedy: "Mend what kept it (mail.smtp_url, mail.from, mail.to). 'sfsyncctl status' shows how "
      + "things are; dismiss this entry when done.")

  package static let all = [
    unreachable, later, noEncryption, certificate, login, credential, refused, unsure, givenUp,
  ]
}

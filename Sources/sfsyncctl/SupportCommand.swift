import ArgumentParser
import Control
import FoundationEssentials

struct SupportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "support", abstract: "Writes what somebody who helps wants to know into a file.",
    discussion: """
      Versions, the configuration, whether credentials are there, status, figures of the store and \
      the queue, and open errors. No secret, no name of a person and no e-mail address is in it. Of \
      what a side says of a value that it refuses, quoted values are left out; it may say them in \
      other ways, so look it through before you send it.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Argument(help: "The file to write (default: sfsync-support-DATE.txt); '-' is standard output.")
  var file: String?

  func run() throws {
    do {
      try connection.talk { client in
        var reply = try client.call(.support, as: SupportReply.self)
        reply.sections.insert(MachineFacts.section, at: 1)
        if connection.json { return Terminal.show(try JSONOutput.document(reply)) }
        let now = Timestamp.now
        let text = Self.text(reply, at: now)
        let name = file ?? "sfsync-support-\(now.description.prefix(10)).txt"
        guard name != "-" else { return Terminal.show(text, newline: false) }
        try TextFile.write(text, to: name)
        Terminal.show(
          "Wrote \(Terminal.printable(name)). No secret and no address of a person is in it; look it "
            + "through before you send it.")
      }
    } catch let trouble as FileTrouble {
      Terminal.complain(trouble.sentence)
      throw ExitCode(trouble.exit.rawValue)
    }
  }

  static func text(_ reply: SupportReply, at now: Timestamp) -> String {
    let titles = reply.sections.map(\.title).joined(separator: ", ")
    let head = """
      sfsync support report of \(now)
      In it: \(titles).
      Without: secrets, names of people, e-mail addresses, and values that a refusal quotes.
      Open errors hold what Salesforce and Intercom said: look them through before you send this.

      """
    let sections = reply.sections.map { section in
      let lines = section.text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { Terminal.printable(String($0)) }
      return "\n== \(section.title)\n" + lines.joined(separator: "\n") + "\n"
    }
    return head + sections.joined()
  }
}

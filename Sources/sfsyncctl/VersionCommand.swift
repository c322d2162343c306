import ArgumentParser
import Control

struct VersionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "version", abstract: "The versions of this program and of the daemon.")

  @OptionGroup var connection: ConnectionOptions

  private struct Versions: Encodable {
    var sfsyncctl = Product.version
    @Nullable var sfsyncd: String?
  }

  func run() throws {
    var versions = Versions(sfsyncd: nil)
    var whyNot = ""
    do {
      let info = try ControlClient(path: connection.path, seconds: 5).call(
        VarlinkCall(method: "org.varlink.service.GetInfo"), as: InfoReply.self)
      versions.sfsyncd = info.version
    } catch {
      whyNot = error.sentence
    }
    guard !connection.json else { return Terminal.show(try JSONOutput.document(versions)) }
    Terminal.show("sfsyncctl \(versions.sfsyncctl)")
    Terminal.show(versions.sfsyncd.map { "sfsyncd \($0)" } ?? "sfsyncd does not answer: \(whyNot)")
  }
}

import ArgumentParser
import Daemon

struct RestoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore", abstract: "Put a backup in the place of the store.",
    discussion: """
      Only while the daemon is stopped; 'sfsyncctl backup FILE' makes backups. The file is checked \
      first, and the old store is kept beside the new one. Ends with 0 when it is done, 66 for a \
      missing file, 74 for a damaged one or the disk, 77 for one that you may not read, 78 when the \
      daemon runs or the file is not its own or of a newer release.
      """)

  @OptionGroup var places: Places

  @Argument(help: "The backup.")
  var file: String

  func run() throws {
    throw ArgumentParser.ExitCode(
      RestoreProgram.run(file: file, configurationFile: places.config))
  }
}

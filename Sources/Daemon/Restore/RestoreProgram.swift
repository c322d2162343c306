import Control
import Glibc
import Store

/// `sfsyncd restore FILE`: puts a backup back and says what comes next.
package enum RestoreProgram {
  package static func run(file: String, configurationFile: String) -> Int32 {
    do {
      let configuration = try Configuration.load(file: configurationFile).configuration
      let store = configuration.store.path
      let outcome = try Restore(store: store).run(file)
      print(text(outcome, file: file, store: store))
      return ExitCode.done.rawValue
    } catch {
      let line = Array("sfsyncd: \(error)\n".utf8)
      _ = write(STDERR_FILENO, line, line.count)
      return ExitCode(error).rawValue
    }
  }

  static func text(_ outcome: Restore.Outcome, file: String, store: String) -> String {
    var lines: [String] = []
    if let madeAt = outcome.facts.madeAt {
      lines.append(
        "Restored \(store) from \(file), a backup of \(Timestamp(milliseconds: madeAt)).")
    } else {
      lines.append(
        "Restored \(store) from \(file), a copy of a store. 'sfsyncctl backup' makes backups that "
          + "know their time.")
    }
    if let kept = outcome.kept {
      lines.append(
        "The store that was there is kept as \(kept). It holds customers' data: remove it when all "
          + "is well.")
    }
    lines.append(
      """
      Now start the daemon: 'systemctl start sfsyncd'. It reads both sides anew before it writes \
      anything, and takes what it finds as the base: nothing that was done since the backup is done \
      again.
      """)
    return lines.joined(separator: "\n")
  }
}

import ArgumentParser
import Control

@main struct Sfsyncctl: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sfsyncctl",
    abstract: "Shows and steers sfsyncd, which keeps Intercom true to Salesforce.",
    discussion: """
      WHO is an e-mail address, an Intercom contact id or a Salesforce id.
      Exit codes: 0 done, 1 the answer is 'no', 64 usage, 69 the daemon cannot be reached, \
      70 a defect, 74 disk, 77 not permitted, 78 the configuration was refused.
      """,
    version: Product.version,
    subcommands: [
      StatusCommand.self, ErrorsCommand.self, SyncCommand.self, PlanCommand.self,
      QueueCommand.self, ExplainCommand.self, CardCommand.self, HistoryCommand.self,
      MatchesCommand.self, LinkCommand.self, UnlinkCommand.self, LeadCommand.self,
      TaskCommand.self, PauseCommand.self, ResumeCommand.self, ReloadCommand.self,
      MetricsCommand.self, BackupCommand.self, SupportCommand.self, ForgetCommand.self,
      UninstallCommand.self, VersionCommand.self,
    ])

  @OptionGroup var connection: ConnectionOptions
}

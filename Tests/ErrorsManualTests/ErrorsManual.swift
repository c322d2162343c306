import Engine
import Intercom
import Salesforce
import SyncCore

/// The text of docs/ERRORS.md, made from the tables that the program uses.
enum ErrorsManual {
  static let sections: [(title: String, meanings: [Meaning])] = [
    ("Salesforce", SalesforceMeaning.all), ("Intercom", IntercomMeaning.all),
    ("What goes to Salesforce", FittingMeaning.all), ("Mail", MailMeaning.all),
    ("sfsync itself", EngineMeaning.all),
  ]

  static var text: String {
    var text = preface
    for (title, meanings) in sections {
      text += "\n## \(title)\n"
      // The code says the side; the kind says how urgent it is.
      for meaning in meanings.sorted(by: { $0.code < $1.code }) {
        text += """

          ### \(meaning.code)

          Kind: \(meaning.kind.rawValue)

          Cause: \(meaning.cause)

          Remedy: \(meaning.remedy)

          """
      }
    }
    return text
  }

  private static let preface = """
    # Errors

    Every code that `sfsyncctl errors` and `sfsyncd check` can show, with its cause and what to do.
    A code never changes its meaning and is never used again for another one.

    This page is made from the tables in the source and a test compares the two. Do not edit it:
    change the table, then run `SFSYNC_UPDATE=1 swift test --filter ErrorsManualTests`.

    There are three kinds:

    - **passing** heals by itself. sfsync tries again, with longer and longer waits, for as long as it
      takes. Nothing has to be done.
    - **refused** concerns one record. It is kept, and tried again when the record's
      data or the configuration change, or on `sfsyncctl errors retry`. All others go on.
    - **broken** concerns a whole side: credentials, permissions, quota. Calls to that side stop, it is
      probed from time to time, and one entry says so. Nothing is lost meanwhile. Where the mail
      server is meant, the syncing goes on; only mail waits.

    """
}

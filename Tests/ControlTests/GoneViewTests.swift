import Control
import Testing

@testable import sfsyncctl

@Suite struct GoneViewTests {
  private var forgetting: Forgetting {
    var forgetting = Samples.forgetting
    forgetting.people.append(Forgetting.Somebody(contact: "5f1b", record: "003000000000002AAA"))
    forgetting.records.append(
      Forgetting.Copy(id: "003000000000002AAA", objectType: "Contact", stays: "5f1c"))
    forgetting.counts = ["profiles": 2, "links": 0, "deliveries": 1, "history": 1200, "zebras": 3]
    return forgetting
  }

  @Test("O6: what is stored of somebody is told in plain words, and that nothing was done yet")
  func forgetShown() {
    #expect(
      ForgettingView(forgetting: forgetting).text == """
        People:
          Intercom 5f1a, ada@example.com
          Intercom 5f1b, without an e-mail address, linked to 003000000000002AAA

        Salesforce records in the local copy:
          Lead 00Q000000000001AAA, Ada Lovelace
          Contact 003000000000002AAA (stays: Intercom 5f1c needs it)

        Would be erased:
          2 profiles with the last known values
          1 delivery waiting
          1,200 lines of history
          3 zebras

        Stays:
          1 note that a lead was made

        Not touched.

        Nothing was erased yet: say the same with --yes to do it.
        """)
  }

  @Test("O6: what stands in the way is said last; once it is done, nothing is asked for")
  func forgetEnds() {
    var told = forgetting
    told.obstacle = "Salesforce has not said yet."
    #expect(ForgettingView(forgetting: told).text.hasSuffix("\n\nSalesforce has not said yet."))
    told.done = true
    let text = ForgettingView(forgetting: told).text
    #expect(text.contains("\nErased:\n") && text.hasSuffix("Not touched."))
    told.people = []
    told.notes = ["A\u{1B}[2J"]
    let alone = ForgettingView(forgetting: told).text
    #expect(alone.hasPrefix("Nobody in Intercom; only Salesforce records match."))
    #expect(!alone.contains("\u{1B}"))
  }

  @Test("O6: an uninstall shows what it would take away")
  func uninstallShown() {
    var told = Samples.uninstalling
    #expect(
      UninstallingView(uninstalling: told, isSure: false).text == """
        Attributes in Intercom that would be archived:
          SALESFORCE_ID (id 12)

        Would stop: all polls and deliveries; 3 deliveries still waiting would be thrown away.
        Would revoke: the Salesforce token that the daemon holds.
        Would empty: the local store, with 900 linked people.

        Leads stay.

        Nothing was done yet: say the same with --yes to do it.
        """)
    told.attributes = []
    #expect(
      UninstallingView(uninstalling: told, isSure: false).text
        .hasPrefix("No attribute in Intercom is left to archive."))
    told.left = ["Intercom is away."]
    let away = UninstallingView(uninstalling: told, isSure: false).text
    #expect(away.contains("In the way:\n  Intercom is away.") && away.hasPrefix("Would stop"))
  }

  @Test("O6: an uninstall tells what was done of it and what is left")
  func uninstallDone() {
    var told = Samples.uninstalling
    told.revoked = true
    told.left = ["Salesforce is away."]
    #expect(
      UninstallingView(uninstalling: told, isSure: true).text == """
        Attributes in Intercom:
          SALESFORCE_ID (id 12): not archived

        Salesforce token: revoked.
        Local store: not emptied.

        Left to do:
          Salesforce is away.

        Leads stay.
        """)
    told.attributes[0].archived = true
    told.emptied = true
    told.deliveries = 1
    let done = UninstallingView(uninstalling: told, isSure: true).text
    #expect(done.contains(": archived\n") && done.contains("emptied; 1 delivery thrown away."))
  }
}

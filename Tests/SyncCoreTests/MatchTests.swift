import SyncCore
import Testing

@Suite("M1, M2: the winner among several records")
struct MatchTests {
  private func lead(_ id: String, created: Int64 = 0) -> Record {
    Record(id: "00Q" + id, object: .lead, createdAt: created)
  }

  private func contact(_ id: String, created: Int64 = 0) -> Record {
    Record(id: "003" + id, object: .contact, createdAt: created)
  }

  private func winner(
    _ records: [Record], _ preference: Preference, incumbent: String? = nil
  ) -> String? {
    let wins = Match.judge(records, incumbent: incumbent, preference: preference).filter(\.wins)
    return wins.count == 1 ? wins.first?.record.id : nil
  }

  @Test("M2: the class goes first, then the newest, then the lowest id")
  func order() {
    let old = contact("1", created: 1)
    let new = lead("2", created: 9)
    #expect(winner([new, old], .contact) == "0031")
    #expect(winner([new, old], .lead) == "00Q2")
    #expect(winner([new, old], .newest) == "00Q2")
    #expect(winner([new, old], .oldest) == "0031")
    #expect(winner([new, old], .none) == nil)
    #expect(winner([contact("1", created: 1), contact("2", created: 2)], .contact) == "0032")
    #expect(winner([contact("2", created: 1), contact("1", created: 1)], .contact) == "0031")
    #expect(winner([lead("2", created: 1), contact("1", created: 1)], .oldest) == "0031")
  }

  @Test("M2: the incumbent stays within its class, and yields to a better one")
  func incumbent() {
    let old = contact("1", created: 1)
    let new = contact("2", created: 9)
    #expect(winner([old, new], .contact, incumbent: old.id) == old.id)
    #expect(winner([old, new], .lead, incumbent: old.id) == old.id)
    #expect(winner([old, new], .newest, incumbent: old.id) == new.id)
    #expect(winner([old, new], .oldest, incumbent: new.id) == old.id)
    #expect(winner([old, new], .none, incumbent: old.id) == old.id)
    #expect(winner([old, lead("3", created: 10)], .lead, incumbent: old.id) == "00Q3")
  }

  @Test("M2: a single record wins whatever is preferred", arguments: Preference.allCases)
  func single(preference: Preference) {
    #expect(winner([lead("1")], preference) == "00Q1")
    #expect(winner([], preference) == nil)
  }

  @Test("M2: foreign dates at the ends of their range are judged, not trapped on")
  func extremeDates() {
    let first = contact("1", created: .min)
    let last = contact("2", created: .max)
    for preference in [Preference.newest, .contact] {
      #expect(winner([first, last], preference) == last.id)
    }
    #expect(winner([first, last], .oldest) == first.id)
  }

  @Test("M2: the reasons name the rule that decided")
  func reasons() throws {
    let why = { (records: [Record], preference: Preference, incumbent: String?) -> [String] in
      Match.judge(records, incumbent: incumbent, preference: preference).map(\.why)
    }
    let mixed = [lead("1"), contact("1")]
    #expect(why(mixed, .contact, nil)[0].contains("match.prefer"))
    #expect(why(mixed, .contact, nil)[1].contains("0031"))
    #expect(why(mixed, .none, nil).allSatisfy { $0.contains("by hand") })
    let twins = [contact("1", created: 5), contact("2", created: 5)]
    #expect(
      why(twins, .contact, nil) == [
        "created in the same second, and the lowest id", "0031 has a lower id",
      ])
    #expect(why(twins, .contact, "0032")[0].contains("linked already"))
    #expect(why(twins, .contact, "0032")[1].contains("linked first"))
    #expect(why([twins[0]], .contact, nil) == ["the only record that matches"])
  }
}

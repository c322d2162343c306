import FoundationEssentials
import Testing

@testable import Control

/// The interface file against the types that are sent: neither may move alone.
@Suite struct InterfaceTests {
  /// Field names of each `type`, and of each method's parameters and reply.
  private struct Interface {
    var types: [String: Set<String>] = [:]
    var parameters: [String: Set<String>] = [:]
    var replies: [String: Set<String>] = [:]
    var errors: [String: Set<String>] = [:]

    init(_ text: String) throws {
      let code = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: " ")
      for match in code.matches(of: #/(type|error) (\w+) \(([^)]*)\)/#) {
        let fields = Self.fields(String(match.3))
        if match.1 == "type" { types[String(match.2)] = fields }
        if match.1 == "error" { errors[String(match.2)] = fields }
      }
      for match in code.matches(of: #/method (\w+)\(([^)]*)\) -> \(([^)]*)\)/#) {
        parameters[String(match.1)] = Self.fields(String(match.2))
        replies[String(match.1)] = Self.fields(String(match.3))
      }
    }

    private static func fields(_ text: String) -> Set<String> {
      Set(text.matches(of: #/(\w+):/#).map { String($0.1) })
    }
  }

  private let interface: Interface

  init() throws { interface = try Interface(ControlInterface.description) }

  private func keys(_ value: some Encodable) throws -> Set<String> {
    let data = try JSONEncoder().encode(value)
    return Set(try JSONDecoder().decode([String: JSONValue].self, from: data).keys)
  }

  @Test("control: every type of the interface is sent with exactly its fields")
  func types() throws {
    let sent: [String: any Encodable] = [
      "SalesforceBudget": Samples.status.budget.salesforce,
      "IntercomBudget": Samples.status.budget.intercom, "Budgets": Samples.status.budget,
      "InitialSync": Samples.status.initialSync, "LastPoll": Samples.status.lastPoll,
      "LinkCounts": Samples.status.links, "QueueCounts": Samples.status.queue,
      "ErrorCounts": Samples.status.errors, "Status": Samples.status,
      "ErrorSubject": Samples.error.subject, "ErrorEntry": Samples.error,
      "Change": Change(from: .null, to: .null), "PlannedDelivery": Samples.planned,
      "QueuedDelivery": Samples.queued, "Candidate": Samples.loser,
      "ExplainedContact": ExplainedContact(id: "", role: ""), "Explanation": Samples.explanation,
      "Match": Samples.match, "SyncResult": Samples.result, "CardOwner": Samples.owner,
      "CardRecord": Samples.cardRecord, "ForgottenPerson": Samples.forgetting.people[0],
      "ForgottenRecord": Samples.forgetting.records[0],
      "OwnAttribute": Samples.uninstalling.attributes[0], "Card": Samples.card,
      "HistoryEntry": Samples.happened,
      "SupportSection": SupportSection(title: "", text: ""),
    ]
    #expect(Set(interface.types.keys) == Set(sent.keys))
    for (name, value) in sent {
      #expect(try keys(value) == interface.types[name], "type \(name)")
    }
  }

  @Test("control: every reply has exactly the fields that the interface says")
  func replies() throws {
    let list = ListPage<ErrorEntry>(entries: [])
    let pin = Pin(contact: "")
    let sent: [String: any Encodable] = [
      "Status": Samples.status, "Errors": list, "RetryErrors": CountReply(count: 0),
      "DismissErrors": CountReply(count: 0), "Sync": SyncReply(), "Plan": list, "Queue": list,
      "Explain": ExplainReply(explanations: []), "Matches": list, "Link": pin, "Unlink": pin,
      "Card": CardReply(cards: []), "History": list, "CreateLead": Samples.created,
      "CreateTask": Samples.created, "AssignConversation": Samples.created,
      "Pause": EmptyReply(), "Resume": EmptyReply(), "Reload": ReloadResult(changes: []),
      "Metrics": MetricsReply(text: ""),
      "Forget": Samples.forgetting, "Uninstall": Samples.uninstalling,
      "Backup": BackupPart(), "Support": SupportReply(sections: []),
    ]
    #expect(Set(interface.replies.keys) == Set(sent.keys))
    for (name, value) in sent {
      #expect(try keys(value) == interface.replies[name], "method \(name)")
    }
  }

  @Test("control: every call sends only parameters that the interface says, and all are read")
  func parameters() {
    var sent: [String: Set<String>] = [:]
    for call in ControlCallTests.all {
      sent[call.method, default: []].formUnion(call.parameters.keys)
    }
    for (method, names) in sent {
      let declared = interface.parameters[method]
      #expect(declared?.isSuperset(of: names) == true, "method \(method)")
    }
    #expect(Set(sent.keys) == Set(interface.parameters.keys))
    #expect(sent["Errors"] == interface.parameters["Errors"])
  }

  @Test("control: every error of ours is in the interface with exactly its parameters")
  func errors() {
    let prefix = ControlInterface.name + "."
    var sent: [String: Set<String>] = [:]
    for error in ControlCallTests.errors where error.name.hasPrefix(prefix) {
      sent[String(error.name.dropFirst(prefix.count))] = Set(error.parameters.keys)
    }
    #expect(sent == interface.errors)
  }

  @Test("control: status --json has the keys of the interface, null ones included")
  func nullKeys() throws {
    var status = Samples.status
    status.lastPoll = nil
    status.nextPollAt = nil
    status.initialSync.secondsLeft = nil
    let text = String(decoding: try JSONEncoder().encode(status), as: UTF8.self)
    for key in ["last_poll", "next_poll_at", "seconds_left"] {
      #expect(text.contains("\"\(key)\":null"))
    }
    #expect(try JSONDecoder().decode(Status.self, from: Data(text.utf8)) == status)
  }

  @Test("C1: a card without a record has the keys of the interface, null ones included")
  func emptyCard() throws {
    let text = String(decoding: try JSONEncoder().encode(Card(contact: "5f1a")), as: UTF8.self)
    for key in [
      "email", "object_type", "id", "link", "name", "title", "company", "status", "owner",
      "account_owner",
    ] { #expect(text.contains("\"\(key)\":null")) }
    #expect(text.contains(#""others":[]"#))
    #expect(try JSONDecoder().decode(Card.self, from: Data(text.utf8)) == Card(contact: "5f1a"))
  }

  @Test("L2: a refused creation carries the register's entry, a made one says null")
  func creations() throws {
    let made = String(decoding: try JSONEncoder().encode(Samples.created), as: UTF8.self)
    #expect(made.contains(#""error":null"#) && made.contains(#""result":"created""#))
    let refused = Creation(result: .refused, error: Samples.error)
    let read = try JSONDecoder().decode(Creation.self, from: JSONEncoder().encode(refused))
    #expect(read == refused && read.ids.isEmpty)
  }

  @Test("control: an older client's message without the nullable keys is read")
  func missingKeys() throws {
    let page = try JSONDecoder().decode(
      ListPage<QueuedDelivery>.self, from: Data(#"{"entries":[]}"#.utf8))
    #expect(page == ListPage(entries: []))
  }

  @Test("control: the interface's history is in order and each entry says what changed")
  func history() {
    let dates = ControlInterface.history.map(\.date)
    #expect(!dates.isEmpty && dates == dates.sorted())
    #expect(ControlInterface.history.allSatisfy { $0.change.hasSuffix(".") })
    let named = ControlInterface.history.map(\.change).joined()
    #expect(interface.replies.keys.allSatisfy { named.contains($0) })
  }
}

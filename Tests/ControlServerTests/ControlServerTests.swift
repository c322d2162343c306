import Control
import Daemon
import EventLoop
import Testing

/// The call of one of our methods as JSON.
func call(_ method: String, _ parameters: String = "{}", flags: String = "") -> String {
  #"{"method":"org.sfsync.control.\#(method)","parameters":\#(parameters)\#(flags)}"#
}

@Suite(.timeLimit(.minutes(1))) struct ControlServerTests {
  @Test("control: pipelined calls are answered in order, and a half-close after them is no loss")
  func pipelined() async throws {
    try await Served.run { served in
      let replies = try await served.client { client in
        var text = call("Status") + "\0"
        text += call("Explain", #"{"who":"nobody"}"#) + "\0"
        text += call("Pause", "null") + "\0"
        client.write(Array(text.utf8))
        client.endInput()
        var replies: [String] = []
        while let reply = try client.next() { replies.append(reply) }
        return replies
      }
      #expect(replies.count == 3)
      #expect(replies.first?.contains(#""state":"idle""#) == true)
      #expect(replies.dropFirst().first?.contains("org.sfsync.control.NotFound") == true)
      #expect(replies.last == #"{"parameters":{}}"#)
    }
  }

  @Test("control: five thousand pipelined calls are all answered, in order")
  func manyPipelined() async throws {
    try await Served.run { served in
      let ids = try await served.client { client in
        for id in 1...5000 {
          client.say(call("DismissErrors", "{\"ids\":[\(id)]}", flags: #","oneway":true"#))
        }
        client.say(call("Status"))
        return try client.next()
      }
      #expect(ids?.contains("state") == true)
      let isInOrder = served.handler.asked == (1...5000).map { "dismiss [\($0)]" } + ["status"]
      #expect(isInOrder)
    }
  }

  @Test("control: a message that comes byte by byte is answered")
  func byteByByte() async throws {
    try await Served.run { served in
      let reply = try await served.client { client in
        for byte in Array(call("Pause").utf8) + [0] { client.write([byte]) }
        return try client.next()
      }
      #expect(reply == #"{"parameters":{}}"#)
    }
  }

  @Test("control: a oneway call is done and gets no reply, not even an error")
  func oneway() async throws {
    try await Served.run { served in
      let reply = try await served.client { client in
        client.say(call("Resume", flags: #","oneway":true"#))
        client.say(call("Bogus", flags: #","oneway":true"#))
        client.say(call("Status", flags: #","oneway":true,"more":true"#))
        client.say(call("Pause"))
        return try client.next()
      }
      #expect(reply == #"{"parameters":{}}"#)
      #expect(served.handler.asked == ["resume", "status", "pause"])
    }
  }

  @Test(
    "control: what cannot be understood gets a Varlink error and the connection goes on",
    arguments: [
      (#"{"method":"org.sfsync.control.Bogus"}"#, "org.varlink.service.MethodNotFound"),
      (#"{"method":"Bogus"}"#, "org.varlink.service.MethodNotFound"),
      (#"{"method":"org.varlink.service.Bogus"}"#, "org.varlink.service.MethodNotFound"),
      (#"{"method":"org.example.A"}"#, "org.varlink.service.InterfaceNotFound"),
      (
        #"{"method":"org.varlink.service.GetInterfaceDescription","parameters":{"interface":"a.b"}}"#,
        "org.varlink.service.InterfaceNotFound"
      ),
      (
        #"{"method":"org.varlink.service.GetInterfaceDescription"}"#,
        "org.varlink.service.InvalidParameter"
      ),
      (
        #"{"method":"org.varlink.service.GetInfo","parameters":{"x":1}}"#,
        "org.varlink.service.InvalidParameter"
      ),
      (call("Status", #"{"x":1}"#), "org.varlink.service.InvalidParameter"),
      (call("Explain", #"{"who":1}"#), "org.varlink.service.InvalidParameter"),
      (call("Errors", #"{"follow":true}"#), "org.varlink.service.InvalidParameter"),
    ])
  func notUnderstood(message: String, error: String) async throws {
    try await Served.run { served in
      let replies = try await served.client { client in
        client.say(message)
        client.say(call("Pause"))
        return [try client.next(), try client.next()]
      }
      #expect(replies.first??.contains("\"error\":\"\(error)\"") == true)
      #expect(replies.last == #"{"parameters":{}}"#)
    }
  }

  @Test(
    "control: what is no call gets an error in its place, and the connection is closed",
    arguments: ["{", "", "[]", "\u{1}", #"{"method":"a.B","upgrade":true}"#])
  func malformed(message: String) async throws {
    try await Served.run { served in
      let replies = try await served.client { client in
        client.say(call("Pause"))
        client.say(message)
        client.say(call("Resume"))
        return [try client.next(), try client.next(), try client.next()]
      }
      #expect(replies[0] == #"{"parameters":{}}"#)
      #expect(replies[1]?.contains("org.sfsync.control.BadMessage") == true)
      #expect(replies[2] == nil)
      #expect(served.handler.asked == ["pause"])
    }
  }

  @Test("control: a message over 1 MiB gets an error, one of 1 MiB is read")
  func tooLong() async throws {
    try await Served.run { served in
      let spaces = MessageReader.callLimit - call("Pause").utf8.count
      let replies = try await served.client { client in
        client.say(call("Pause") + String(repeating: " ", count: spaces))
        let first = try client.next()
        client.write([UInt8](repeating: 32, count: MessageReader.callLimit + 1))
        return [first, try client.next(), try client.next()]
      }
      #expect(replies[0] == #"{"parameters":{}}"#)
      #expect(replies[1]?.contains("org.sfsync.control.BadMessage") == true)
      #expect(replies[2] == nil)
    }
  }

  @Test(
    "control: only root, the daemon's own user and the admin group may change things",
    arguments: [
      (0, 0, true), (990, 990, true), (1001, 1001, true), (1002, 4000, true), (1002, 1002, false),
      (65534, 65534, false),
    ] as [(UInt32, UInt32, Bool)])
  func permission(user: UInt32, group: UInt32, may: Bool) async throws {
    try await Served.run(peer: ControlPeer(user: user, group: group)) { served in
      let changing: [(String, String)] = [
        ("RetryErrors", "{}"), ("DismissErrors", #"{"ids":[1]}"#), ("Sync", "{}"),
        ("Link", #"{"who":"a","record":"b"}"#), ("Unlink", #"{"who":"a"}"#), ("Pause", "{}"),
        ("Resume", "{}"), ("Reload", "{}"), ("CreateLead", #"{"who":"ada@example.com"}"#),
        ("CreateTask", #"{"conversation":"215"}"#),
        ("AssignConversation", #"{"conversation":"215"}"#),
      ]
      for (method, parameters) in changing {
        let reply = try await served.client { client in
          client.say(call(method, parameters))
          return try client.next()
        }
        let isRefused = reply?.contains("org.sfsync.control.PermissionDenied")
        #expect(isRefused == !may, "\(method)")
      }
      #expect(served.handler.asked.isEmpty == !may)
      let reading = try await served.client { client in
        for method in ["Status", "Errors", "Plan", "Queue", "Matches", "Metrics"] {
          client.say(call(method))
        }
        for method in ["Card", "History"] {
          client.say(call(method, #"{"who":"ada@example.com"}"#))
        }
        return try (1...8).map { _ in try client.next() }
      }
      #expect(reading.allSatisfy { $0?.contains("error\"") == false })
    }
  }

  @Test("L2: lead, task and assignment are answered by the handler, edits and refusals included")
  func creations() async throws {
    try await Served.run { served in
      let replies = try await served.client { client in
        client.say(
          call("CreateLead", #"{"who":"ada@example.com","fields":{"company":"Acme","Phone":""}}"#))
        client.say(call("CreateLead", #"{"who":"c9"}"#))
        client.say(call("CreateTask", #"{"conversation":"215","part":"31"}"#))
        client.say(call("AssignConversation", #"{"conversation":"215"}"#))
        return try (1...4).map { _ in try client.next() ?? "" }
      }
      #expect(replies[0].contains(#""result":"created""#))
      #expect(replies[1].contains(#""result":"refused""#) && replies[1].contains("SF-REQUIRED"))
      #expect(replies[2].contains("00T000000000001AAA"))
      #expect(replies[3].contains(#""result":"assigned""#) && replies[3].contains("991"))
      #expect(
        served.handler.asked == [
          #"lead ada@example.com ["Phone=", "company=Acme"]"#, "lead c9 []", "task 215 31",
          "assign 215",
        ])
    }
  }

  @Test("history: with 'more' every page comes, in order; without, one page and where to go on")
  func history() async throws {
    try await Served.run { served in
      let path = served.path
      let (all, page) = try await served.offLoop {
        let client = ControlClient(path: path)
        let call = ControlCall.history(who: "ada@example.com", PageRequest())
        let page = try client.call(call, as: ListPage<HistoryEntry>.self)
        var all: [HistoryEntry] = []
        try client.stream(call, as: ListPage<HistoryEntry>.self) {
          all += $0.entries
          return true
        }
        return (all, page)
      }
      #expect(page.entries.count == 2 && page.next == 2)
      #expect(all.map(\.at.milliseconds) == [1000, 2000, 3000, 4000, 5000, 6000])
    }
  }

  @Test("O: Metrics is one text, for whoever may open the socket")
  func metrics() async throws {
    try await Served.run(peer: ControlPeer(user: 65534, group: 65534)) { served in
      let path = served.path
      let reply = try await served.offLoop {
        try ControlClient(path: path).call(.metrics, as: MetricsReply.self)
      }
      #expect(reply == MetricsReply(text: "sfsync_up 1\n# EOF\n"))
      let refused = try await served.client { client in
        client.say(call("Metrics", #"{"format":"x"}"#))
        return try client.next()
      }
      #expect(refused?.contains("InvalidParameter") == true)
    }
  }

  @Test("control: the kernel says who is at the other end")
  func peerCredentials() async throws {
    try await Served.run(peer: nil) { served in
      let peers = try await served.client { client in
        [ControlPeer(descriptor: client.descriptor), ControlPeer(descriptor: 0)]
      }
      #expect(peers[0] == .own)
      #expect(peers[1] == nil)
    }
  }

  @Test("control: the groups of a user and the number of a group are the system's")
  func systemGroups() {
    #expect(ControlAccess.systemGroupID("root") == 0)
    #expect(ControlAccess.systemGroupID("no such group") == nil)
    #expect(ControlAccess.systemGroupID("") == nil)
    #expect(ControlAccess.systemGroups(0).contains(0))
    #expect(ControlAccess.systemGroups(4_000_000_000) == [])
  }

  @Test("control: GetInfo and the interface's description are the programs' own")
  func service() async throws {
    try await Served.run { served in
      let path = served.path
      let (info, text) = try await served.offLoop {
        let client = ControlClient(path: path)
        let info = try client.call(
          VarlinkCall(method: "org.varlink.service.GetInfo"), as: InfoReply.self)
        let description = try client.call(
          VarlinkCall(
            method: "org.varlink.service.GetInterfaceDescription",
            parameters: ["interface": .string(ControlInterface.name)]), as: DescriptionReply.self)
        return (info, description.description)
      }
      #expect(info == InfoReply())
      #expect(info.version == Product.version)
      #expect(text == ControlInterface.description)
    }
  }
}

import Control
import EventLoop

/// Answers calls: from a message's bytes to the handler and back.
@EventLoop final class ControlSession {
  /// How often a stream that follows something is sent, in milliseconds.
  static let streamInterval: Int64 = 1000

  private let handler: any ControlHandler
  private let clock: any Clock
  var access: ControlAccess
  /// Called for every call that changes something: when it is done, or for a sync, begun.
  var onChange: (ControlPeer, ControlCall) -> Void = { _, _ in }

  init(handler: any ControlHandler, clock: any Clock, access: ControlAccess) {
    self.handler = handler
    self.clock = clock
    self.access = access
  }

  /// Answers one message with one reply, several, or none, as it asks.
  func answer(_ message: [UInt8], on connection: ControlConnection) async {
    let call: VarlinkCall
    do throws(VarlinkCall.Malformed) {
      guard !message.isEmpty else {
        throw .init(
          reason: "an empty message, or one of more than \(MessageReader.callLimit) bytes")
      }
      call = try VarlinkCall(message: message)
    } catch {
      // What follows may be answers to nobody knows what: the order is lost.
      connection.send(VarlinkReply.encode(error: .badMessage(reason: error.reason)))
      return connection.finish()
    }
    let reply = Reply(call: call, connection: connection)
    do throws(ControlError) {
      try await perform(call, reply)
    } catch {
      reply.fail(error)
    }
  }

  private func perform(_ call: VarlinkCall, _ reply: Reply) async throws(ControlError) {
    guard let dot = call.method.lastIndex(of: ".") else {
      throw .methodNotFound(method: call.method)
    }
    let interface = String(call.method[..<dot])
    let method = String(call.method[call.method.index(after: dot)...])
    switch interface {
    case "org.varlink.service": try describe(method, call, reply)
    case ControlInterface.name:
      let control = try ControlCall(method: method, parameters: call.parameters)
      guard !control.changesSomething || access.mayChange(reply.peer) else {
        throw .permissionDenied(method: method, group: access.adminGroup)
      }
      // A poll may take long, and whoever asked may leave.
      let isSync = if case .sync = control { true } else { false }
      if isSync { onChange(reply.peer, control) }
      try await perform(control, reply)
      if control.changesSomething, !isSync { onChange(reply.peer, control) }
    default: throw .interfaceNotFound(interface: interface)
    }
  }

  private func describe(
    _ method: String, _ call: VarlinkCall, _ reply: Reply
  ) throws(ControlError) {
    switch method {
    case "GetInfo":
      if let unknown = call.parameters.keys.min() { throw .invalidParameter(parameter: unknown) }
      try reply.send(InfoReply())
    case "GetInterfaceDescription":
      if let unknown = call.parameters.keys.filter({ $0 != "interface" }).min() {
        throw .invalidParameter(parameter: unknown)
      }
      guard case .string(let name)? = call.parameters["interface"] else {
        throw .invalidParameter(parameter: "interface")
      }
      guard let text = ControlInterface.descriptions[name] else {
        throw .interfaceNotFound(interface: name)
      }
      try reply.send(DescriptionReply(description: text))
    default: throw .methodNotFound(method: call.method)
    }
  }

  private func perform(_ call: ControlCall, _ reply: Reply) async throws(ControlError) {
    switch call {
    case .status: try await status(reply)
    case .errors(let query): try await errors(query, reply)
    case .retryErrors(let ids):
      try reply.send(CountReply(count: Int64(try handler.retryErrors(ids: ids))))
    case .dismissErrors(let ids):
      try reply.send(CountReply(count: Int64(try handler.dismissErrors(ids: ids))))
    case .sync(let options): try await sync(options, reply)
    case .plan(let full, let page):
      try await list(page, reply) { page throws(ControlError) in
        try await self.handler.plan(full: full, page: page)
      }
    case .queue(let page):
      try await list(page, reply) { page throws(ControlError) in self.handler.queue(page) }
    case .matches(let page):
      try await list(page, reply) { page throws(ControlError) in self.handler.matches(page) }
    case .explain(let who):
      try reply.send(ExplainReply(explanations: try handler.explain(who: who)))
    case .card(let who): try reply.send(CardReply(cards: try handler.card(who: who)))
    case .history(let who, let page):
      try await list(page, reply) { page throws(ControlError) in
        try self.handler.history(who: who, page: page)
      }
    case .link(let who, let record):
      try reply.send(try await handler.link(who: who, record: record))
    case .unlink(let who): try reply.send(try await handler.unlink(who: who))
    case .createLead(let who, let fields):
      try reply.send(try await handler.createLead(who: who, fields: fields))
    case .createTask(let conversation, let part):
      try reply.send(try await handler.createTask(conversation: conversation, part: part))
    case .assignConversation(let conversation):
      try reply.send(try await handler.assignConversation(conversation))
    case .pause:
      handler.pause()
      try reply.send(EmptyReply())
    case .resume:
      try handler.resume()
      try reply.send(EmptyReply())
    case .reload: try reply.send(try await handler.reload())
    case .metrics: try reply.send(MetricsReply(text: try handler.metrics()))
    case .forget(let who, let isSure):
      try reply.send(try await handler.forget(who: who, isSure: isSure))
    case .uninstall(let isSure): try reply.send(try await handler.uninstall(isSure: isSure))
    case .backup: try await backUp(reply)
    case .support: try reply.send(try await handler.support())
    }
  }

  /// No more than one part waits to be read.
  private func backUp(_ reply: Reply) async throws(ControlError) {
    guard reply.isStream else {
      throw .refused(
        reason: "A backup comes in many parts, and this call takes one.",
        remedy: "Call Backup with \"more\": true, or use 'sfsyncctl backup FILE'.")
    }
    try await handler.backUp(isWanted: { reply.isWanted }) { part throws(ControlError) in
      try reply.send(part, continues: true)
      await reply.drained()
    }
    try reply.send(BackupPart())
  }

  /// Once, or again every second for as long as the client stays.
  private func status(_ reply: Reply) async throws(ControlError) {
    guard reply.isStream else { return try reply.send(handler.status()) }
    while reply.isWanted {
      try reply.send(handler.status(), continues: true)
      await reply.drained()
      await reply.rest()
    }
  }

  private func errors(_ query: ErrorQuery, _ reply: Reply) async throws(ControlError) {
    let follows = query.follow && reply.isStream
    guard !query.follow || follows else { throw .invalidParameter(parameter: "follow") }
    var query = query
    // A moment back, as one more entry may be seen within the same millisecond.
    var seen = clock.now - 1
    try await list(query.page, reply, isLast: !follows) { page throws(ControlError) in
      query.page = page
      return try self.handler.errors(query)
    }
    while follows, reply.isWanted {
      await reply.rest()
      query.seenAfter = seen
      seen = clock.now - 1
      var page = PageRequest()
      repeat {
        query.page = page
        let entries = try handler.errors(query)
        if !entries.entries.isEmpty { try reply.send(entries, continues: true) }
        await reply.drained()
        page.after = entries.next
      } while page.after != nil && reply.isWanted
    }
  }

  private func sync(_ options: SyncOptions, _ reply: Reply) async throws(ControlError) {
    var sent: Int64?
    let result = try await handler.sync(options) { status in
      // Progress is for looking at: one a second, and none while the last is unread.
      let isDue = sent.map { self.clock.uptime - $0 >= Self.streamInterval } ?? true
      guard reply.isStream, isDue, reply.isRead else { return }
      sent = self.clock.uptime
      try? reply.send(SyncReply(progress: status), continues: true)
    }
    try reply.send(SyncReply(result: result))
  }

  /// Sends the page that was asked for, or with `more` every page from there on.
  private func list<Entry>(
    _ first: PageRequest, _ reply: Reply, isLast: Bool = true,
    page: (PageRequest) async throws(ControlError) -> ListPage<Entry>
  ) async throws(ControlError) {
    var request = first
    while true {
      let entries = try await page(request)
      guard reply.isStream, let next = entries.next, next != request.after else {
        return try reply.send(entries, continues: reply.isStream && !isLast)
      }
      try reply.send(entries, continues: true)
      await reply.drained()
      guard !reply.isClosed else { return }
      request.after = next
      await EventLoop.nextTurn()
    }
  }
}

/// Where the answer to one call goes: nowhere for a oneway call.
@EventLoop private struct Reply {
  let call: VarlinkCall
  let connection: ControlConnection

  var peer: ControlPeer { connection.peer }
  var isStream: Bool { call.wantsMore && !call.isOneway }
  var isClosed: Bool { connection.isClosed }
  /// A client that has had enough closes the connection, and that is all it can say.
  var isWanted: Bool { !connection.isClosed && !connection.inputEnded }
  var isRead: Bool { connection.isDrained }

  func send(_ parameters: some Encodable, continues: Bool = false) throws(ControlError) {
    guard !call.isOneway else { return }
    do {
      connection.send(try VarlinkReply.encode(parameters, continues: continues))
    } catch {
      throw .refused(
        reason: "The daemon could not write down its answer to \(call.method).",
        remedy: "That is a defect of sfsyncd: please report it with its version.")
    }
  }

  func fail(_ error: ControlError) {
    if !call.isOneway { connection.send(VarlinkReply.encode(error: error)) }
  }

  /// Until the stream's next part is due, or the client has left.
  func rest() async {
    await connection.rest(milliseconds: ControlSession.streamInterval)
  }

  func drained() async { await connection.drained() }
}

import CCurl
package import EventLoop
package import HTTP

/// HTTP/2 and 1.1 over libcurl, on the loop, to the hosts that a policy allows and to no other.
///
/// Bodies arrive decoded (gzip) and are counted so; redirects are answers like any other; nothing
/// is remembered between requests but connections. TLS is 1.2 or newer and always verified.
@EventLoop package final class CurlTransport: @EventLoop Transport {
  private struct Pending {
    let transfer: Transfer
    let continuation: CheckedContinuation<Result<Response, TransportError>, Never>
  }

  private let policy: HostPolicy
  private let settings: Transfer.Settings
  private let multi: CurlMulti
  private var pending: [UInt64: Pending] = [:]
  private var numbers: [UnsafeMutableRawPointer: UInt64] = [:]
  private var lastNumber: UInt64 = 0
  private var isShutDown = false

  /// Opens nothing yet.
  ///
  /// Requests beyond the number of connections wait; their time limit starts when they have one.
  /// `userAgent` is sent with every request; `caFile` (PEM), when given, replaces the system's
  /// certification authorities. Throws when the process has no descriptor or memory left.
  package init(
    policy: HostPolicy, userAgent: String, caFile: String? = nil,
    connectLimit: Duration = .seconds(10), connectionsPerHost: Int = 16, connections: Int = 32
  ) throws(TransportError) {
    guard
      let multi = CurlMulti(connectionsPerHost: connectionsPerHost, connections: connections)
    else {
      throw TransportError(.notSent, "libcurl could not be started: no memory or descriptor left.")
    }
    self.policy = policy
    self.multi = multi
    settings = .init(userAgent: userAgent, caFile: caFile, connectLimit: connectLimit)
    multi.onEnd = { [weak self] easy, code in self?.end(easy, code) }
  }

  isolated deinit { shutdown() }

  /// How many requests wait for their answer.
  package var requestsInFlight: Int { pending.count }

  @EventLoop package func send(_ request: Request) async throws(TransportError) -> Response {
    try await perform(request, sink: nil)
  }

  @EventLoop package func stream(
    _ request: Request, into sink: any BodySink
  ) async throws(TransportError) -> Response {
    try await perform(request, sink: sink)
  }

  /// Ends every request as ``TransportError/Reason/cancelled`` and closes every connection.
  ///
  /// Later requests are refused. Not to be called by a ``BodySink``.
  package func shutdown() {
    isShutDown = true
    for number in pending.keys.sorted() { cancel(number, "the daemon is stopping") }
    multi.close()
  }

  /// Ends every request under way as ``TransportError/Reason/cancelled``; later ones are welcome.
  package func cancelAll() {
    for number in pending.keys.sorted() { cancel(number, "the configuration is being reloaded") }
  }

  private func perform(
    _ request: Request, sink: (any BodySink)?
  ) async throws(TransportError) -> Response {
    let transfer = try Transfer(
      request, to: policy.admit(request.url), sink: sink, settings: settings)
    lastNumber &+= 1
    let number = lastNumber
    transfer.reader.pauses = { [weak self] in
      EventLoop.assumeIsolated { self?.pauses(number) ?? false }
    }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { start(number, transfer, $0) }
    } onCancel: {
      Task { @EventLoop in self.cancel(number, "the caller was cancelled") }
    }
    return try result.get()
  }

  private func start(
    _ number: UInt64, _ transfer: Transfer,
    _ continuation: CheckedContinuation<Result<Response, TransportError>, Never>
  ) {
    guard !isShutDown, !Task.isCancelled else {
      let error = TransportError(.cancelled, "\(transfer.label): cancelled before it was sent.")
      return continuation.resume(returning: .failure(error))
    }
    guard multi.add(transfer.easy) else {
      let error = TransportError(.notSent, "\(transfer.label): libcurl did not take the request.")
      return continuation.resume(returning: .failure(error))
    }
    pending[number] = Pending(transfer: transfer, continuation: continuation)
    numbers[transfer.easy] = number
  }

  /// Whether a stream has to wait, since the loop was held long enough; it goes on in a turn of its own.
  private func pauses(_ number: UInt64) -> Bool {
    guard multi.isTurnOver else { return false }
    Task { resume(number) }
    return true
  }

  private func resume(_ number: UInt64) {
    guard let easy = pending[number]?.transfer.easy else { return }
    let code = multi.resume(easy)
    guard code != CURLE_OK else { return }
    multi.remove(easy)
    end(easy, code)
  }

  private func cancel(_ number: UInt64, _ why: String) {
    guard let entry = take(number) else { return }
    multi.remove(entry.transfer.easy)
    let error = TransportError(.cancelled, "\(entry.transfer.label): \(why).")
    entry.continuation.resume(returning: .failure(error))
  }

  private func end(_ easy: UnsafeMutableRawPointer, _ code: CURLcode) {
    guard let number = numbers[easy], let entry = take(number) else { return }
    guard code == CURLE_OK else {
      return entry.continuation.resume(
        returning: .failure(TransportError(code, of: entry.transfer)))
    }
    guard entry.transfer.reader.headersAreComplete else {
      let error = TransportError(
        .answerLost, "\(entry.transfer.label): the answer broke off in its head.")
      return entry.continuation.resume(returning: .failure(error))
    }
    entry.continuation.resume(returning: .success(entry.transfer.reader.answer))
  }

  /// Whoever takes the entry out resumes its continuation: once, whatever comes together.
  private func take(_ number: UInt64) -> Pending? {
    guard let entry = pending.removeValue(forKey: number) else { return nil }
    numbers[entry.transfer.easy] = nil
    return entry
  }
}

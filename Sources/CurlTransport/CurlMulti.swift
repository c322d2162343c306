import CCurl
import Dispatch
import EventLoop

/// libcurl's multi handle on the loop: its sockets behind one read source, its clock one timer.
///
/// curl calls back only while it is itself being called; the callbacks note what it wants and
/// never call it again.
@EventLoop final class CurlMulti {
  /// Keeps a transfer that ended, for its connection is used further (`CURLOPT_CONNECT_ONLY`).
  var keepsEnded = false
  /// Told of each transfer that ended by itself; it is no longer in the handle then.
  var onEnd: (UnsafeMutableRawPointer, CURLcode) -> Void = { _, _ in }

  private let multi: UnsafeMutableRawPointer
  private var watch: SocketWatch
  private let readable: any DispatchSourceRead
  private let timer: any DispatchSourceTimer
  private var isClosed = false
  /// When curl was last called, in nanoseconds of the clock that never jumps.
  private var turnBegan: UInt64 = 0

  /// How long the rows of a stream may hold the loop: curl reads on for as long as there is something
  /// to read, which may be a million rows.
  private static let turnNanoseconds: UInt64 = 5_000_000

  private static let globalInit = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  /// nil when the process has no memory or no descriptor left.
  init?(connectionsPerHost: Int, connections: Int) {
    guard Self.globalInit == CURLE_OK, let watch = SocketWatch() else { return nil }
    guard let multi = curl_multi_init() else {
      watch.close()
      return nil
    }
    self.multi = multi
    self.watch = watch
    readable = DispatchSource.makeReadSource(
      fileDescriptor: watch.descriptor, queue: EventLoop.queue)
    timer = DispatchSource.makeTimerSource(queue: EventLoop.queue)
    sf_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
    sf_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections)
    sf_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections)
    sf_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
    attach()
    readable.setEventHandler { [weak self] in self?.serveSockets() }
    // Closed here and not before: a descriptor's number may be reused at once.
    readable.setCancelHandler { watch.close() }
    timer.setEventHandler { [weak self] in self?.act(CURL_SOCKET_TIMEOUT, 0) }
    timer.schedule(deadline: .distantFuture)
    readable.activate()
    timer.activate()
  }

  func add(_ easy: UnsafeMutableRawPointer) -> Bool {
    !isClosed && curl_multi_add_handle(multi, easy) == CURLM_OK
  }

  func remove(_ easy: UnsafeMutableRawPointer) {
    guard !isClosed else { return }
    curl_multi_remove_handle(multi, easy)
  }

  /// Whether those who take what curl reads have had the loop long enough.
  var isTurnOver: Bool {
    DispatchTime.now().uptimeNanoseconds - turnBegan > Self.turnNanoseconds
  }

  /// Lets a transfer that was paused go on; what curl kept of it is handed over at once.
  func resume(_ easy: UnsafeMutableRawPointer) -> CURLcode {
    guard !isClosed else { return CURLE_OK }
    turnBegan = DispatchTime.now().uptimeNanoseconds
    return curl_easy_pause(easy, CURLPAUSE_CONT)
  }

  /// Ends every connection; the transfers must have been removed before.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    curl_multi_cleanup(multi)
    timer.cancel()
    readable.cancel()
  }

  private func attach() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    sf_multi_set_sockets(
      multi,
      { _, socket, what, context, _ in
        CurlMulti.with(context) { $0.watch.change(socket, to: what) }
        return 0
      }, context)
    sf_multi_set_timer(
      multi,
      { _, milliseconds, context in
        CurlMulti.with(context) { $0.setTimer(milliseconds) }
        return 0
      }, context)
  }

  private nonisolated static func with(
    _ context: UnsafeMutableRawPointer?, _ body: @EventLoop (CurlMulti) -> Void
  ) {
    guard let context else { return }
    let multi = Unmanaged<CurlMulti>.fromOpaque(context).takeUnretainedValue()
    EventLoop.assumeIsolated { body(multi) }
  }

  private func setTimer(_ milliseconds: Int) {
    timer.schedule(
      deadline: milliseconds < 0 ? .distantFuture : .now() + .milliseconds(milliseconds))
  }

  private func serveSockets() {
    for ready in watch.ready() { act(ready.socket, ready.mask) }
  }

  private func act(_ socket: curl_socket_t, _ mask: Int32) {
    guard !isClosed else { return }
    turnBegan = DispatchTime.now().uptimeNanoseconds
    var running: Int32 = 0
    curl_multi_socket_action(multi, socket, mask, &running)
    var left: Int32 = 0
    while !isClosed, let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else {
        continue
      }
      let code = message.pointee.data.result
      if !keepsEnded { curl_multi_remove_handle(multi, easy) }
      onEnd(easy, code)
    }
  }
}

import Control
import Dispatch
import EventLoop
import Glibc

/// One client: its bytes in, its calls answered in order, its bytes out.
///
/// Owned by ``ControlServer``. The descriptor is closed when both sources have run their cancel
/// handlers, and nowhere else: its number must not be reused while Dispatch still knows it.
@EventLoop final class ControlConnection {
  /// Unread output, in bytes, with which a client is given up.
  static let outputLimit = 4 << 20
  /// Output, in bytes, above which the next answer waits until the client has read.
  static let outputEnough = 256 << 10
  /// Calls read ahead; above it the socket is left to fill.
  static let waitingCalls = 16
  /// A half-sent message, or output that nobody reads, ends the connection after this.
  static let patience: Int64 = 30_000

  let peer: ControlPeer
  private let descriptor: Int32
  private let clock: any Clock
  private let answer: (ControlConnection, [UInt8]) async -> Void
  private let ended: (ControlConnection) -> Void

  private let readSource: any DispatchSourceRead
  private let writeSource: any DispatchSourceWrite
  private var liveSources = 2
  private var isReadSuspended = false
  private var isWriteSuspended = false

  private var reader = MessageReader()
  private var calls: ArraySlice<[UInt8]> = []
  private var output: [UInt8] = []
  private var written = 0
  private var answering: Task<Void, Never>?
  private var drainWaiter: CheckedContinuation<Void, Never>?

  private var messageBegan: Int64 = 0
  private var lastWritten: Int64 = 0
  private var stallWatch: Task<Void, Never>?
  private var resting: Task<Void, Never>?

  /// The client has sent its last byte, or is not listened to any more.
  private(set) var inputEnded = false
  private(set) var isClosed = false

  /// Takes over a connected, non-blocking descriptor.
  init(
    descriptor: Int32, peer: ControlPeer, clock: any Clock,
    answer: @escaping (ControlConnection, [UInt8]) async -> Void,
    ended: @escaping (ControlConnection) -> Void
  ) {
    self.descriptor = descriptor
    self.peer = peer
    self.clock = clock
    self.answer = answer
    self.ended = ended
    readSource = DispatchSource.makeReadSource(
      fileDescriptor: descriptor, queue: EventLoop.queue)
    writeSource = DispatchSource.makeWriteSource(
      fileDescriptor: descriptor, queue: EventLoop.queue)
    readSource.setEventHandler { [weak self] in self?.readAvailable() }
    writeSource.setEventHandler { [weak self] in self?.flush() }
    readSource.setCancelHandler { self.sourceEnded() }
    writeSource.setCancelHandler { self.sourceEnded() }
    readSource.activate()
    writeSource.activate()
  }

  // MARK: Input

  /// Reads until the socket is empty, as a hang-up is reported once only.
  private func readAvailable() {
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    while !inputEnded, !isReadSuspended {
      let count = read(descriptor, &chunk, chunk.count)
      if count > 0 {
        take(chunk[..<count])
      } else if count == 0 {
        endInput()
      } else if errno == EAGAIN {
        break
      } else if errno != EINTR {
        close()
      }
    }
    watchStall()
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    var messages: [[UInt8]] = []
    let wasInside = reader.isInsideMessage
    var isTooLong = false
    do throws(MessageReader.TooLong) {
      try reader.append(bytes, into: &messages)
    } catch {
      isTooLong = true
    }
    if !wasInside || !messages.isEmpty { messageBegan = clock.uptime }
    calls.append(contentsOf: messages)
    if isTooLong {
      // An empty message stands for the one that was too long: its answer keeps its place.
      reader = MessageReader()
      calls.append([])
      endInput()
    }
    if calls.count >= Self.waitingCalls, !inputEnded {
      isReadSuspended = true
      readSource.suspend()
    }
    startAnswering()
  }

  private func endInput() {
    guard !inputEnded else { return }
    inputEnded = true
    resting?.cancel()
    reader = MessageReader()
    resumeReading()
    readSource.cancel()
    closeIfDone()
  }

  private func resumeReading() {
    guard isReadSuspended else { return }
    isReadSuspended = false
    readSource.resume()
  }

  private func startAnswering() {
    guard answering == nil, !calls.isEmpty, !isClosed else { return }
    answering = Task { await self.answerWaiting() }
  }

  private func answerWaiting() async {
    while !isClosed, let message = calls.popFirst() {
      await answer(self, message)
      if output.count - written > Self.outputEnough { await drained() }
      // One call a turn: other connections, and the daemon itself, come in between.
      await EventLoop.nextTurn()
    }
    answering = nil
    if isReadSuspended, !isClosed {
      resumeReading()
      readAvailable()
    }
    closeIfDone()
  }

  /// Returns after that time, or as soon as the client leaves.
  func rest(milliseconds: Int64) async {
    guard !inputEnded else { return }
    let sleep = Task { _ = try? await self.clock.sleep(milliseconds: milliseconds) }
    resting = sleep
    await sleep.value
    resting = nil
  }

  // MARK: Output

  /// Sends or queues whole messages; a client that leaves too much unread is given up.
  func send(_ bytes: [UInt8]) {
    guard !isClosed else { return }
    guard output.count - written + bytes.count <= Self.outputLimit else { return close() }
    if output.isEmpty { lastWritten = clock.uptime }
    output.append(contentsOf: bytes)
    flush()
    watchStall()
  }

  /// Everything that was sent is written.
  var isDrained: Bool { output.isEmpty }

  /// Returns when everything is written, or the connection is closed.
  func drained() async {
    guard !isClosed, !output.isEmpty else { return }
    await withCheckedContinuation { drainWaiter = $0 }
  }

  /// Answers nothing more: closes as soon as what was sent is written.
  func finish() {
    calls = []
    endInput()
    closeIfDone()
  }

  private func flush() {
    guard !isClosed else { return }
    while written < output.count {
      let count = output[written...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        written += count
        lastWritten = clock.uptime
      } else if errno == EAGAIN {
        return resumeWriting()
      } else if errno != EINTR {
        return close()
      }
    }
    output.removeAll(keepingCapacity: output.count <= Self.outputEnough)
    written = 0
    if !isWriteSuspended {
      isWriteSuspended = true
      writeSource.suspend()
    }
    drainWaiter?.resume()
    drainWaiter = nil
    closeIfDone()
  }

  private func resumeWriting() {
    guard isWriteSuspended else { return }
    isWriteSuspended = false
    writeSource.resume()
  }

  // MARK: End

  /// Nothing holds a timer while nothing is half done: an idle connection costs no wake-up.
  private func watchStall() {
    guard stallWatch == nil, !isClosed, stallDeadline != nil else { return }
    stallWatch = Task { await self.closeWhenStalled() }
  }

  private var stallDeadline: Int64? {
    let input = reader.isInsideMessage && !isReadSuspended ? messageBegan : nil
    let unread = output.isEmpty ? nil : lastWritten
    return [input, unread].compactMap(\.self).min().map { $0 + Self.patience }
  }

  private func closeWhenStalled() async {
    while !isClosed, let deadline = stallDeadline {
      let wait = deadline - clock.uptime
      guard wait > 0 else { return close() }
      guard (try? await clock.sleep(milliseconds: wait)) != nil else { break }
    }
    stallWatch = nil
  }

  private func closeIfDone() {
    if inputEnded, calls.isEmpty, answering == nil, output.isEmpty { close() }
  }

  /// Drops what is unread and unwritten; the descriptor closes with its sources.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    answering?.cancel()
    resting?.cancel()
    stallWatch?.cancel()
    calls = []
    drainWaiter?.resume()
    drainWaiter = nil
    if !inputEnded {
      inputEnded = true
      resumeReading()
      readSource.cancel()
    }
    resumeWriting()
    writeSource.cancel()
  }

  /// Tells a client whose call is still open, and closes.
  func stop() {
    if answering != nil { send(VarlinkReply.encode(error: .stopping)) }
    close()
  }

  private func sourceEnded() {
    liveSources -= 1
    guard liveSources == 0 else { return }
    Glibc.close(descriptor)
    ended(self)
  }
}

import Dispatch
import EventLoop
import Glibc

/// Lets a conversation wait until its socket has something to read.
///
/// It watches a descriptor of its own for the same socket: curl may close its one at any time, and
/// Dispatch must not hear of that first.
@EventLoop final class SocketReadiness {
  private let source: any DispatchSourceRead
  private var waiter: CheckedContinuation<Void, Never>?
  private var isRaised = false

  /// Nil when no descriptor is left.
  init?(of socket: Int32) {
    let descriptor = fcntl(socket, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else { return nil }
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: EventLoop.queue)
    source.setEventHandler { [weak self] in self?.raise() }
    source.setCancelHandler { _ = Glibc.close(descriptor) }
    source.activate()
  }

  /// Returns when there is something, or perhaps something, to read, or after ``raise()``.
  func wait() async {
    if !isRaised {
      await withCheckedContinuation { waiter = $0 }
    }
    isRaised = false
  }

  func raise() {
    isRaised = true
    waiter?.resume()
    waiter = nil
  }

  func close() { source.cancel() }
}

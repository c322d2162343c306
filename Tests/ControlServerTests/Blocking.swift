import Foundation

/// Threads that may block: the cooperative pool's, and a Dispatch queue's, may not.
enum Blocking {
  static func detach(_ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread(body)
  }
}

package import Dispatch
import Synchronization

/// The one domain that owns all state of the daemon: a serial Dispatch queue as a global actor.
///
/// A Dispatch source whose queue is ``queue`` runs its handlers in this isolation, and the runtime
/// checks it. Code awaits only at the network, so whatever stands between two awaits is atomic.
@globalActor package actor EventLoop {
  package static let queue = QueueExecutor.makeQueue()
  package static let shared = EventLoop()
  private static let executor = QueueExecutor()

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    Self.executor.asUnownedSerialExecutor()
  }

  /// How many jobs wait or run on the loop; a virtual clock steps when only its own is left.
  package static var pendingJobs: Int { executor.pending.load(ordering: .acquiring) }

  /// Whether this code runs on the loop's queue.
  package static var isCurrent: Bool { QueueExecutor.isCurrent }

  /// Runs a job of another executor on the loop; for drivers of virtual time.
  package static func enqueue(_ job: UnownedJob) { executor.enqueue(ExecutorJob(job)) }

  /// Runs `work` behind everything that is queued, counted among ``pendingJobs`` until then.
  static func later(_ work: @escaping @Sendable () -> Void) { executor.later(work) }

  /// Enters the loop's isolation from a C callback that already runs on its queue.
  package static func assumeIsolated<T: Sendable>(
    _ body: @EventLoop () throws -> T
  ) rethrows -> T {
    dispatchPrecondition(condition: .onQueue(queue))
    // The standard library does the same for MainActor: only the isolation is dropped.
    return try withoutActuallyEscaping(body) {
      try unsafeBitCast($0, to: (() throws -> T).self)()
    }
  }
}

private final class QueueExecutor: SerialExecutor {
  private static let mark = DispatchSpecificKey<Bool>()

  static var isCurrent: Bool { DispatchQueue.getSpecific(key: mark) == true }

  let pending = Atomic<Int>(0)

  static func makeQueue() -> DispatchQueue {
    let queue = DispatchQueue(label: "sfsync.loop")
    queue.setSpecific(key: mark, value: true)
    return queue
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pending.add(1, ordering: .acquiringAndReleasing)
    EventLoop.queue.async {
      job.runSynchronously(on: self.asUnownedSerialExecutor())
      self.pending.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  func later(_ work: @escaping @Sendable () -> Void) {
    pending.add(1, ordering: .acquiringAndReleasing)
    EventLoop.queue.async {
      work()
      self.pending.subtract(1, ordering: .acquiringAndReleasing)
    }
  }

  func checkIsolated() { dispatchPrecondition(condition: .onQueue(EventLoop.queue)) }

  // A 6.2 runtime asks this before checkIsolated.
  func isIsolatingCurrentContext() -> Bool? {
    Self.isCurrent
  }
}

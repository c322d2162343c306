import EventLoop
import Glibc

/// Keeps every task that the loop resumes or starts on the loop while a virtual clock drives it.
///
/// A continuation or a task's value resumes its waiter through the runtime's global pool, which
/// would hide work from the driver and bring it back in another order each time. The runtime lets
/// this one step be replaced; nothing outside tests may.
enum LoopTakeover {
  private typealias Original = @convention(thin) (UnownedJob) -> Void
  private typealias Hook = @convention(thin) (UnownedJob, Original) -> Void

  @EventLoop private static var holders = 0

  @EventLoop static func hold() {
    holders += 1
    guard holders == 1 else { return }
    slot?.pointee = { job, original in
      if EventLoop.isCurrent { EventLoop.enqueue(job) } else { original(job) }
    }
  }

  @EventLoop static func release() {
    holders -= 1
    guard holders == 0 else { return }
    slot?.pointee = nil
  }

  @EventLoop private static let slot: UnsafeMutablePointer<Hook?>? = {
    let symbol = dlsym(nil, "swift_task_enqueueGlobal_hook")
    return symbol?.assumingMemoryBound(to: Hook?.self)
  }()
}

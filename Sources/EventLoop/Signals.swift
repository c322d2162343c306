import Dispatch
import Glibc

/// Signals of the process, handed to the loop by Dispatch sources.
///
/// Dispatch installs a handler of its own, so nothing may call `signal` for these numbers after
/// ``watch(_:handler:)``: the signal would vanish.
@EventLoop package final class Signals {
  private var sources: [any DispatchSourceSignal] = []

  private init() {}

  /// Returns once every source is registered; before that the signal still has its default effect.
  package static func watch(
    _ numbers: [Int32] = [SIGTERM, SIGINT, SIGHUP],
    handler: @escaping @EventLoop (_ number: Int32) -> Void
  ) async -> Signals {
    let signals = Signals()
    for number in numbers {
      await withCheckedContinuation { signals.register(number, handler, registered: $0) }
    }
    return signals
  }

  /// Ends the delivery; a signal that comes later is swallowed.
  package func cancel() {
    for source in sources { source.cancel() }
    sources = []
  }

  private func register(
    _ number: Int32, _ handler: @escaping @EventLoop (Int32) -> Void,
    registered: CheckedContinuation<Void, Never>
  ) {
    let source = DispatchSource.makeSignalSource(signal: number, queue: EventLoop.queue)
    source.setEventHandler { handler(number) }
    source.setRegistrationHandler { registered.resume() }
    source.activate()
    sources.append(source)
  }
}

/// Makes a write to a closed peer an error instead of the end of the process; main's first line.
package func ignoreSIGPIPE() { signal(SIGPIPE, SIG_IGN) }

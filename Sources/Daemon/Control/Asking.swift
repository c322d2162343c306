import EventLoop

/// What a person asked of a side, as far as somebody waits for the answer.
///
/// The work goes on when the caller leaves, or when it takes longer than anybody waits.
@EventLoop final class Asking<Outcome: Sendable> {
  private var outcome: Result<Outcome, any Error>?
  private var caller: CheckedContinuation<Void, Never>?
  private var hasStopped = false

  init(_ work: @escaping @EventLoop () async throws -> Outcome) {
    Task { @EventLoop in
      do {
        outcome = .success(try await work())
      } catch {
        outcome = .failure(error)
      }
      tell()
    }
  }

  /// The outcome, or nil after so many milliseconds.
  func outcome(within milliseconds: Int64, _ clock: any Clock) async throws -> Outcome? {
    let timer = Task { @EventLoop in
      try? await clock.sleep(milliseconds: milliseconds)
      self.hasStopped = true
      self.tell()
    }
    await withCheckedContinuation { continuation in
      caller = continuation
      if outcome != nil || hasStopped { tell() }
    }
    timer.cancel()
    return try outcome?.get()
  }

  private func tell() {
    caller?.resume()
    caller = nil
  }
}

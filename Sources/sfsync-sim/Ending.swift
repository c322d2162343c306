import Dispatch

#if canImport(Glibc)
  import Glibc
#endif

/// Arranges that the program ends: on SIGTERM and SIGINT, after some seconds, with its parent.
///
/// There is nothing to tidy up: the simulated world lives in memory only.
func ending(after seconds: Int?, withStdin: Bool) {
  signal(SIGPIPE, SIG_IGN)
  for number in [SIGTERM, SIGINT] {
    signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
    // The handler's own reference keeps the source alive until the end.
    source.setEventHandler {
      withExtendedLifetime(source) {}
      exit(0)
    }
    source.activate()
  }
  if let seconds {
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { exit(0) }
  }
  guard withStdin else { return }
  DispatchQueue(label: "sfsync-sim.stdin").async {
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count == 0 || (count < 0 && errno != EINTR) { exit(0) }
    }
  }
}

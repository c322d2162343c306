import Glibc

/// What libFuzzer hands over, in memory of its own, so that a read past the end is seen.
func withInput(
  _ start: UnsafePointer<UInt8>?, _ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Void
) {
  // Errors are what bad input deserves; traps are what is looked for.
  try? body(UnsafeRawBufferPointer(start: start, count: count))
}

/// Ends the run as a crash when a promise is broken.
func promise(_ holds: Bool, _ what: StaticString) {
  guard !holds else { return }
  print("broken promise: \(what)")
  fflush(nil)
  abort()
}

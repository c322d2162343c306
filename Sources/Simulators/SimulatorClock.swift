/// The time of a simulated world, moved by whoever drives it.
package final class SimulatorClock {
  /// Milliseconds UTC since 1970.
  package var now: Int64

  package init(now: Int64) { self.now = now }
}

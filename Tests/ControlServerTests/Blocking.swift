import Dispatch

/// Threads that may block: the cooperative pool's may not.
enum Blocking {
  static let queue = DispatchQueue(label: "tests.blocking", attributes: .concurrent)
}

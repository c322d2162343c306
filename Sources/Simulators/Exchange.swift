package import HTTP

/// What became of one request to a simulator, on the wire.
package enum Exchange: Sendable {
  /// The whole answer.
  case answer(Response)
  /// The connection was refused: the simulator's state did not change.
  case refused
  /// The connection broke before any byte of the answer; the write, if it was one, did or did not
  /// happen before that.
  case reset(written: Bool)
  /// The answer broke off after `bytes` of its body.
  case truncated(Response, bytes: Int)
}

/// One thing that goes wrong, once, at a call that a test chose.
package enum Fault: Sendable, Equatable {
  case refuse
  case resetBefore
  case resetAfter
  /// The answer's body breaks off in the middle.
  case truncate
  /// A status with the side's own error shape; nothing is written.
  case status(Int)
  /// As ``status(_:)``, but the write happens first.
  case statusAfter(Int)
  /// A 200 with a page of HTML, as a captive portal or a proxy sends.
  case html
  /// The answer arrives that many milliseconds later.
  case slow(milliseconds: Int64)
}

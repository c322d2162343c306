/// One HTTP request to an absolute URL.
package struct Request: Sendable {
  package enum Method: String, Sendable { case get, post, put, patch, delete, head }

  package var method: Method
  /// Absolute, percent-encoded.
  package var url: String
  package var headers: Headers
  package var body: [UInt8]?
  /// From the first byte sent to the last byte received.
  package var timeLimit: Duration
  /// A longer answer ends the call with ``TransportError/Reason/tooLarge``.
  package var answerBytesLimit: Int

  package init(
    _ method: Method, _ url: String, headers: Headers = [:], body: [UInt8]? = nil,
    timeLimit: Duration = .seconds(120), answerBytesLimit: Int = 64 << 20
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeLimit = timeLimit
    self.answerBytesLimit = answerBytesLimit
  }
}

/// One HTTP answer; `body` is empty when it was streamed.
package struct Response: Sendable {
  package var status: Int
  package var headers: Headers
  package var body: [UInt8]

  package init(status: Int, headers: Headers = [:], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

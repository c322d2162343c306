/// Cuts a byte stream into messages, each of which ends with a NUL byte.
///
/// Holds at most one unfinished message and never more of it than its limit.
package struct MessageReader: Sendable {
  /// The longest call, in bytes without its NUL.
  package static let callLimit = 1 << 20

  /// More bytes than the limit arrived without a NUL; what follows cannot be understood.
  package struct TooLong: Error, Equatable {
    package init() {}
  }

  private let limit: Int
  private var partial: [UInt8] = []

  /// `limit` is the longest message in bytes without its NUL.
  package init(limit: Int = Self.callLimit) { self.limit = limit }

  /// A message has begun and not ended.
  package var isInsideMessage: Bool { !partial.isEmpty }

  /// Takes what was read and gives the messages that are now whole, in order.
  ///
  /// After an error the reader is of no more use: those messages that were whole before it are in
  /// `messages` all the same.
  package mutating func append(
    _ bytes: ArraySlice<UInt8>, into messages: inout [[UInt8]]
  ) throws(TooLong) {
    var rest = bytes
    while let end = rest.firstIndex(of: 0) {
      guard partial.count + (end - rest.startIndex) <= limit else {
        throw TooLong()
      }
      partial.append(contentsOf: rest[..<end])
      messages.append(partial)
      partial.removeAll()
      rest = rest[(end + 1)...]
    }
    guard partial.count + rest.count <= limit else { throw TooLong() }
    partial.append(contentsOf: rest)
  }
}

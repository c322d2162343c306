import FoundationEssentials

/// Encodes and decodes replies; every encoded message ends with its NUL.
package enum VarlinkReply {
  private struct Message<Parameters: Encodable>: Encodable {
    var error: String?
    var parameters: Parameters
    var continues: Bool?
  }

  /// A reply as a client reads it.
  package struct Received<Parameters: Decodable>: Decodable {
    package var error: String?
    package var parameters: Parameters?
    package var continues: Bool?
  }

  private struct Request: Encodable {
    var method: String
    var parameters: [String: JSONValue]
    var oneway: Bool?
    var more: Bool?
  }

  /// One reply; `continues` says that more follow to the same call.
  package static func encode(
    _ parameters: some Encodable, continues: Bool = false
  ) throws -> [UInt8] {
    try framed(Message(parameters: parameters, continues: continues ? true : nil))
  }

  /// An error, which is always a call's last reply.
  package static func encode(error: ControlError) -> [UInt8] {
    let message = Message(error: error.name, parameters: error.parameters)
    // Names and texts always encode; the literal keeps this function free of a trap.
    return (try? framed(message)) ?? Array("{\"error\":\"\(error.name)\"}\0".utf8)
  }

  /// A call as a client sends it.
  package static func encode(call: VarlinkCall) throws -> [UInt8] {
    try framed(
      Request(
        method: call.method, parameters: call.parameters, oneway: call.isOneway ? true : nil,
        more: call.wantsMore ? true : nil))
  }

  /// Reads one reply without its NUL.
  package static func decode<Parameters: Decodable>(
    _ message: [UInt8], as type: Parameters.Type
  ) throws -> Received<Parameters> {
    try JSONDecoder().decode(Received<Parameters>.self, from: Data(message))
  }

  /// The error that a message says, if it says one.
  package static func error(in message: [UInt8]) -> ControlError? {
    struct Envelope: Decodable { var error: String? }
    let data = Data(message)
    guard let name = (try? JSONDecoder().decode(Envelope.self, from: data))?.error else {
      return nil
    }
    let reply = try? decode(message, as: [String: JSONValue].self)
    let parameters = reply?.parameters ?? [:]
    return ControlError(name: name, parameters: parameters)
  }

  private static func framed(_ message: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return Array(try encoder.encode(message)) + [0]
  }
}

import Control
import Testing

@Suite struct VarlinkCallTests {
  private func read(_ text: String) throws -> VarlinkCall {
    try VarlinkCall(message: Array(text.utf8))
  }

  @Test(
    "control: absent parameters are a missing key, null or {}",
    arguments: [
      #"{"method":"a.B"}"#, #"{"method":"a.B","parameters":null}"#,
      #"{"method":"a.B","parameters":{}}"#,
      #"{"method":"a.B","oneway":null,"more":false,"upgrade":false}"#,
    ])
  func absent(text: String) throws {
    #expect(try read(text) == VarlinkCall(method: "a.B"))
  }

  @Test("control: oneway, more and parameters are read")
  func flags() throws {
    let call = try read(#"{"method":"a.B","parameters":{"x":1},"oneway":true,"more":true}"#)
    #expect(
      call
        == VarlinkCall(
          method: "a.B", parameters: ["x": .integer(1)], isOneway: true, wantsMore: true))
  }

  @Test(
    "control: what is no call is refused with the reason",
    arguments: [
      ("[]", "not a JSON object"), ("{}", "method"), (#"{"method":1}"#, "method"),
      (#"{"method":"a.B","parameters":[]}"#, "parameters"),
      (#"{"method":"a.B","oneway":1}"#, "oneway"), (#"{"method":"a.B","more":"yes"}"#, "more"),
      (#"{"method":"a.B","upgrade":true}"#, "upgrade"), ("{", "not JSON at byte 1"),
    ])
  func malformed(text: String, reason: String) throws {
    let error = #expect(throws: VarlinkCall.Malformed.self) { try read(text) }
    #expect(error?.reason.contains(reason) == true)
  }

  @Test("control: a call that is written is the call that is read")
  func roundTrip() throws {
    let call = VarlinkCall(
      method: "a.B", parameters: ["x": .array([.string("y\0")])], wantsMore: true)
    let message = try VarlinkReply.encode(call: call)
    #expect(message.last == 0)
    #expect(message.dropLast().allSatisfy { $0 != 0 })
    #expect(try VarlinkCall(message: message.dropLast()) == call)
  }
}

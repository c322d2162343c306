import Testing

@testable import Daemon

@Suite struct SupportTextTests {
  @Test(
    "O: a value that a refusal quotes is not in a support report",
    arguments: [
      (
        "STRING_TOO_LONG: Last Name: data value too large: Lovelace (max length=5)",
        "STRING_TOO_LONG: Last Name: …"
      ),
      ("Status: bad value for restricted picklist field: Ada", "Status: …"),
      ("Custom attribute 'Lovelace' does not exist", "Custom attribute … does not exist"),
      ("value \"Ada \\ Lovelace\" isn't good", "value … isn't good"),
      ("the value “Ada” and ‘Ada", "the value … and …"),
      ("HTTP 500", "HTTP 500"), ("", ""), (":", ":"), ("Ada: Bob", "Ada: …"),
    ])
  func values(_ answer: String, _ shown: String) {
    #expect(SupportText.withoutValues(answer) == shown)
  }
}

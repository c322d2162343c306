import Testing

@testable import Daemon

@Suite struct RedactionTests {
  @Test(
    "a secret is taken out at every level",
    arguments: [
      ("session 00Dxx0000001gPF!AQ8AQBq_a.b expired", "session ‹secret› expired"),
      ("00Dxx0000001gPFEAY!AQ8AQ", "‹secret›"),
      ("sid=00Dxx0000001gPF%21AQ8", "sid=‹secret›"),
      ("Authorization: Bearer abc/def+ghi==", "Authorization: Bearer ‹secret›"),
      ("authorization: basic dXNlcjpwYXNz", "authorization: basic ‹secret›"),
      ("sent Bearer x.", "sent Bearer ‹secret›."),
      ("assertion eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln-_x!", "assertion ‹secret›!"),
      ("AAAAAAAAAAAAAAAAAAAA.BBBBBBBBBBBBBBBBBBBB.CCCCCCCCCCCCCCCCCCCC", "‹secret›"),
      ("token dG9rOmFiY2RlZjAx was refused", "token ‹secret› was refused"),
      ("5Aep861TSESvWeug_xvFHRBTTbf_YrTWgEyjBJrfFz", "‹secret›"),
      (
        "?refresh_token=abc%2B&client_secret=9x.y",
        "?refresh_token=‹secret›&client_secret=‹secret›"
      ),
      (#"{"access_token":"abc/d=","id":"1"}"#, #"{"access_token":"‹secret›","id":"1"}"#),
      (#"{"token": "abc"} password=x"#, #"{"token": "‹secret›"} password=‹secret›"#),
      ("client_secret: abc", "client_secret: ‹secret›"),
      (#"{"access_token": "abc"}"#, #"{"access_token": "‹secret›"}"#),
      ("key -----BEGIN PRIVATE KEY-----\nMIIE", "key -----BEGIN ‹secret›"),
    ])
  func secrets(_ text: String, _ expected: String) {
    #expect(Redaction.clean(text, keepEmails: false) == expected)
    #expect(Redaction.clean(text, keepEmails: true) == expected)
  }

  @Test(
    "an e-mail address stays at debug only",
    arguments: [
      ("found ada@example.com twice", "found ‹e-mail› twice"),
      ("Ada <ada.l+x@example.co.uk>.", "Ada <‹e-mail›>."),
      ("/contacts?email=ada%40example.com&x=1", "/contacts?email=‹e-mail›&x=1"),
      ("mailto:ä@exämple.com", "mailto:‹e-mail›"),
      ("ada@localhost", "‹e-mail›"),
      ("(ada@example.com,bob@example.com)", "(‹e-mail›,‹e-mail›)"),
    ])
  func emails(_ text: String, _ expected: String) {
    #expect(Redaction.clean(text, keepEmails: false) == expected)
    #expect(Redaction.clean(text, keepEmails: true) == text)
  }

  @Test(
    "plain sentences stay as they are",
    arguments: [
      "", "Read 3 changed records.", "00Q5e00000abcdEAA", "00D5e000000abcdEAA",
      "api.intercom.io answered 429 at https://api.intercom.io/contacts/search",
      "The access_token expired and the bearer", "client_id=3MVG9abc", "@", "a @ b", "x = 1!",
      "SF-REQUIRED-FIELD: REQUIRED_FIELD_MISSING (Company)", "100% of 12:30",
      "the refresh token: invalid_grant", "Bearer realm=\"x\", error=\"invalid_token\"",
      "the bearer token: refused", "a.b.c", "version 6.3.1, TLS 1.3",
    ])
  func prose(_ text: String) {
    #expect(Redaction.clean(text, keepEmails: false) == text)
  }

  @Test("whatever surrounds a secret, it does not survive")
  func surrounded() {
    let secrets = [
      "00Dxx0000001gPF!AQ8AQBqab", "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2lnbmF0dXJl",
      "dG9rOmFiY2RlZjAxMjM0",
    ]
    let marks = [" ", "\"", "'", "=", ":", "/", "\n", "(", ",", "<", "\\", "|", "", "."]
    for secret in secrets {
      for before in marks where before != "." {
        for after in marks {
          let text = "x\(before.isEmpty ? " " : before)\(secret)\(after) y"
          #expect(!Redaction.clean(text, keepEmails: true).contains(secret), "\(text)")
        }
      }
    }
  }
}

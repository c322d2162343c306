import Testing

@testable import HTTP

@Suite struct HeaderValueTests {
  @Test("the org's API calls are read from Sforce-Limit-Info")
  func limitInfo() throws {
    let plain = try #require(LimitInfo(["sforce-limit-info": "api-usage=18/5000"]))
    #expect(plain.used == 18 && plain.limit == 5000)
    let two = try #require(LimitInfo("api-usage=25/5000; per-app-api-usage=17/250(appName=x;y)"))
    #expect(two.used == 25 && two.limit == 5000)
    let spaced = try #require(LimitInfo(" api-usage = 1 / 2 (x)"))
    #expect(spaced.used == 1 && spaced.limit == 2)
  }

  @Test(
    "a Sforce-Limit-Info that says nothing is passed over",
    arguments: [
      "", "api-usage", "api-usage=", "api-usage=18", "api-usage=18/", "api-usage=/5000",
      "api-usage=-1/5000", "api-usage=1e3/5000", "api-usage=9999999999999999999/1", "=;/", "/=",
      "; api-usage=1/2", "api-usage=1/2/3",
    ])
  func limitInfoRefused(text: String) { #expect(LimitInfo(text) == nil) }

  @Test("Intercom's rate limit is read from its three headers")
  func rateLimit() throws {
    let all = try #require(
      RateLimit([
        "X-RateLimit-Limit": "167", "x-ratelimit-remaining": " 12 ",
        "X-RATELIMIT-RESET": "1629999999",
      ]))
    #expect(all.limit == 167 && all.remaining == 12 && all.resetSeconds == 1_629_999_999)
    let some = try #require(RateLimit(["X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0"]))
    #expect(some.resetSeconds == nil)
    #expect(RateLimit([:]) == nil)
    #expect(RateLimit(["X-RateLimit-Limit": "167"]) == nil)
    #expect(RateLimit(["X-RateLimit-Limit": "many", "X-RateLimit-Remaining": "1"]) == nil)
    #expect(
      RateLimit(["X-RateLimit-Limit": "99999999999999999999", "X-RateLimit-Remaining": "1"]) == nil)
  }

  @Test(
    "HTTP dates are read and written",
    arguments: [
      ("Sun, 22 Nov 2026 10:00:00 GMT", 1_795_341_600_000), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
      ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799_000),
      ("Wed, 31 Dec 1969 23:59:59 GMT", -1_000),
      ("Fri, 31 Dec 9999 23:59:59 GMT", 253_402_300_799_000),
      ("Sat, 01 Jan 0000 00:00:00 GMT", -62_167_219_200_000),
    ] as [(String, Int64)])
  func dates(text: String, expected: Int64) {
    #expect(HTTPDate.parse(text) == expected)
    #expect(HTTPDate.format(expected) == text)
  }

  @Test(
    "what is no HTTP date is refused, the obsolete forms too",
    arguments: [
      "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
      "Mon, 22 Nov 2026 10:00:00 GMT", "Sun, 22 Nov 2026 10:00:00 UTC",
      "Sun, 22 nov 2026 10:00:00 GMT", "Sun, 32 Nov 2026 10:00:00 GMT",
      "Sun, 22 Nov 2026 24:00:00 GMT", "Sun, 22 Nov 2026 10:60:00 GMT",
      "Sun, 22 Nov 2026 10:00:61 GMT", "Sun, 22 Nov 2026 10:00:00 GMT ",
      "Mon, 29 Feb 2027 10:00:00 GMT", "Sun,22 Nov 2026 10:00:00 GMT",
    ])
  func datesRefused(text: String) { #expect(HTTPDate.parse(text) == nil) }

  @Test("a leap second is the second after it; times out of range are written as its ends")
  func dateEdges() {
    #expect(HTTPDate.parse("Sat, 31 Dec 2016 23:59:60 GMT") == 1_483_228_800_000)
    #expect(HTTPDate.format(.max) == "Fri, 31 Dec 9999 23:59:59 GMT")
    #expect(HTTPDate.format(.min) == "Sat, 01 Jan 0000 00:00:00 GMT")
    #expect(HTTPDate.format(999) == "Thu, 01 Jan 1970 00:00:00 GMT")
  }
}

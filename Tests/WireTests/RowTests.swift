import Testing

@testable import Wire

@Suite struct RowTests {
  @Test("a column that is set twice holds the second text, and the other columns theirs")
  func setReplaces() {
    var row = RowBuffer(columns: 3)
    row.set(0, "first")
    row.set(1, "one")
    row.set(1, "another")
    row.set(2, "last")
    #expect(row.string(0) == "first")
    #expect(row.string(1) == "another")
    #expect(row.string(2) == "last")
    row.set(1, "")
    #expect(row.isNull(1) && row.string(1) == nil && row.string(2) == "last")
    row.clear()
    #expect((0..<3).allSatisfy { row.isNull($0) } && row.bytes.isEmpty)
  }

  @Test("integers are decimal and exact")
  func integers() {
    var row = RowBuffer(columns: 1)
    for (text, value) in [
      ("0", 0), ("-1", -1), ("9223372036854775807", Int64.max), ("9223372036854775808", nil),
      ("-9223372036854775808", .min), ("", nil), ("-", nil), ("1x", nil), (" 1", nil),
      ("00000000000000000001", nil),
    ] as [(String, Int64?)] {
      row.set(0, text)
      #expect(row.integer(0) == value, "\(text)")
    }
  }

  @Test("a fingerprint depends on every column of the range, on the order, and on nothing else")
  func fingerprint() {
    func print(_ texts: [String], junk: String = "") -> Fingerprint {
      var row = RowBuffer(columns: texts.count)
      row.set(0, junk)
      for (column, text) in texts.enumerated() { row.set(column, text) }
      return row.fingerprint(of: 1..<texts.count)
    }
    let base = print(["id", "ab", "c", "", "0123456789abcdef"])
    #expect(print(["other", "ab", "c", "", "0123456789abcdef"], junk: "left over") == base)
    let others = [
      ["id", "a", "bc", "", "0123456789abcdef"], ["id", "ab", "", "c", "0123456789abcdef"],
      ["id", "c", "ab", "", "0123456789abcdef"], ["id", "ab", "c", "", "0123456789abcdeg"],
      ["id", "ab\0", "c", "", "0123456789abcdef"], ["id", "AB", "c", "", "0123456789abcdef"],
    ].map { print($0) }
    for (index, other) in others.enumerated() {
      #expect(other != base && !others[..<index].contains(other))
    }
  }

  /// Reckoned with OpenSSL's SIPHASH over each text's length and its bytes, filled to eight.
  ///
  /// Stored fingerprints outlive the program: a change here makes every row of every store news.
  @Test(
    "fingerprints are what they were in every earlier release",
    arguments: [
      ([], "d7f69e872371cf830a992587fb16051d"), ([""], "349e72f729de952abb39fa988d14e3d5"),
      (["a"], "82bdb87cfaaf58b074abbdb23f8993bf"),
      (["0123456"], "707415d84ffd3dc27f5905244efb1fa4"),
      (["01234567"], "92ebe07bd49cdb7ca6db94a9a37d54f1"),
      (["012345678"], "5706427432544f61c146266b7ad7619f"),
      (["a", "b", "", "żółć"], "a7bc259fce791f1e6c9b3d18aaa69dcf"),
    ] as [([String], String)])
  func pinned(texts: [String], expected: String) {
    var hasher = Fingerprint.Hasher()
    for text in texts { Array(text.utf8).withUnsafeBytes { hasher.combine($0) } }
    #expect(hex(hasher.finish()) == expected)
  }

  @Test(
    "the hash is SipHash-2-4-128 (the vectors of its reference code, key 00 to 0f)",
    arguments: [
      ([], "a3817f04ba25a8e66df67214c7550293"),
      ([0x0706_0504_0302_0100], "3b62a9ba6258f5610f83e264f31497b4"),
      ([0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908], "6ee2a4ca67b054bbfd3315bf85230577"),
    ] as [([UInt64], String)])
  func vectors(words: [UInt64], expected: String) {
    var hasher = Fingerprint.Hasher(key: (0x0706_0504_0302_0100, 0x0F0E_0D0C_0B0A_0908))
    for word in words { hasher.mix(word) }
    let print = hasher.finish()
    #expect(hex(Fingerprint(high: print.high.byteSwapped, low: print.low.byteSwapped)) == expected)
  }

  @Test("the high half of a fingerprint comes first among its bytes")
  func halves() {
    let print = Fingerprint(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)
    #expect(print.bytes == Array(1...16))
  }

  @Test(
    "M1: an e-mail key is trimmed and lower-cased, beyond ASCII too",
    arguments: [
      (" Ada@Example.COM\n", "ada@example.com"), ("ada@example.com", "ada@example.com"),
      ("ÅSA@EXAMPLE.com", "åsa@example.com"), ("   ", nil), ("", nil), ("[@]", "[@]"),
    ] as [(String, String?)])
  func emailKey(text: String, expected: String?) { #expect(EmailKey.of(text) == expected) }

  private func hex(_ print: Fingerprint) -> String {
    print.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

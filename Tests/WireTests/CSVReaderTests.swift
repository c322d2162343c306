import Testing

@testable import Wire

@Suite struct CSVReaderTests {
  /// Reads `text` in pieces of `piece` bytes.
  private func read(
    _ text: [UInt8], columns: [String], piece: Int = .max
  ) throws -> [[String?]] {
    var reader = CSVReader(columns: columns)
    var rows: [[String?]] = []
    func take(_ row: CSVRow) {
      rows.append((0..<row.count).map { row.string($0) })
    }
    var start = 0
    while start < text.count {
      let end = start + min(piece, text.count - start)
      try text[start..<end].withUnsafeBytes { try reader.take($0, row: take) }
      start = end
    }
    try reader.finish(row: take)
    #expect(reader.rows == rows.count)
    return rows
  }

  private func read(_ text: String, columns: [String]) throws -> [[String?]] {
    try read(Array(text.utf8), columns: columns)
  }

  private func problem(_ text: String, columns: [String] = ["a", "b"]) -> CSVError? {
    #expect(throws: CSVError.self) { try read(text, columns: columns) }
  }

  private static let awkward = """
    "Id","Name","Title"\r
    "1","Żółć ""Q"" 😀","a\r\nb"\r
    2,,""\r
    "3","NA",null\r
    "4",\"\"\"\"\"\",","\r\n
    """

  @Test("I1: quotes, line breaks, commas, empty cells, NA and null are read, however cut")
  func awkward() throws {
    let expected: [[String?]] = [
      ["1", "Żółć \"Q\" 😀", "a\r\nb"], ["2", nil, nil], ["3", "NA", "null"], ["4", "\"\"", ","],
    ]
    let text = Array(Self.awkward.utf8)
    for piece in 1...text.count {
      let rows = try read(text, columns: ["Id", "Name", "Title"], piece: piece)
      #expect(rows == expected, "in pieces of \(piece)")
    }
  }

  @Test("I1: rows are handed out in the wanted order, whatever the text's")
  func order() throws {
    let rows = try read("b,a,c\n1,2,3\n", columns: ["C", "a", "B"])
    #expect(rows == [["3", "2", "1"]])
  }

  @Test("I1: a last row without a line break counts, a byte order mark does not")
  func ends() throws {
    #expect(try read("\u{FEFF}a,b\n1,2", columns: ["a", "b"]) == [["1", "2"]])
    #expect(try read("a,b\n1,2\r", columns: ["a", "b"]) == [["1", "2"]])
    #expect(try read("a,b\n1,", columns: ["a", "b"]) == [["1", nil]])
    #expect(try read("a,b", columns: ["a", "b"]) == [])
    #expect(try read("\"a\",\"b\"\n\"1\",\"2\"", columns: ["a", "b"]) == [["1", "2"]])
  }

  @Test("an empty line is a null of the only column, and nothing among several")
  func emptyLines() throws {
    #expect(try read("a\n1\n\n\"\"\n", columns: ["a"]) == [["1"], [nil], [nil]])
    #expect(try read("a,b\n1,2\n\n\r\n3,4\n", columns: ["a", "b"]) == [["1", "2"], ["3", "4"]])
  }

  @Test("a row of the wrong width is refused with its number")
  func wrongWidth() {
    #expect(
      problem("a,b\n1,2\n3\n")
        == CSVError(problem: .wrongCellCount(found: 1, expected: 2), row: 2))
    #expect(
      problem("a,b\n1,2,3\n")
        == CSVError(problem: .wrongCellCount(found: 3, expected: 2), row: 1))
  }

  @Test("what is no CSV is refused")
  func refused() {
    #expect(problem("")?.problem == .noHeader)
    #expect(problem("a,c\n")?.problem == .missingColumn("b"))
    #expect(problem("a,b\n\"1,2\n")?.problem == .unterminatedQuote)
    #expect(problem("a,b\n1\"2,3\n")?.problem == .strayQuote)
    #expect(problem("a,b\n\"1\"2,3\n")?.problem == .strayQuote)
    #expect(problem("a,b\n1\r,2\n")?.problem == .strayCarriageReturn)
    #expect(problem(String(repeating: ",", count: 1001))?.problem == .tooManyColumns)
  }

  @Test("I4: a cell may be a mebibyte long and no longer, in one piece or many")
  func longCell() throws {
    for quote in ["", "\""] {
      let fits = String(repeating: "x", count: CSVReader.cellBytesMax)
      #expect(try read("a\n\(quote)\(fits)\(quote)\n", columns: ["a"]) == [[fits]])
      let text = Array("a\n\(quote)\(fits)yz\(quote)\n".utf8)
      for piece in [Int.max, 4096] {
        let error = #expect(throws: CSVError.self) {
          try read(text, columns: ["a"], piece: piece)
        }
        #expect(error == CSVError(problem: .cellTooLong, row: 1))
      }
    }
  }

  @Test("a column that was not wanted is null, not memory of somebody else's")
  func unwanted() throws {
    var reader = CSVReader(columns: ["a"])
    try Array("a,b\n1,2\n".utf8).withUnsafeBytes { bytes in
      try reader.take(bytes) { row in #expect(row[1] == nil && row[-1] == nil && row.count == 1) }
    }
    #expect(reader.rows == 1)
  }

  @Test("what the row's taker throws comes through")
  func throwing() {
    struct Stop: Error {}
    var reader = CSVReader(columns: ["a"])
    #expect(throws: Stop.self) {
      try Array("a\n1\n".utf8).withUnsafeBytes { try reader.take($0) { _ in throw Stop() } }
    }
  }
}

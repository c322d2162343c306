import Testing

@Suite("House rules that a compiler does not check")
struct HouseRuleTests {
  /// The lines of `files` that `isWrong` finds, as `path:line`.
  private func found(
    _ files: [SourceTree.File], _ isWrong: (String) -> Bool
  ) -> [String] {
    files.flatMap { file in
      file.code.enumerated().filter { isWrong($0.element) }.map {
        "\(file.path):\($0.offset + 1)"
      }
    }
  }

  private func words(_ line: String) -> [Substring] {
    line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
  }

  @Test("Sources do not import Foundation, which loads ICU, nor FoundationNetworking")
  func foundation() throws {
    let refused: Set<Substring> = [
      "Foundation", "FoundationNetworking", "FoundationInternationalization",
    ]
    let wrong = found(try SourceTree.sources.get()) {
      words($0).contains("import") && words($0).contains(where: refused.contains)
    }
    #expect(wrong == [])
    let tests = found(try SourceTree.tests.get()) {
      words($0).contains("import") && words($0).contains("FoundationNetworking")
    }
    #expect(tests == [])
  }

  @Test("Between targets there is package, never public")
  func access() throws {
    let wrong = found(try SourceTree.sources.get()) { line in
      let words = words(line)
      return words.contains("public") || (words.contains("open") && words.contains("class"))
    }
    #expect(wrong == [])
  }

  @Test("Bad input gets an error, never a trap")
  func traps() throws {
    for trap in ["try!", "as!", "fatalError(", "preconditionFailure(", "@unchecked Sendable"] {
      #expect(found(try SourceTree.sources.get()) { $0.contains(trap) } == [], "\(trap)")
    }
  }

  @Test("A file is at most 400 lines")
  func length() throws {
    for file in try SourceTree.sources.get() + SourceTree.tests.get() {
      #expect(file.lines.count - 1 <= 400, "\(file.path)")
    }
  }

  /// Put together here, so that this file does not find itself.
  static let unwanted = ["TO" + "DO", "FIX" + "ME", "/ho" + "me/", "/ro" + "ot/", "/wo" + "rk/"]

  @Test("Nothing is left to do, and no path of a machine stands anywhere", arguments: unwanted)
  func nothingLeft(text: String) throws {
    for file in try SourceTree.sources.get() + SourceTree.tests.get() {
      #expect(!file.text.contains(text), "\(file.path)")
    }
  }

  @Test("Recorded data is looked for beside the repository only where SFSYNC_SHARED is too")
  func recordedData() throws {
    let place = "../sha" + "red"
    for file in try SourceTree.sources.get() {
      #expect(!file.text.contains(place), "\(file.path)")
    }
    for file in try SourceTree.tests.get() where file.text.contains(place) {
      #expect(file.text.contains("SFSYNC_" + "SHARED"), "\(file.path)")
    }
  }
}

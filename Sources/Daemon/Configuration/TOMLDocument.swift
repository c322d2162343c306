import TOMLKit

/// One value of a TOML document, whatever library parsed it.
package indirect enum TOMLSetting: Sendable, Equatable {
  case text(String)
  case integer(Int)
  case number(Double)
  case flag(Bool)
  /// A date or time, which no key of ours takes.
  case moment(String)
  case list([TOMLSetting])
  case table([String: TOMLSetting])

  /// What it is, as an error message names it: `the number 5`, `"abc"`.
  package var found: String {
    switch self {
    case .text(let text): quoted(text)
    case .integer(let value): "the number \(value)"
    case .number(let value): "the number \(value)"
    case .flag(let value): "\(value)"
    case .moment(let text): "the date or time \(text)"
    case .list: "an array"
    case .table: "a table"
    }
  }

  private func quoted(_ text: String) -> String {
    // A URL may carry a password before its `@`; an error message must not.
    if text.contains("@") { return "a text with an @ in it" }
    let short = text.count > 60 ? text.prefix(60) + "…" : text[...]
    return TOMLText.quoted(String(short))
  }
}

/// A parsed document that knows on which line each key stands.
package struct TOMLDocument: Sendable {
  package let file: String
  package let root: [String: TOMLSetting]
  private let lines: [[String]: Int]

  /// Parses a whole document.
  ///
  /// - Throws: ``ConfigurationError`` with line and column when it is not TOML.
  package init(file: String, text: String) throws(ConfigurationError) {
    self.file = file
    // The parser takes a C string, so a NUL would end the document without a word.
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    where line.utf8.contains(0) || line.contains("\\u0000") || line.contains("\\U00000000") {
      throw ConfigurationError(file: file, line: index + 1, "is not TOML: a NUL character")
    }
    var locator = TOMLKeyLocator(text)
    lines = locator.locate()
    if let fault = locator.fault {
      throw ConfigurationError(file: file, line: fault.line, "is not TOML: \(fault.text)")
    }
    do {
      root = try Self.entries(TOMLTable(string: text))
    } catch let error as TOMLParseError {
      let place = error.source.begin
      throw ConfigurationError(
        file: file, line: place.line, column: place.column, "is not TOML: \(error.description)")
    } catch {
      throw ConfigurationError(file: file, line: nil, "is not TOML: \(error)")
    }
  }

  /// The line of a key, or of the nearest table around it.
  package func line(of path: [String]) -> Int? {
    var path = path
    while !path.isEmpty {
      if let line = lines[path] { return line }
      path.removeLast()
    }
    return nil
  }

  private static func entries(_ table: TOMLTable) -> [String: TOMLSetting] {
    var entries: [String: TOMLSetting] = [:]
    for (key, value) in table { entries[key] = setting(value) }
    return entries
  }

  private static func setting(_ value: any TOMLValueConvertible) -> TOMLSetting {
    switch value.type {
    case .string: .text(value.string ?? "")
    case .int: .integer(value.int ?? 0)
    case .double: .number(value.double ?? 0)
    case .bool: .flag(value.bool ?? false)
    case .date, .time, .dateTime: .moment(value.debugDescription)
    case .array: .list((value.array.map(Array.init) ?? []).map(setting))
    case .table: .table(value.table.map(entries) ?? [:])
    }
  }
}

/// Writing TOML.
package enum TOMLText {
  /// A basic string with what must be escaped escaped.
  package static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case "\r": result += "\\r"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A key, bare where it may be.
  package static func key(_ key: String) -> String {
    let bare = key.utf8.allSatisfy { $0.isASCIIWord || $0 == UInt8(ascii: "-") }
    return bare && !key.isEmpty ? key : quoted(key)
  }
}

extension UInt8 {
  /// A letter, a digit or an underscore.
  package var isASCIIWord: Bool { isASCIILetter || isASCIIDigit || self == UInt8(ascii: "_") }

  package var isASCIIDigit: Bool { self &- UInt8(ascii: "0") < 10 }

  package var isASCIILetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }
}

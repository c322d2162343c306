/// One table being read: each function takes a key if it is there and refuses a bad value.
struct ConfigurationSection {
  let document: TOMLDocument
  /// As messages name it: `leads.rule[1]`.
  let name: String
  let path: [String]
  let entries: [String: TOMLSetting]

  /// A table of the file; empty when it is not there.
  init(_ document: TOMLDocument, _ name: String) throws(ConfigurationError) {
    var entries: [String: TOMLSetting] = [:]
    switch document.root[name] {
    case nil: break
    case .table(let found)?: entries = found
    case let other?:
      throw ConfigurationError(
        file: document.file, line: document.line(of: [name]),
        "\(name) is \(other.found); allowed is one table, [\(name)]")
    }
    self.init(document, name: name, path: [name], entries)
  }

  init(
    _ document: TOMLDocument, name: String, path: [String], _ entries: [String: TOMLSetting]
  ) {
    self.document = document
    self.name = name
    self.path = path
    self.entries = entries
  }

  /// The error of a value that is not allowed.
  func refusal(_ key: String, _ found: String, allowed: String) -> ConfigurationError {
    ConfigurationError(
      file: document.file, line: document.line(of: path + [key]),
      "\(name).\(TOMLText.key(key)) is \(found); allowed is \(allowed)")
  }

  /// A setting that is not of the wanted kind.
  func refusal(_ key: String, allowed: String) -> ConfigurationError {
    refusal(key, entries[key]?.found ?? "missing", allowed: allowed)
  }

  // MARK: - Kinds

  func text(
    _ key: String, allowed: String, where isAllowed: (String) -> Bool = { _ in true }
  ) throws(ConfigurationError) -> String? {
    guard let entry = entries[key] else { return nil }
    guard case .text(let text) = entry, isAllowed(text) else {
      throw refusal(key, allowed: allowed)
    }
    return text
  }

  func text(
    _ key: String, into target: inout String, allowed: String, where isAllowed: (String) -> Bool
  ) throws(ConfigurationError) {
    if let text = try text(key, allowed: allowed, where: isAllowed) { target = text }
  }

  /// A text whose empty value switches something off.
  func optional(
    _ key: String, into target: inout String?, allowed: String,
    where isAllowed: (String) -> Bool = { _ in true }
  ) throws(ConfigurationError) {
    let found = try text(key, allowed: allowed + ", or \"\"") { $0.isEmpty || isAllowed($0) }
    if let found { target = found.isEmpty ? nil : found }
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, into target: inout Choice
  ) throws(ConfigurationError) {
    guard let entry = entries[key] else { return }
    guard case .text(let text) = entry, let choice = Choice(rawValue: text) else {
      throw refusal(key, allowed: Self.list(Choice.self) + nearest(entry, Choice.self))
    }
    target = choice
  }

  func flag(_ key: String, into target: inout Bool) throws(ConfigurationError) {
    guard let entry = entries[key] else { return }
    guard case .flag(let flag) = entry else { throw refusal(key, allowed: "true or false") }
    target = flag
  }

  /// More than 0, at most 1.
  func share(_ key: String, into target: inout Double) throws(ConfigurationError) {
    let number: Double
    switch entries[key] {
    case nil: return
    case .number(let value)?: number = value
    case .integer(let value)?: number = Double(value)
    default: number = .nan
    }
    guard number > 0, number <= 1 else {
      throw refusal(key, allowed: "a number above 0 and up to 1, such as 0.2")
    }
    target = number
  }

  func count(_ key: String, into target: inout Int) throws(ConfigurationError) {
    guard let entry = entries[key] else { return }
    guard case .integer(let number) = entry, number >= 0 else {
      throw refusal(key, allowed: "a whole number from 0 up")
    }
    target = number
  }

  /// Milliseconds between a least one and a year.
  func duration(
    _ key: String, into target: inout Int64, least: Int64 = 1000
  ) throws(ConfigurationError) {
    var found: Int64? = target
    try duration(key, into: &found, least: least, off: false)
    if let found { target = found }
  }

  /// As above, or `"off"`, which is nil.
  func duration(
    _ key: String, into target: inout Int64?, least: Int64 = 1000, off: Bool = true
  ) throws(ConfigurationError) {
    guard let entry = entries[key] else { return }
    if off, entry == .text("off") {
      target = nil
      return
    }
    let year: Int64 = 365 * 86_400_000
    guard case .text(let text) = entry, let span = TimeSpan.milliseconds(text),
      (least...year).contains(span)
    else {
      throw refusal(
        key,
        allowed: "a duration such as \"10s\", \"5m\" or \"24h\", at least "
          + "\"\(TimeSpan.text(least))\"" + (off ? ", or \"off\"" : ""))
    }
    target = span
  }

  /// A server without path and credentials; plain http on the loopback only.
  func server(_ key: String) throws(ConfigurationError) -> ServerURL? {
    guard let entry = entries[key] else { return nil }
    guard case .text(let text) = entry, let url = ServerURL(text, schemes: ["https", "http"]),
      url.scheme == "https" || url.isLoopback
    else {
      throw refusal(
        key,
        allowed: "https://HOST, or http:// for a loopback host; no path, no name or password")
    }
    return url
  }

  // MARK: - Words

  static func list<Choice: RawRepresentable<String> & CaseIterable>(
    _ type: Choice.Type
  ) -> String {
    type.allCases.map { TOMLText.quoted($0.rawValue) }.joined(separator: ", ")
  }

  private func nearest<Choice: RawRepresentable<String> & CaseIterable>(
    _ entry: TOMLSetting, _ type: Choice.Type
  ) -> String {
    guard case .text(let text) = entry,
      let near = NearestName.of(text, among: type.allCases.map(\.rawValue))
    else { return "" }
    return "; did you mean \(TOMLText.quoted(near))?"
  }
}

/// Reads one SOQL statement (SOQL and SOSL Reference v66).
struct SOQLParser {
  private let text: String
  private let tokens: [SOQLLexer.Token]
  private var position = 0

  static func parse(_ text: String) throws(OrgError) -> SOQLQuery {
    var parser = SOQLParser(text: text, tokens: try SOQLLexer.tokens(text))
    return try parser.query()
  }

  private var current: SOQLLexer.Token {
    position < tokens.count ? tokens[position] : .init(kind: .end, offset: text.utf8.count)
  }

  private mutating func query() throws(OrgError) -> SOQLQuery {
    guard take("SELECT") else { throw unexpected() }
    var items = [try item()]
    while takeSymbol(",") { items.append(try item()) }
    guard take("FROM") else { throw unexpected() }
    var query = SOQLQuery(items: items, object: try name(), order: [])
    if take("WHERE") { query.condition = try conditions() }
    guard !peek("GROUP"), !peek("HAVING"), !peek("WITH"), !peek("USING") else {
      throw failure("\(word ?? "") is not supported by this simulator")
    }
    if take("ORDER") { query.order = try order() }
    if take("LIMIT") { query.limit = try count() }
    if take("OFFSET") {
      let offset = try count()
      guard offset <= 2000 else {
        throw OrgError(
          "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset allowed is 2000")
      }
      query.offset = offset
    }
    guard current.kind == .end else { throw unexpected() }
    return query
  }

  // MARK: SELECT

  private mutating func item() throws(OrgError) -> SOQLItem {
    if current.kind == .symbol("(") { throw failure("subqueries are not supported here") }
    let name = try name()
    guard takeSymbol("(") else { return .field(name) }
    let function = name.text.uppercased()
    if takeSymbol(")") {
      guard function == "COUNT" else { throw unexpected() }
      return .count
    }
    guard ["COUNT", "COUNT_DISTINCT", "MIN", "MAX"].contains(function) else {
      throw failure("function \(name.text) is not supported by this simulator")
    }
    let field = try self.name()
    guard takeSymbol(")") else { throw unexpected() }
    var alias: String?
    if case .word(let text) = current.kind, text.uppercased() != "FROM" {
      alias = text
      position += 1
    }
    return .aggregate(function, field, alias: alias)
  }

  private mutating func order() throws(OrgError) -> [SOQLOrder] {
    guard take("BY") else { throw unexpected() }
    var orders: [SOQLOrder] = []
    repeat {
      var order = SOQLOrder(field: try name(), isDescending: false, nullsLast: false)
      if take("DESC") { order.isDescending = true } else { _ = take("ASC") }
      if take("NULLS") {
        if take("LAST") { order.nullsLast = true } else if !take("FIRST") { throw unexpected() }
      }
      orders.append(order)
    } while takeSymbol(",")
    return orders
  }

  // MARK: WHERE

  /// AND and OR on one level need parentheses, as the vendor wants.
  private mutating func conditions() throws(OrgError) -> SOQLCondition {
    let first = try condition()
    if peek("AND") {
      var all = [first]
      while take("AND") { all.append(try condition()) }
      guard !peek("OR") else { throw unexpected() }
      return .and(all)
    }
    if peek("OR") {
      var any = [first]
      while take("OR") { any.append(try condition()) }
      guard !peek("AND") else { throw unexpected() }
      return .or(any)
    }
    return first
  }

  private mutating func condition() throws(OrgError) -> SOQLCondition {
    if take("NOT") { return .not(try condition()) }
    if takeSymbol("(") {
      let inner = try conditions()
      guard takeSymbol(")") else { throw unexpected() }
      return inner
    }
    let field = try name()
    if take("LIKE") { return .comparison(field, .like, [try literal()]) }
    if take("IN") { return .comparison(field, .isIn, try list()) }
    if take("INCLUDES") { return .comparison(field, .includes, try list()) }
    if take("EXCLUDES") { return .comparison(field, .excludes, try list()) }
    if take("NOT") {
      guard take("IN") else { throw unexpected() }
      return .comparison(field, .isNotIn, try list())
    }
    guard case .symbol(let symbol) = current.kind, let test = SOQLOperator(rawValue: symbol) else {
      throw unexpected()
    }
    position += 1
    return .comparison(field, test, [try literal()])
  }

  private mutating func list() throws(OrgError) -> [SOQLLiteral] {
    guard takeSymbol("(") else { throw unexpected() }
    if peek("SELECT") { throw failure("semi-joins are not supported by this simulator") }
    var values = [try literal()]
    while takeSymbol(",") { values.append(try literal()) }
    guard takeSymbol(")") else { throw unexpected() }
    return values
  }

  private mutating func literal() throws(OrgError) -> SOQLLiteral {
    switch current.kind {
    case .string(let text):
      position += 1
      return .string(text)
    case .word(let text):
      guard let value = Self.value(text) else { throw unexpected() }
      position += 1
      return value
    case .symbol, .end: throw unexpected()
    }
  }

  private static func value(_ text: String) -> SOQLLiteral? {
    switch text.lowercased() {
    case "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    if let day = OrgTime.parseDay(text) { return .day(day) }
    if let moment = OrgTime.parse(text) { return .moment(moment) }
    guard let first = text.utf8.first, first < 0x3A, let number = Double(text) else { return nil }
    return .number(number)
  }

  // MARK: Tokens

  private var word: String? {
    guard case .word(let text) = current.kind else { return nil }
    return text
  }

  private func peek(_ keyword: String) -> Bool { word?.uppercased() == keyword }

  private mutating func take(_ keyword: String) -> Bool {
    guard peek(keyword) else { return false }
    position += 1
    return true
  }

  private mutating func takeSymbol(_ symbol: String) -> Bool {
    guard current.kind == .symbol(symbol) else { return false }
    position += 1
    return true
  }

  private static let reserved: Set<String> = [
    "AND", "ASC", "DESC", "FROM", "IN", "LIKE", "LIMIT", "NOT", "NULL", "NULLS", "OR",
    "SELECT", "WHERE", "WITH", "TYPEOF",
  ]

  private mutating func name() throws(OrgError) -> SOQLName {
    guard let word, let first = word.utf8.first, !Self.reserved.contains(word.uppercased()),
      (first | 0x20) >= 0x61 && (first | 0x20) <= 0x7A,
      !word.utf8.contains(where: { [0x3A, 0x2D, 0x2B, 0x25].contains($0) })
    else { throw unexpected() }
    let name = SOQLName(text: word, offset: current.offset)
    position += 1
    return name
  }

  private mutating func count() throws(OrgError) -> Int {
    guard let word, let value = Int(word), value >= 0 else { throw unexpected() }
    position += 1
    return value
  }

  private func unexpected() -> OrgError {
    let token: String
    switch current.kind {
    case .word(let text): token = "unexpected token: '\(text)'"
    case .string(let text): token = "unexpected token: '\(text)'"
    case .symbol(let text): token = "unexpected token: '\(text)'"
    case .end: token = "unexpected token: '<EOF>'"
    }
    return failure(token)
  }

  private func failure(_ message: String) -> OrgError {
    SOQLFailure.error("MALFORMED_QUERY", message, in: text, at: current.offset)
  }
}

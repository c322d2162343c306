/// A name with its place in the text, for errors.
struct SOQLName: Equatable {
  var text: String
  var offset: Int
}

enum SOQLLiteral: Equatable {
  case null
  case bool(Bool)
  case string(String)
  case number(Double)
  /// Midnight of the day.
  case day(Int64)
  case moment(Int64)
}

enum SOQLOperator: String {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case like = "LIKE"
  case includes = "INCLUDES"
  case excludes = "EXCLUDES"
  case isIn = "IN"
  case isNotIn = "NOT IN"
}

indirect enum SOQLCondition {
  case and([SOQLCondition])
  case or([SOQLCondition])
  case not(SOQLCondition)
  case comparison(SOQLName, SOQLOperator, [SOQLLiteral])
}

/// One item of the SELECT list.
enum SOQLItem {
  case field(SOQLName)
  /// `count()`, which answers a number and no rows.
  case count
  /// `COUNT(Id)`, `MIN(…)`, `MAX(…)`, `COUNT_DISTINCT(…)` with its alias.
  case aggregate(String, SOQLName, alias: String?)
}

struct SOQLOrder {
  var field: SOQLName
  var isDescending: Bool
  var nullsLast: Bool
}

/// One SOQL statement as it is written.
struct SOQLQuery {
  var items: [SOQLItem]
  var object: SOQLName
  var condition: SOQLCondition?
  var order: [SOQLOrder]
  var limit: Int?
  var offset: Int?
}

/// An error that points into the statement, in the vendor's layout.
enum SOQLFailure {
  static func error(
    _ code: String, _ message: String, in text: String, at offset: Int
  ) -> OrgError {
    let before = text.utf8.prefix(offset)
    let row = before.count { $0 == 0x0A } + 1
    let line = before.split(separator: 0x0A, omittingEmptySubsequences: false).last
    let column = (line?.count ?? 0) + 1
    let caret = String(repeating: " ", count: column - 1) + "^"
    let excerpt = text.split(separator: "\n", omittingEmptySubsequences: false)
    let shown = row <= excerpt.count ? String(excerpt[row - 1]) : text
    return OrgError(
      code, "\n\(shown)\n\(caret)\nERROR at Row:\(row):Column:\(column)\n\(message)")
  }
}

/// Rows under a header, in columns as wide as their widest cell.
struct Table {
  var header: [String]
  var rows: [[String]] = []

  private static let gap = 2
  private static let narrowest = 8

  /// The whole table, a line each; with `width` the widest columns are cut until it fits.
  func render(width: Int?) -> String {
    let cells = ([header] + rows).map { $0.map(Terminal.printable) }
    var widths = header.indices.map { column in
      cells.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    if let width { Self.shrink(&widths, to: width) }
    return cells.map { Self.line($0, widths) }.joined(separator: "\n")
  }

  private static func shrink(_ widths: inout [Int], to width: Int) {
    func excess() -> Int { widths.reduce(0, +) + gap * (widths.count - 1) - width }
    while excess() > 0, let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
      widths[widest] > narrowest
    {
      widths[widest] -= 1
    }
  }

  private static func line(_ cells: [String], _ widths: [Int]) -> String {
    var line = ""
    for (cell, width) in zip(cells, widths) {
      let text = cell.count > width ? String(cell.prefix(max(0, width - 1))) + "…" : cell
      line += text + String(repeating: " ", count: width - text.count + gap)
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}

/// Finds what somebody probably meant.
package enum NearestName {
  /// The known name with the smallest edit distance, if it is near enough to be worth saying.
  package static func of(_ name: String, among known: [String]) -> String? {
    let limit = max(2, name.utf8.count / 3)
    return
      known
      .map { (name: $0, distance: distance(name, $0)) }
      .filter { $0.distance <= limit }
      .min { $0.distance < $1.distance }?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours, case apart (Damerau 1964).
  package static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.lowercased().utf8.prefix(64))
    let right = Array(right.lowercased().utf8.prefix(64))
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var before: [Int] = []
    var above = Array(0...right.count)
    for row in 1...left.count {
      var current = [row]
      for column in 1...right.count {
        let replaced = above[column - 1] + (left[row - 1] == right[column - 1] ? 0 : 1)
        var best = min(above[column] + 1, current[column - 1] + 1, replaced)
        if row > 1, column > 1 {
          let isSwap = left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1]
          if isSwap { best = min(best, before[column - 2] + 1) }
        }
        current.append(best)
      }
      before = above
      above = current
    }
    return above[right.count]
  }
}

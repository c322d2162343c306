/// Writes OpenMetrics 1.0 text that is good Prometheus text too.
///
/// The two formats disagree in one thing: the family of a counter `x_total` is `x` in OpenMetrics
/// and `x_total` in the older format. So counters carry a HELP and no TYPE line, which both take;
/// every other family has both.
package struct MetricsWriter {
  /// One line of a family: its labels, in order, and its value.
  package struct Sample {
    package var labels: [(name: String, value: String)]
    package var value: String

    package init(_ labels: [(name: String, value: String)], _ value: Int64) {
      self.labels = labels
      self.value = String(value)
    }

    package init(_ labels: [(name: String, value: String)], decimal value: Double) {
      self.labels = labels
      self.value = MetricsWriter.text(value)
    }
  }

  /// How long something took, in classes that are counted apart.
  package struct Histogram: Sendable, Equatable {
    /// The upper ends of the classes, in milliseconds; beyond them there is one more.
    package let bounds: [Int64]
    /// How many fell into each class, not added up.
    package private(set) var counts: [Int64]
    /// In milliseconds.
    package private(set) var sum: Int64 = 0

    package init(bounds: [Int64]) {
      self.bounds = bounds
      counts = [Int64](repeating: 0, count: bounds.count + 1)
    }

    package mutating func note(_ milliseconds: Int64) {
      counts[bounds.firstIndex { milliseconds <= $0 } ?? bounds.count] += 1
      sum += max(0, milliseconds)
    }
  }

  static let end = "# EOF"

  private var lines: [String] = []

  package init() {}

  package mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
    family(name, help, type: "gauge")
    for sample in samples { line(name, sample) }
  }

  /// Without a value the family is left out: it is not known yet.
  package mutating func gauge(_ name: String, _ help: String, _ value: Int64?) {
    if let value { gauge(name, help, [Sample([], value)]) }
  }

  /// Without a value the family is left out: it is not known yet.
  package mutating func gauge(_ name: String, _ help: String, decimal value: Double?) {
    if let value { gauge(name, help, [Sample([], decimal: value)]) }
  }

  /// One sample for each possible value, 1 for the present one.
  package mutating func states(
    _ name: String, _ help: String, label: String, of all: [String], current: String
  ) {
    gauge(name, help, all.map { Sample([(label, $0)], $0 == current ? 1 : 0) })
  }

  /// `name` ends with `_total`.
  package mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
    family(name, help, type: nil)
    for sample in samples { line(name, sample) }
  }

  /// `name` ends with `_seconds`.
  package mutating func histogram(
    _ name: String, _ help: String,
    _ series: [(labels: [(name: String, value: String)], histogram: Histogram)]
  ) {
    family(name, help, type: "histogram")
    for (labels, histogram) in series {
      var total: Int64 = 0
      for (index, count) in histogram.counts.enumerated() {
        total += count
        let bound = histogram.bounds.indices.contains(index) ? histogram.bounds[index] : nil
        let end = bound.map { Self.text(Self.seconds($0)) } ?? "+Inf"
        line("\(name)_bucket", Sample(labels + [("le", end)], total))
      }
      line("\(name)_count", Sample(labels, total))
      line("\(name)_sum", Sample(labels, decimal: Self.seconds(histogram.sum)))
    }
  }

  package func finished() -> String { (lines + [Self.end, ""]).joined(separator: "\n") }

  // MARK: Parts

  private mutating func family(_ name: String, _ help: String, type: String?) {
    lines.append("# HELP \(name) \(Self.escaped(help, quotes: false))")
    if let type { lines.append("# TYPE \(name) \(type)") }
  }

  private mutating func line(_ name: String, _ sample: Sample) {
    let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
    let group = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
    lines.append("\(name)\(group) \(sample.value)")
  }

  package static func seconds(_ milliseconds: Int64) -> Double { Double(milliseconds) / 1000 }

  static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    guard value.isInfinite else { return "\(value)" }
    return value < 0 ? "-Inf" : "+Inf"
  }

  static func escaped(_ text: String, quotes: Bool = true) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": escaped += "\\\\"
      case "\n": escaped += "\\n"
      case "\"" where quotes: escaped += "\\\""
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

import SyncCore

/// What one check found, and what to do where it is not good.
struct CheckResult: Sendable, Equatable {
  enum Mark: String, Sendable, Encodable {
    case good = "ok"
    /// Works, but deserves a thought; does not fail the whole.
    case warning
    case failed
    /// Pointless because an earlier check failed, or not to be tried just now.
    case skipped
  }

  /// What was checked: `salesforce token`.
  var name: String
  var mark: Mark
  /// One line, without secrets.
  var found: String
  /// What to do; nil where all is good.
  var remedy: String?
  /// The entry of docs/ERRORS.md, where there is one.
  var code: String?
  /// How the program ends because of it; nil for 1.
  var exitCode: ExitCode?

  init(
    _ name: String, _ mark: Mark, _ found: String, remedy: String? = nil, code: String? = nil,
    exitCode: ExitCode? = nil
  ) {
    self.name = name
    self.mark = mark
    self.found = found
    self.remedy = remedy
    self.code = code
    self.exitCode = exitCode
  }

  static func good(_ name: String, _ found: String) -> Self { Self(name, .good, found) }

  static func warning(_ name: String, _ found: String, remedy: String) -> Self {
    Self(name, .warning, found, remedy: remedy)
  }

  static func failed(
    _ name: String, _ found: String, remedy: String, exitCode: ExitCode? = nil
  ) -> Self {
    Self(name, .failed, found, remedy: remedy, exitCode: exitCode)
  }

  static func skipped(_ name: String, because reason: String) -> Self {
    Self(name, .skipped, reason)
  }

  /// A call that did not do what was asked, in the words of the register.
  static func failed(
    _ name: String, _ failure: Failure, exitCode: ExitCode? = nil
  ) -> Self {
    failed(
      name, failure.meaning, answer: "could not \(failure.attempt): \(failure.answer)",
      exitCode: exitCode)
  }

  static func failed(
    _ name: String, _ meaning: Meaning, answer: String, exitCode: ExitCode? = nil
  ) -> Self {
    Self(
      name, .failed, "\(meaning.cause) (\(answer))", remedy: meaning.remedy, code: meaning.code,
      exitCode: exitCode)
  }
}

/// The results in the order in which they came.
final class CheckList {
  private(set) var results: [CheckResult] = []
  private let show: (CheckResult) -> Void

  /// `show` gets every result as soon as it is there: the far sides may be slow.
  init(show: @escaping (CheckResult) -> Void = { _ in }) { self.show = show }

  func add(_ result: CheckResult) {
    results.append(result)
    show(result)
  }

  func add(_ results: [CheckResult]) { for result in results { add(result) } }

  func skip(_ names: [String], because reason: String) {
    for name in names { add(.skipped(name, because: reason)) }
  }

  /// 0 when nothing failed; the first failure that has a code of its own decides, else 1.
  var exitCode: Int32 {
    let failures = results.filter { $0.mark == .failed }
    guard !failures.isEmpty else { return ExitCode.done.rawValue }
    return failures.lazy.compactMap(\.exitCode).first?.rawValue ?? 1
  }

  /// The same, and 1 when all is good but a belief was refuted that people would see wrong
  /// results of.
  func exitCode(with findings: FindingList?) -> Int32 {
    if exitCode == ExitCode.done.rawValue, findings?.hasRefutedHard == true { return 1 }
    return exitCode
  }
}

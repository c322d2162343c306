/// The one message that stops a start: file, line, key, what was found, what is allowed.
package struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
  package var file: String
  /// Counted from 1; nil when the key is not in the file.
  package var line: Int?
  package var column: Int?
  package var message: String

  package init(file: String, line: Int?, column: Int? = nil, _ message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// The whole message: `/etc/sfsyncd/sfsyncd.toml:12: poll.every is "0s"; allowed is …`.
  package var description: String {
    let place = [line, column].compactMap { $0.map { ":\($0)" } }.joined()
    return "\(file)\(place): \(message)"
  }
}

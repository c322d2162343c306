extension Configuration {
  /// A configuration and what the operator ought to think over.
  package struct Loaded: Sendable, Equatable {
    package var configuration: Configuration
    /// Each one sentence that begins with file and line.
    package var warnings: [String]
  }

  /// Reads a file.
  ///
  /// Where it says nothing of store and socket, `environment` (systemd's directories) and the
  /// instance that it belongs to do.
  /// - Throws: ``ConfigurationError``, whose `line` is nil when the file itself cannot be read;
  ///   ``SecureFile/Problem/missing`` becomes exit code 66.
  package static func load(
    file: String, environment: [String: String] = [:]
  ) throws -> Loaded {
    let bytes: [UInt8]
    do {
      bytes = try SecureFile.read(file, limit: 1 << 20)
    } catch .missing {
      throw ConfigurationMissing(file: file)
    } catch {
      throw ConfigurationError(file: file, line: nil, error.description)
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConfigurationError(file: file, line: nil, "is not UTF-8 text")
    }
    return try parse(text, file: file, environment: environment)
  }

  /// Reads a text; `file` is for the messages.
  package static func parse(
    _ text: String, file: String, environment: [String: String] = [:]
  ) throws(ConfigurationError) -> Loaded {
    let document = try TOMLDocument(file: file, text: text)
    try ConfigurationSchema.refuseUnknownKeys(in: document)
    var reader = try ConfigurationReader(document)
    let instance = Instance(configurationFile: file)
    reader.configuration.store.path = instance.store(environment)
    reader.configuration.control.socket = instance.socket(environment)
    try reader.readAll()
    return Loaded(configuration: reader.configuration, warnings: reader.warnings)
  }
}

/// There is no configuration file: exit code 66.
package struct ConfigurationMissing: Error, Sendable, CustomStringConvertible {
  package var file: String

  package var description: String {
    "\(file): there is no such file; copy the sample sfsyncd.toml there and fill in "
      + "salesforce.login_url and salesforce.client_id"
  }
}

import Foundation

/// Certificates for the tests of TLS, made once a run in a directory of their own.
///
/// `ca.pem` signs `good` (localhost), `name` (another host) and `old` (expired); `other.pem` signs
/// nothing.
enum TLSFixture {
  static let isPossible =
    [stunnel, openssl].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }

  static let stunnel = "/usr/bin/stunnel"
  private static let openssl = "/usr/bin/openssl"

  static func path(_ name: String) -> String { directory + "/" + name }

  /// Removed when the process ends.
  private static let directory: String = {
    let path = NSTemporaryDirectory() + "sfsync-tls-\(UUID().uuidString)"
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in ["ca", "other"] { makeAuthority(path, name) }
    makeCertificate(path, "good", host: "localhost", days: "1")
    makeCertificate(path, "name", host: "elsewhere.example", days: "1")
    makeCertificate(path, "old", host: "localhost", days: "-1")
    atexit { TLSFixture.remove() }
    return path
  }()

  private static func remove() { try? FileManager.default.removeItem(atPath: directory) }

  private static func makeAuthority(_ path: String, _ name: String) {
    run(
      path, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-keyout", "\(name).key", "-out", "\(name).pem", "-days", "2", "-subj", "/CN=\(name)")
  }

  private static func makeCertificate(_ path: String, _ name: String, host: String, days: String) {
    run(
      path, "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(host)")
    let extensions = "subjectAltName=DNS:\(host)\n"
    try? extensions.write(toFile: "\(path)/\(name).ext", atomically: true, encoding: .utf8)
    run(
      path, "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key",
      "-CAcreateserial", "-days", days, "-extfile", "\(name).ext", "-out", "\(name).pem")
  }

  private static func run(_ path: String, _ arguments: String...) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["20", openssl] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    process.standardError = FileHandle.nullDevice
    try? process.run()
    process.waitUntilExit()
  }
}

/// TLS on a loopback port, ended by stunnel and passed on to a plain server.
final class StunnelServer: Sendable {
  let port: Int
  let backend: LoopbackServer
  private let process = Process()

  /// Off the loop, for making certificates and starting a program block.
  static func start(
    certificate: String, options: [String] = []
  ) async throws -> StunnelServer {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(
          with: Result { try StunnelServer(certificate: certificate, options: options) })
      }
    }
  }

  private init(certificate: String, options: [String]) throws {
    backend = try LoopbackServer.answering(200, [], "behind TLS")
    port = try LoopbackServer.closedPort()
    let file = TLSFixture.path("\(UUID().uuidString).conf")
    let lines =
      ["foreground = yes", "pid =", "[tls]", "accept = 127.0.0.1:\(port)"] + [
        "connect = 127.0.0.1:\(backend.port)", "cert = \(TLSFixture.path(certificate + ".pem"))",
        "key = \(TLSFixture.path(certificate + ".key"))",
      ] + options
    try lines.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
    let log = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
    process.arguments = ["--signal=KILL", "30", TLSFixture.stunnel, file]
    process.standardError = log
    try process.run()
    Self.waitForStart(log)
  }

  /// It inherits the blocked signals of the thread that started it: only KILL arrives.
  deinit { if process.isRunning { kill(-process.processIdentifier, SIGKILL) } }

  /// It listens once it says so; end of file says that it did not start.
  private static func waitForStart(_ log: Pipe) {
    var text = ""
    while !text.contains("Configuration successful") {
      let data = log.fileHandleForReading.availableData
      if data.isEmpty { return }
      text += String(decoding: data, as: UTF8.self)
    }
  }
}

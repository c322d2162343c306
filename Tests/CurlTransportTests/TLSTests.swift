import CurlTransport
import EventLoop
import Foundation
import HTTP
import Testing

/// stunnel before a plain loopback server, with a throw-away authority made by openssl.
///
/// Expired and foreign certificates, wrong names and old protocols are refused before a byte of the
/// request is sent.
@Suite(.enabled(if: TLSFixture.isPossible, "needs the programs stunnel and openssl"))
struct TLSTests {
  @EventLoop static func outcome(
    _ tunnel: StunnelServer, host: String = "localhost", caFile: String?
  ) async throws -> Result<Response, TransportError> {
    let origin = "https://\(host):\(tunnel.port)"
    let transport = try makeTransport(origin, caFile: caFile)
    defer { transport.shutdown() }
    do throws(TransportError) {
      return .success(
        try await transport.send(
          Request(.get, origin, headers: ["Authorization": "Bearer secret-token"])))
    } catch {
      #expect(!error.message.contains("secret-token"))
      return .failure(error)
    }
  }

  @Test("a certificate of the configured authority is accepted, and TLS is spoken")
  @EventLoop func accepted() async throws {
    let tunnel = try await StunnelServer.start(certificate: "good")
    let answer = try await Self.outcome(tunnel, caFile: TLSFixture.path("ca.pem")).get()
    #expect(answer.body == Array("behind TLS".utf8))
    #expect(tunnel.backend.received.count == 1)
  }

  @Test("L6: every other certificate is refused, named, before anything is sent")
  @EventLoop func refused() async throws {
    let (ca, other) = (TLSFixture.path("ca.pem"), TLSFixture.path("other.pem"))
    let cases: [(certificate: String, host: String, caFile: String?, cause: String)] = [
      ("good", "localhost", nil, "issued by an unknown authority"),
      ("good", "localhost", other, "issued by an unknown authority"),
      ("good", "127.0.0.1", ca, "it is for another name than 127.0.0.1"),
      ("name", "localhost", ca, "it is for another name than localhost"),
      ("old", "localhost", ca, "it has expired"),
      ("good", "localhost", "/nonexistent.pem", "authorities cannot be read"),
    ]
    for entry in cases {
      let tunnel = try await StunnelServer.start(certificate: entry.certificate)
      let result = try await Self.outcome(tunnel, host: entry.host, caFile: entry.caFile)
      guard case .failure(let error) = result else {
        Issue.record("\(entry) was accepted")
        continue
      }
      #expect(error.reason == .notSent)
      #expect(error.message.contains(entry.cause), "\(error.message)")
      #expect(error.message.contains("\(entry.host):\(tunnel.port)"))
      #expect(tunnel.backend.received.isEmpty)
    }
  }

  @Test("L6: TLS 1.1 is refused before anything is sent")
  @EventLoop func oldProtocol() async throws {
    let tunnel = try await StunnelServer.start(
      certificate: "good",
      options: ["sslVersionMin = TLSv1", "sslVersionMax = TLSv1.1", "ciphers = ALL:@SECLEVEL=0"])
    let result = try await Self.outcome(tunnel, caFile: TLSFixture.path("ca.pem"))
    guard case .failure(let error) = result else {
      Issue.record("TLS 1.1 was accepted")
      return
    }
    #expect(error.reason == .notSent)
    #expect(error.message.contains("TLS handshake failed"), "\(error.message)")
    #expect(tunnel.backend.received.isEmpty)
  }

  @Test("L6: a plain server where TLS is expected sent nothing")
  @EventLoop func plain() async throws {
    let server = try LoopbackServer { connection in
      connection.write("HTTP/1.1 400 Bad Request\r\n\r\n")
    }
    let origin = "https://127.0.0.1:\(server.port)"
    let error = await #expect(throws: TransportError.self) {
      try await makeTransport(origin).send(Request(.get, origin))
    }
    #expect(error?.reason == .notSent)
    #expect(error?.message.contains("TLS handshake failed") == true)
  }
}

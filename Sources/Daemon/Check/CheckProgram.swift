import CurlTransport
import EventLoop
import Logging

/// `sfsyncd check`: looks at everything, prints it, and ends with a code of sysexits or 1.
package enum CheckProgram {
  /// Prints to stdout; `isJSON` prints one document at the end instead of lines.
  ///
  /// `isProbing` also finds out, by reading, what it can of docs/ASSUMPTIONS.md.
  package static func run(
    configurationFile: String, credentials: String?, environment: [String: String], isJSON: Bool,
    isProbing: Bool = false
  ) async -> Int32 {
    await start(configurationFile, credentials, environment, isJSON, isProbing)
  }

  @EventLoop private static func start(
    _ file: String, _ option: String?, _ environment: [String: String], _ isJSON: Bool,
    _ isProbing: Bool
  ) async -> Int32 {
    let findings = isProbing ? FindingList() : nil
    let list = CheckList { if !isJSON { print(CheckText.lines($0)) } }
    let (results, configuration) = LocalChecks.configuration(
      file: file, environment: environment)
    list.add(results)
    if let configuration {
      let clock = SystemClock()
      let check = Check(
        list: list,
        credentials: Credentials(
          option: option, environment: environment,
          instance: Instance(configurationFile: file)),
        environment: environment, log: Log(level: .error, environment: environment),
        now: { EventLoop.assumeIsolated { clock.now } }, findings: findings,
        sleep: { try? await clock.sleep(milliseconds: $0) })
      let mail = MailCheck(credentials: check.credentials, transport: MailTransport())
      list.add(await mail.run(configuration))
      do {
        let transport = try Clients.transport(configuration)
        await check.run(configuration, transport: transport)
        transport.shutdown()
      } catch {
        list.add(
          .failed(
            "network", "\(error)", remedy: "See tls.ca_file and the addresses.",
            exitCode: .configuration))
      }
    }
    if isJSON {
      print((try? CheckText.json(list, findings)) ?? "{}")
    } else {
      print(CheckText.summary(list.results))
      if let findings { print(FindingText.all(findings)) }
    }
    return list.exitCode(with: findings)
  }
}

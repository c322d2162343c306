import CurlTransport
import EventLoop
import Logging

/// `sfsyncd check`: looks at everything, prints it, and ends with a code of sysexits or 1.
package enum CheckProgram {
  /// Prints to stdout; `isJSON` prints one document at the end instead of lines.
  package static func run(
    configurationFile: String, credentials: String?, environment: [String: String], isJSON: Bool
  ) async -> Int32 {
    await start(configurationFile, credentials, environment, isJSON)
  }

  @EventLoop private static func start(
    _ file: String, _ option: String?, _ environment: [String: String], _ isJSON: Bool
  ) async -> Int32 {
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
        now: { EventLoop.assumeIsolated { clock.now } })
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
      print((try? CheckText.json(list)) ?? "{}")
    } else {
      print(CheckText.summary(list.results))
    }
    return list.exitCode
  }
}

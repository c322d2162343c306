import Testing

@testable import Daemon

@Suite struct InstanceTests {
  private func places(_ file: String, _ environment: [String: String] = [:]) -> [String] {
    let instance = Instance(configurationFile: file)
    return [instance.credentials, instance.store(environment), instance.socket(environment)]
  }

  @Test(
    "the usual file, and files elsewhere, have the usual places",
    arguments: [
      "/etc/sfsyncd/sfsyncd.toml", "sfsyncd.toml", "/tmp/acme.toml", "", "/", "/etc/sfsyncd/",
      "/etc/sfsyncd/.toml", "/etc/sfsyncd/acme", "/srv/me/sfsyncd/acme.toml",
    ])
  func usual(_ file: String) {
    #expect(
      places(file) == [
        "/etc/sfsyncd/credentials", "/var/lib/sfsyncd/sfsync.db", "/run/sfsyncd/control.sock",
      ])
  }

  @Test("I2: an instance has a store, a socket and credentials of its own")
  func instances() {
    #expect(
      places("/etc/sfsyncd/acme.toml") == [
        "/etc/sfsyncd/credentials-acme", "/var/lib/sfsyncd-acme/sfsync.db",
        "/run/sfsyncd-acme/control.sock",
      ])
    #expect(places("/usr/local/etc/sfsyncd/a.toml").first == "/usr/local/etc/sfsyncd/credentials-a")
  }

  @Test("systemd's directories go before, and what the file says before these")
  func systemd() throws {
    let environment = ["STATE_DIRECTORY": "/state:/more", "RUNTIME_DIRECTORY": "/runtime"]
    #expect(
      places("/etc/sfsyncd/acme.toml", environment).dropFirst() == [
        "/state/sfsync.db", "/runtime/control.sock",
      ])
    #expect(places("/x.toml", ["STATE_DIRECTORY": ""])[1] == "/var/lib/sfsyncd/sfsync.db")

    let required = """
      [salesforce]
      login_url = "https://example.my.salesforce.com"
      client_id = "id"

      """
    let silent = try Configuration.parse(
      required, file: "/etc/sfsyncd/acme.toml", environment: environment
    ).configuration
    #expect(silent.store.path == "/state/sfsync.db")
    #expect(silent.control.socket == "/runtime/control.sock")
    let said = try Configuration.parse(
      required + "[store]\npath = \"/x/y.db\"\n[control]\nsocket = \"/x/s\"\n",
      file: "/etc/sfsyncd/acme.toml", environment: environment
    ).configuration
    #expect(said.store.path == "/x/y.db")
    #expect(said.control.socket == "/x/s")
  }
}

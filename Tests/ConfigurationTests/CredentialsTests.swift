import Glibc
import Testing

@testable import Daemon

@Suite struct CredentialsTests {
  let scratch: Scratch
  let credentials: Credentials
  var path: String { scratch.path + "/intercom-access-token" }

  init() throws {
    scratch = try Scratch()
    credentials = Credentials(directory: scratch.path, isFromSystemd: false)
  }

  private func problem(
    _ name: Credentials.Name = .intercomAccessToken, systemd: Bool = false
  ) -> CredentialError? {
    let credentials = Credentials(directory: scratch.path, isFromSystemd: systemd)
    do throws(CredentialError) {
      _ = try credentials.secret(name)
      return nil
    } catch { return error }
  }

  @Test("a trailing newline is ignored", arguments: ["tok", "tok\n", "tok\r\n", "tok\n\n"])
  func newline(_ text: String) throws {
    try scratch.write("intercom-access-token", text)
    #expect(try credentials.secret(.intercomAccessToken).reveal() == "tok")
  }

  @Test("a key keeps its lines")
  func key() throws {
    let pem = "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"
    try scratch.write("salesforce-private-key", pem + "\n")
    #expect(try credentials.secret(.salesforcePrivateKey).reveal() == pem)
    try scratch.write("salesforce-private-key", "MIIE")
    #expect(problem(.salesforcePrivateKey)?.problem == .notAKey)
  }

  @Test("a missing credential is 66 and says what to do")
  func missing() {
    let error = problem()
    #expect(error?.exitCode == .missingFile)
    #expect(
      error?.description
        == "\(path): there is no such file; write the secret into it and run chmod 600 on it")
  }

  @Test(
    "outside systemd's directory a file that group or others can read is refused with 77",
    arguments: [0o640, 0o604, 0o620, 0o644, 0o660] as [mode_t])
  func exposed(_ mode: mode_t) throws {
    try scratch.write("intercom-access-token", "tok", mode: mode)
    let error = problem()
    #expect(error?.exitCode == .noPermission)
    #expect(error?.description.contains("chmod 600") == true)
    #expect(problem(systemd: true) == nil)
  }

  @Test("what is not one secret is refused, and its content is not repeated")
  func unfit() throws {
    for (bytes, expected) in [
      (Array("".utf8), .empty), (Array("\n\n".utf8), .empty), ([0x74, 0, 0x6f], .binary),
      ([0xff, 0xfe], .binary), (Array("a\u{1b}b".utf8), .binary),
      (Array("hush hush".utf8), .severalWords), (Array("hush\nhush".utf8), .severalWords),
    ] as [([UInt8], CredentialError.Problem)] {
      try scratch.write("intercom-access-token", bytes)
      #expect(problem()?.problem == expected)
      #expect(problem()?.description.contains("hush") == false)
      #expect(problem()?.exitCode == .configuration)
    }
    try scratch.write("intercom-access-token", String(repeating: "x", count: 65_536))
    #expect(problem() == nil)
    try scratch.write("intercom-access-token", String(repeating: "x", count: 65_537))
    #expect(problem()?.problem == .file(.tooLarge(limit: 65_536)))
  }

  @Test("a directory, a FIFO, a loop of links and a device are refused at once")
  func kinds() throws {
    mkdir(path, 0o700)
    #expect(problem()?.problem == .file(.notAFile("a directory")))
    rmdir(path)
    mkfifo(path, 0o600)
    #expect(problem()?.problem == .file(.notAFile("a FIFO")))
    unlink(path)
    symlink("intercom-access-token", path)
    #expect(problem()?.problem == .file(.linkLoop))
    unlink(path)
    symlink("/dev/null", path)
    #expect(problem()?.problem == .file(.notAFile("a device")))
    unlink(path)
    try scratch.write("real", "tok")
    symlink("real", path)
    #expect(problem() == nil, "a link to a file is how others than systemd hand out secrets")
  }

  @Test("a secret prints as such, whatever prints it")
  func secret() {
    struct Holder { var secret: Secret }
    let secret = Secret("hush")
    var dumped = ""
    dump(Holder(secret: secret), to: &dumped)
    for text in [
      "\(secret)", String(describing: secret), String(reflecting: secret),
      "\(Holder(secret: secret))", String(reflecting: Holder(secret: secret)),
      "\([secret])", "\(Optional(secret) as Any)", dumped,
    ] {
      #expect(!text.contains("hush"))
      #expect(text.contains("‹secret›"))
    }
  }

  @Test("the directory is the option's, else systemd's, else the instance's")
  func directories() {
    func chosen(_ option: String?, _ environment: [String: String]) -> Credentials {
      Credentials(
        option: option, environment: environment,
        instance: Instance(configurationFile: "/etc/sfsyncd/acme.toml"))
    }
    let systemd = ["CREDENTIALS_DIRECTORY": "/run/c"]
    #expect(chosen(nil, [:]).directory == "/etc/sfsyncd/credentials-acme")
    #expect(chosen(nil, systemd).directory == "/run/c")
    #expect(chosen(nil, systemd).isFromSystemd)
    #expect(chosen("/x", systemd).directory == "/x")
    #expect(!chosen("/x", systemd).isFromSystemd)
    #expect(!chosen(nil, ["CREDENTIALS_DIRECTORY": ""]).isFromSystemd)
  }

  @Test("a directory passed by systemd: its files have a prefix, and one without it goes before")
  func passedDirectory() throws {
    let systemd = Credentials(
      option: nil, environment: ["CREDENTIALS_DIRECTORY": scratch.path],
      instance: Instance(configurationFile: "/etc/sfsyncd/sfsyncd.toml"))
    try scratch.write("sfsyncd_intercom-access-token", "plain", mode: 0o440)
    #expect(try systemd.secret(.intercomAccessToken).reveal() == "plain")
    try scratch.write("intercom-access-token", "sealed", mode: 0o440)
    #expect(try systemd.secret(.intercomAccessToken).reveal() == "sealed")
    #expect(try systemd.secretIfPresent(.salesforceClientSecret) == nil)
    unlink(path)
    #expect(problem()?.problem == .file(.missing), "elsewhere the prefix means nothing")
  }

  @Test("what systemd did not pass is 66, and says where the file belongs")
  func notPassed() {
    let systemd = Credentials(
      option: nil, environment: ["CREDENTIALS_DIRECTORY": scratch.path],
      instance: Instance(configurationFile: "/etc/sfsyncd/sfsyncd.toml"))
    do throws(CredentialError) {
      _ = try systemd.secret(.intercomAccessToken)
      Issue.record("there is none")
    } catch {
      #expect(error.exitCode == .missingFile)
      #expect(
        error.description
          == "/etc/sfsyncd/credentials/intercom-access-token: there was no such file when the "
          + "service started; write the secret into it, run chmod 600 on it, and start the "
          + "service again")
    }
  }

  @Test("a configuration that is not there is 66; one that is no text is 78")
  func configurationFile() throws {
    #expect {
      _ = try Configuration.load(file: scratch.path + "/none")
    } throws: {
      ExitCode($0) == .missingFile
    }
    try scratch.write("sfsyncd.toml", [0xff])
    #expect {
      _ = try Configuration.load(file: scratch.path + "/sfsyncd.toml")
    } throws: {
      ExitCode($0) == .configuration && "\($0)".hasSuffix("sfsyncd.toml: is not UTF-8 text")
    }
    #expect {
      _ = try Configuration.load(file: scratch.path)
    } throws: {
      ExitCode($0) == .configuration && "\($0)".hasSuffix(": is a directory, not a file")
    }
  }
}

@Suite struct RotatedTokenTests {
  let state: Scratch
  let given: Scratch
  let token: RotatedToken
  let name = "salesforce-refresh-token"

  init() throws {
    state = try Scratch()
    given = try Scratch()
    token = RotatedToken(
      directory: state.path,
      credentials: Credentials(directory: given.path, isFromSystemd: false))
  }

  @Test("before the first rotation the credential is used")
  func first() throws {
    try given.write(name, "one\n")
    #expect(try token.current().reveal() == "one")
    #expect(state.names.isEmpty)
  }

  @Test("a rotated token wins over the credential that it descends from, however often")
  func wins() throws {
    try given.write(name, "one")
    try token.store(Secret("two"))
    #expect(try token.current().reveal() == "two")
    try token.store(Secret("three"))
    #expect(try token.current().reveal() == "three")
    // systemd copies the credential anew at each start: its time says nothing.
    try given.write(name, "one\n")
    #expect(try token.current().reveal() == "three")
  }

  @Test("a new credential wins over the rotated token, and an old one restored does not")
  func renewed() throws {
    try given.write(name, "one")
    try token.store(Secret("two"))
    try given.write(name, "new")
    #expect(try token.current().reveal() == "new")
    try token.store(Secret("newer"))
    #expect(try token.current().reveal() == "newer")
    try given.write(name, "one")
    #expect(try token.current().reveal() == "newer", "spent: using it would revoke the grant")
    try given.write(name, "newer")
    #expect(try token.current().reveal() == "newer")
  }

  @Test("the credential may be gone after the rotation")
  func gone() throws {
    try given.write(name, "one")
    try token.store(Secret("two"))
    unlink(given.path + "/" + name)
    #expect(try token.current().reveal() == "two")
    try token.store(Secret("three"))
    #expect(try token.current().reveal() == "three")
  }

  @Test("the file is ours alone, holds no other secret, and leaves no temporary file")
  func file() throws {
    try given.write(name, "one-secret")
    try state.write(".\(name).new", "left by a crash")
    try token.store(Secret("two"))
    #expect(state.mode(name) == 0o600)
    #expect(state.names == [name])
    let text = try state.text(name)
    #expect(text.hasPrefix("two\n"))
    #expect(!text.contains("one-secret"))
  }

  @Test("a damaged file is an error, not a reason to use the spent credential")
  func damaged() throws {
    try given.write(name, "one")
    try state.write(name, "")
    #expect(throws: CredentialError.self) { try token.current() }
    try state.write(name, "two", mode: 0o644)
    #expect(throws: CredentialError.self) { try token.current() }
  }

  @Test("a new token is stored even where the credential has become unreadable")
  func atAllCosts() throws {
    try given.write(name, "one")
    try token.store(Secret("two"))
    try given.write(name, "one", mode: 0o644)
    try token.store(Secret("three"))
    #expect(try state.text(name).hasPrefix("three\n"))
    try given.write(name, "one")
    #expect(try token.current().reveal() == "three", "its descent is not forgotten")
    try state.write(name, "")
    try token.store(Secret("four"))
    #expect(try token.current().reveal() == "four")
  }

  @Test("a directory that cannot be written is an error, and the old token stays")
  func unwritable() throws {
    try given.write(name, "one")
    let nowhere = RotatedToken(
      directory: state.path + "/none", credentials: token.credentials)
    #expect(throws: CredentialError.self) { try nowhere.store(Secret("two")) }
    #expect(try nowhere.current().reveal() == "one")
  }

  @Test("it is kept in the state directory, else beside the store")
  func directory() {
    let store = "/var/lib/sfsyncd/sfsync.db"
    #expect(RotatedToken.directory(environment: [:], store: store) == "/var/lib/sfsyncd")
    #expect(
      RotatedToken.directory(environment: ["STATE_DIRECTORY": "/a:/b"], store: store) == "/a")
    #expect(RotatedToken.directory(environment: [:], store: "/x.db") == "/")
  }
}

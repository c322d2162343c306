// swift-tools-version: 6.2
// One section a target, in the order of docs/ARCHITECTURE.md: arrows point down.
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let toml = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

let package = Package(
  name: "sfsync",
  products: [
    .executable(name: "sfsyncd", targets: ["sfsyncd"]),
    .executable(name: "sfsyncctl", targets: ["sfsyncctl"]),
    .executable(name: "sfsync-sim", targets: ["sfsync-sim"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
  ],
  targets: [
    // C libraries of the system
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

    // Words and decisions
    .target(name: "Wire", swiftSettings: strict),
    .target(name: "SyncCore", swiftSettings: strict),
    .target(name: "HTTP", swiftSettings: strict),
    .target(name: "EventLoop", swiftSettings: strict),

    // Edges: they do not know each other
    .target(
      name: "CurlTransport", dependencies: ["HTTP", "EventLoop", "CCurl"],
      swiftSettings: strict),
    .target(
      name: "Salesforce", dependencies: ["HTTP", "SyncCore", "Wire", "CCrypto"],
      swiftSettings: strict),
    .target(name: "Intercom", dependencies: ["HTTP", "SyncCore", "Wire"], swiftSettings: strict),
    .target(name: "Store", dependencies: ["SyncCore", "Wire", "CSQLite"], swiftSettings: strict),
    .target(
      name: "Control", resources: [.embedInCode("org.sfsync.control.varlink")],
      swiftSettings: strict),

    // The straight line, without the operating system around it
    .target(
      name: "Engine",
      dependencies: ["SyncCore", "Wire", "HTTP", "EventLoop", "Salesforce", "Intercom", "Store"],
      swiftSettings: strict),

    // The daemon
    .target(
      name: "Daemon",
      dependencies: [
        "SyncCore", "Wire", "HTTP", "EventLoop", "CurlTransport", "Salesforce", "Intercom",
        "Store", "Engine", "Control", "CSystemd", logging, toml,
      ], swiftSettings: strict),

    // The other two ends, for the demo, the tests and the benchmarks
    .target(name: "Simulators", dependencies: ["HTTP"], swiftSettings: strict),

    // Programs
    .executableTarget(
      name: "sfsyncd", dependencies: ["Daemon", "EventLoop", argumentParser],
      swiftSettings: strict, linkerSettings: [.linkedLibrary("m")]),
    .executableTarget(
      name: "sfsyncctl", dependencies: ["Control", argumentParser], swiftSettings: strict),
    .executableTarget(
      name: "sfsync-sim", dependencies: ["Simulators", "HTTP", argumentParser, hummingbird],
      swiftSettings: strict),

    // Tests
    .testTarget(name: "HouseTests", swiftSettings: strict),
    .target(
      name: "TestSupport", dependencies: ["EventLoop"], path: "Tests/Support",
      swiftSettings: strict),
    .testTarget(name: "WireTests", dependencies: ["Wire"], swiftSettings: strict),
    .testTarget(name: "HTTPTests", dependencies: ["HTTP"], swiftSettings: strict),
    .testTarget(name: "PacingTests", dependencies: ["SyncCore"], swiftSettings: strict),
    .testTarget(name: "SyncCoreTests", dependencies: ["SyncCore"], swiftSettings: strict),
    .testTarget(
      name: "StoreTests", dependencies: ["Store", "SyncCore", "Wire", "CSQLite"],
      swiftSettings: strict),
    .testTarget(
      name: "EngineTests",
      dependencies: [
        "Engine", "Salesforce", "Intercom", "Store", "SyncCore", "Wire", "HTTP", "EventLoop",
        "Simulators", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "CurlTransportTests",
      dependencies: ["CurlTransport", "EventLoop", "HTTP", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "SalesforceTests",
      dependencies: ["Salesforce", "CCrypto", "HTTP", "SyncCore", "Wire"],
      swiftSettings: strict),
    .testTarget(
      name: "SimulatedOrgTests",
      dependencies: ["Salesforce", "Simulators", "HTTP", "SyncCore", "Wire"],
      swiftSettings: strict),
    .testTarget(
      name: "IntercomTests",
      dependencies: ["Intercom", "HTTP", "SyncCore", "Wire", "Simulators"],
      swiftSettings: strict),
    .testTarget(
      name: "SalesforceSimulatorTests", dependencies: ["Simulators", "HTTP"],
      swiftSettings: strict),
    .testTarget(
      name: "IntercomSimulatorTests", dependencies: ["Simulators", "HTTP"],
      swiftSettings: strict),
    .testTarget(
      name: "ControlTests", dependencies: ["Control", "sfsyncctl"], swiftSettings: strict),
    .testTarget(
      name: "ControlServerTests",
      dependencies: [
        "Daemon", "Control", "Engine", "Store", "SyncCore", "Wire", "EventLoop", "sfsyncctl",
      ], swiftSettings: strict),
    .testTarget(
      name: "ConfigurationTests", dependencies: ["Daemon", "SyncCore", logging],
      swiftSettings: strict),
    .testTarget(
      name: "CheckTests",
      dependencies: ["Daemon", "HTTP", "Simulators", "Store", "SyncCore", logging],
      swiftSettings: strict),
    .testTarget(
      name: "ErrorsManualTests", dependencies: ["SyncCore", "Salesforce", "Intercom", "Engine"],
      swiftSettings: strict),
    .testTarget(
      name: "MailTests",
      dependencies: [
        "Daemon", "CurlTransport", "Engine", "Store", "SyncCore", "EventLoop", "TestSupport",
        logging,
      ], swiftSettings: strict),
    .testTarget(
      name: "LoggingTests", dependencies: ["Daemon", logging], swiftSettings: strict),
  ], swiftLanguageModes: [.v6])

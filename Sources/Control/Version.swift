/// What these programs call themselves, written once.
package enum Product {
  package static let version = "0.1.0"
  package static let vendor = "sfsync"
  package static let daemon = "sfsyncd"
  package static let url = "https://github.com/sfsync/sfsync"
}

/// The control interface and its history.
///
/// A member is never renamed or removed and never changes its type; what is added is optional for
/// callers, so that a client of an older release goes on working.
package enum ControlInterface {
  package static let name = "org.sfsync.control"

  /// Every change of `org.sfsync.control.varlink`, oldest first.
  package static let history: [(date: String, change: String)] = [
    (
      "2026-11-22",
      """
      First release: Status, Errors, RetryErrors, DismissErrors, Sync, Plan, Queue, Explain, \
      Matches, Link, Unlink, Pause, Resume, Reload.
      """
    ),
    (
      "2026-11-22",
      """
      The way back to Salesforce: Card, History, CreateLead, CreateTask, AssignConversation; \
      NotFound may say a reason, and deliveries their conversation.
      """
    ),
    ("2026-11-23", "Figures for monitoring: Metrics."),
    ("2026-11-23", "What ends: Forget, Uninstall."),
    ("2026-11-23", "A life in service: Backup and Support."),
  ]

  /// The interface file as the daemon serves it.
  package static var description: String {
    String(decoding: PackageResources.org_sfsync_control_varlink, as: UTF8.self)
  }

  /// Every interface of the socket by its name.
  package static var descriptions: [String: String] {
    [name: description, "org.varlink.service": service]
  }

  /// What every Varlink service answers.
  private static let service = """
    # What every Varlink service answers
    interface org.varlink.service

    method GetInfo() -> (
      vendor: string,
      product: string,
      version: string,
      url: string,
      interfaces: []string
    )

    method GetInterfaceDescription(interface: string) -> (description: string)

    error InterfaceNotFound (interface: string)

    error MethodNotFound (method: string)

    error MethodNotImplemented (method: string)

    error InvalidParameter (parameter: string)

    """
}

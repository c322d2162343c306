package import SyncCore

/// Everything an operator can set, with its default (docs: interface, "Configuration").
///
/// One nested struct a table of the file. Durations are milliseconds. An empty text that means
/// "off" in the file is nil here. There is no secret in it: those are ``Credentials``.
package struct Configuration: Sendable, Equatable {
  package var salesforce: Salesforce
  package var intercom = Intercom()
  package var poll = Poll()
  package var match = Match()
  package var attributes = Attributes()
  package var events = Events()
  package var leads = Leads()
  /// Intercom attribute to Lead field.
  package var mapping: [String: String] = [:]
  package var tasks = Tasks()
  package var assign = Assign()
  package var `guard` = Guard()
  package var mail: Mail?
  package var store = Store()
  package var control = Control()
  package var inbox = Inbox()
  package var tls = TLS()

  /// All defaults, with the keys that have none.
  package init(loginURL: ServerURL, clientID: String) {
    salesforce = Salesforce(loginURL: loginURL, clientID: clientID)
  }

  package struct Salesforce: Sendable, Equatable {
    package enum Flow: String, Sendable, CaseIterable {
      case clientCredentials = "client-credentials"
      case jwtBearer = "jwt-bearer"
      case refreshToken = "refresh-token"
    }

    package enum Environment: String, Sendable, CaseIterable {
      case production, sandbox
    }

    /// The org's My Domain.
    package var loginURL: ServerURL
    /// Of the External Client App.
    package var clientID: String
    package var flow = Flow.clientCredentials
    /// Never nil with ``Flow/jwtBearer``.
    package var username: String?
    /// The `aud` claim of the JWT, as it is sent.
    package var audience = "https://login.salesforce.com"
    package var environment = Environment.production
    package var apiVersion = "62.0"
    /// Of the org's daily API calls, at most this share is ours.
    package var dailyShare = 0.20
  }

  package struct Intercom: Sendable, Equatable {
    package var apiURL = ServerURL(host: "api.intercom.io")
    /// For links that people click.
    package var appURL = ServerURL(host: "app.intercom.com")
    package var apiVersion = "2.15"
    /// Of each rate-limit window.
    package var rateShare = 0.80
  }

  package struct Poll: Sendable, Equatable {
    /// The shortest wait.
    package var every: Int64 = 300_000
    /// The longest wait, never below ``every``.
    package var atMost: Int64 = 600_000
    /// Each poll reads this far back again.
    package var overlap: Int64 = 600_000
    /// Between full comparisons; nil is off.
    package var reconcile: Int64? = 86_400_000
    /// Rows; above it Bulk API 2.0, below it REST.
    package var bulkAbove = 10_000
  }

  package struct Match: Sendable, Equatable {
    package enum Key: Sendable, Equatable {
      case email
      /// A person's field or attribute, and the field of the record that holds the same.
      case externalID(intercom: String, salesforce: String)
    }

    package enum Preference: String, Sendable, CaseIterable {
      case contact, lead, newest, oldest, none
    }

    package var by = Key.email
    package var prefer = Preference.contact
  }

  /// What each attribute is called in Intercom.
  package struct Attributes: Sendable, Equatable {
    private var names: [String?] = [
      "SALESFORCE_STATUS", "SALESFORCE_TITLE", "SALESFORCE_OWNER_ID", "SALESFORCE_OWNER_NAME",
      "SALESFORCE_OWNER_EMAIL", "SALESFORCE_OWNER_ROLE", "SALESFORCE_ID",
      "SALESFORCE_OBJECT_TYPE", nil,
    ]

    /// Nil leaves the attribute out.
    package subscript(attribute: Attribute) -> String? {
      get { attribute.rawValue < names.count ? names[attribute.rawValue] : nil }
      set { if attribute.rawValue < names.count { names[attribute.rawValue] = newValue } }
    }
  }

  /// What each event is called in Intercom; nil leaves it out.
  package struct Events: Sendable, Equatable {
    package var owner: String? = "salesforce-owner-updated"
    package var status: String? = "salesforce-status-updated"
    package var title: String? = "salesforce-title-updated"
    package var converted: String? = "salesforce-lead-converted"
  }

  package struct Guard: Sendable, Equatable {
    /// Of all links; a cycle that would end or move more stops and asks.
    package var maxChange = 0.5
  }

  package struct Mail: Sendable, Equatable {
    package enum Occasion: String, Sendable, Codable, CaseIterable {
      case initialSync = "initial-sync"
      case broken, recovered
    }

    package var to: String
    package var from: String
    package var smtpURL: ServerURL
    /// Nil where nobody logs in; its password is a credential.
    package var user: String?
    package var on: [Occasion]
  }

  package struct Store: Sendable, Equatable {
    package var path = "/var/lib/sfsyncd/sfsync.db"
  }

  package struct Control: Sendable, Equatable {
    package var socket = "/run/sfsyncd/control.sock"
    /// Its members, root and the daemon's own user may change things.
    package var adminGroup = "sfsync"
  }

  /// Read by `sfsync-inbox` only.
  package struct Inbox: Sendable, Equatable {
    package var listen = "127.0.0.1:8477"
  }

  package struct TLS: Sendable, Equatable {
    /// Nil is the system's.
    package var caFile: String?
  }
}

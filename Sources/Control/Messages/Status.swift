/// What the daemon is doing.
package enum SyncState: String, Codable, Sendable, Hashable, CaseIterable {
  case initialSync = "initial-sync"
  case idle, polling, delivering, paused, degraded, guarded
}

/// The daemon's state in one message: `status --json`, and the reply of `Status`.
package struct Status: Codable, Sendable, Hashable {
  package var state: SyncState
  /// One sentence each on whatever a person should know: a waiting budget, a broken side, the guard.
  package var notices: [String]
  /// `production` or `sandbox` (G2).
  package var environment: String
  package var version: String
  /// Seconds.
  package var uptime: Int64
  package var initialSync: InitialSync
  @Nullable package var lastPoll: LastPoll?
  /// Null while no poll is due: paused, guarded, or one is running.
  @Nullable package var nextPollAt: Timestamp?
  package var links: LinkCounts
  package var queue: QueueCounts
  package var budget: Budgets
  package var errors: ErrorCounts

  package init(
    state: SyncState, notices: [String] = [], environment: String = "production",
    version: String = Product.version, uptime: Int64, initialSync: InitialSync,
    lastPoll: LastPoll? = nil, nextPollAt: Timestamp? = nil, links: LinkCounts, queue: QueueCounts,
    budget: Budgets, errors: ErrorCounts
  ) {
    self.state = state
    self.notices = notices
    self.environment = environment
    self.version = version
    self.uptime = uptime
    self.initialSync = initialSync
    self.lastPoll = lastPoll
    self.nextPollAt = nextPollAt
    self.links = links
    self.queue = queue
    self.budget = budget
    self.errors = errors
  }

  private enum CodingKeys: String, CodingKey {
    case state, notices, environment, version
    case uptime = "uptime_s"
    case initialSync = "initial_sync"
    case lastPoll = "last_poll"
    case nextPollAt = "next_poll_at"
    case links, queue, budget, errors
  }
}

/// The four phases of the initial sync (I2), and after it.
package enum InitialSyncPhase: String, Codable, Sendable, Hashable, CaseIterable {
  case salesforce, intercom, match, deliver, done
}

/// How far the initial sync is: in the phase that it is in.
package struct InitialSync: Codable, Sendable, Hashable {
  package var phase: InitialSyncPhase
  package var done: Int64
  /// 0 while not known.
  package var total: Int64
  /// 0 to 1.
  package var fraction: Double
  package var perSecond: Double
  /// Null while nothing can be said.
  @Nullable package var secondsLeft: Int64?

  package init(
    phase: InitialSyncPhase, done: Int64, total: Int64, fraction: Double, perSecond: Double,
    secondsLeft: Int64? = nil
  ) {
    self.phase = phase
    self.done = done
    self.total = total
    self.fraction = fraction
    self.perSecond = perSecond
    self.secondsLeft = secondsLeft
  }

  private enum CodingKeys: String, CodingKey {
    case phase, done, total, fraction
    case perSecond = "per_second"
    case secondsLeft = "seconds_left"
  }
}

/// The last finished poll and what it cost.
package struct LastPoll: Codable, Sendable, Hashable {
  package var at: Timestamp
  package var seconds: Double
  package var changed: Int64
  package var salesforceCalls: Int64
  package var intercomCalls: Int64

  package init(
    at: Timestamp, seconds: Double, changed: Int64, salesforceCalls: Int64, intercomCalls: Int64
  ) {
    self.at = at
    self.seconds = seconds
    self.changed = changed
    self.salesforceCalls = salesforceCalls
    self.intercomCalls = intercomCalls
  }

  private enum CodingKeys: String, CodingKey {
    case at, seconds, changed
    case salesforceCalls = "salesforce_calls"
    case intercomCalls = "intercom_calls"
  }
}

/// How many people are linked, and to what.
package struct LinkCounts: Codable, Sendable, Hashable {
  package var people: Int64
  package var leads: Int64
  package var contacts: Int64
  /// People with several candidates.
  package var ambiguous: Int64

  package init(people: Int64, leads: Int64, contacts: Int64, ambiguous: Int64) {
    self.people = people
    self.leads = leads
    self.contacts = contacts
    self.ambiguous = ambiguous
  }
}

/// Deliveries that are owed.
package struct QueueCounts: Codable, Sendable, Hashable {
  package var pending: Int64
  package var parked: Int64
  /// Age of the oldest pending one in seconds.
  package var oldest: Int64

  package init(pending: Int64, parked: Int64, oldest: Int64) {
    self.pending = pending
    self.parked = parked
    self.oldest = oldest
  }

  private enum CodingKeys: String, CodingKey {
    case pending, parked
    case oldest = "oldest_s"
  }
}

/// Calls used and left on both sides.
package struct Budgets: Codable, Sendable, Hashable {
  package var salesforce: SalesforceBudget
  package var intercom: IntercomBudget

  package init(salesforce: SalesforceBudget, intercom: IntercomBudget) {
    self.salesforce = salesforce
    self.intercom = intercom
  }
}

/// The org's daily API calls.
package struct SalesforceBudget: Codable, Sendable, Hashable {
  /// By everybody, as Salesforce last said; null before its first answer.
  @Nullable package var used: Int64?
  @Nullable package var limit: Int64?
  /// Of the used ones, those of this daemon today.
  package var ours: Int64
  /// At most this share of the limit is ours.
  package var share: Double

  package init(used: Int64? = nil, limit: Int64? = nil, ours: Int64, share: Double) {
    self.used = used
    self.limit = limit
    self.ours = ours
    self.share = share
  }
}

/// The current rate-limit window.
package struct IntercomBudget: Codable, Sendable, Hashable {
  /// Null before Intercom's first answer.
  @Nullable package var limit: Int64?
  @Nullable package var remaining: Int64?
  /// Seconds.
  package var window: Int64

  package init(limit: Int64? = nil, remaining: Int64? = nil, window: Int64 = 10) {
    self.limit = limit
    self.remaining = remaining
    self.window = window
  }

  private enum CodingKeys: String, CodingKey {
    case limit, remaining
    case window = "window_s"
  }
}

/// How much the error register holds.
package struct ErrorCounts: Codable, Sendable, Hashable {
  package var open: Int64

  package init(open: Int64) {
    self.open = open
  }
}

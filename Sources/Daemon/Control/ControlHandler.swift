package import Control
package import EventLoop

/// What the control socket asks of the daemon: one member a method of the interface.
///
/// Lists are given page by page: at most `limit` entries after the cursor `after`, which is the
/// `next` of the page before and means something to the handler alone. A member that changes
/// something is called only for callers that may (admin).
@EventLoop package protocol ControlHandler: AnyObject {
  func status() -> Status
  /// `seenAfter` is set while an error list is followed; `follow` is the server's own concern.
  func errors(_ query: ErrorQuery) throws(ControlError) -> ListPage<ErrorEntry>
  /// Nil means all; answers how many were met.
  func retryErrors(ids: [Int64]?) throws(ControlError) -> Int
  func dismissErrors(ids: [Int64]) throws(ControlError) -> Int
  /// With `wait` returns when that cycle's deliveries are settled; `progress` may be called as often
  /// as there is something new, the server thins it out.
  ///
  /// The task is cancelled when the caller goes away: the cycle goes on, only the waiting ends.
  func sync(
    _ options: SyncOptions, progress: (Status) -> Void
  ) async throws(ControlError) -> SyncResult
  /// `after` nil computes the plan; the pages after it belong to the same plan.
  func plan(
    full: Bool, page: PageRequest
  ) async throws(ControlError) -> ListPage<PlannedDelivery>
  func queue(_ page: PageRequest) -> ListPage<QueuedDelivery>
  func explain(who: String) throws(ControlError) -> [Explanation]
  func card(who: String) throws(ControlError) -> [Card]
  func history(
    who: String, page: PageRequest
  ) throws(ControlError) -> ListPage<HistoryEntry>
  func matches(_ page: PageRequest) -> ListPage<Match>
  func link(who: String, record: String) async throws(ControlError) -> Pin
  func unlink(who: String) async throws(ControlError) -> Pin
  /// `fields` are edits by name, email, phone, company or the API name of a Lead field.
  func createLead(
    who: String, fields: [String: String]
  ) async throws(ControlError) -> Creation
  /// `part` nil is every part that is not logged yet.
  func createTask(
    conversation: String, part: String?
  ) async throws(ControlError) -> Creation
  func assignConversation(_ conversation: String) async throws(ControlError) -> Creation
  func pause()
  func resume() throws(ControlError)
  func reload() async throws(ControlError) -> ReloadResult
  /// OpenMetrics text.
  func metrics() throws(ControlError) -> String
  /// Without `isSure` only shows what there is.
  func forget(who: String, isSure: Bool) async throws(ControlError) -> Forgetting
  /// Without `isSure` only shows what would be done.
  func uninstall(isSure: Bool) async throws(ControlError) -> Uninstalling
  /// Hands over a copy of the store, its size first; each `send` returns once the part is read.
  ///
  /// Ends early when nobody wants it any more.
  func backUp(
    isWanted: () -> Bool, send: (BackupPart) async throws(ControlError) -> Void
  ) async throws(ControlError)
  func support() async throws(ControlError) -> SupportReply
}

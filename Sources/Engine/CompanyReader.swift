import EventLoop
import Intercom
import Store
import SyncCore

/// Reads the companies that rules and the mapping look at; Intercom has no feed of changed ones (Q1).
@EventLoop struct CompanyReader {
  private let parts: EngineParts
  private let cycle: Int64
  private let isAsked: Bool

  init(_ parts: EngineParts, cycle: Int64, isAsked: Bool) {
    self.parts = parts
    self.cycle = cycle
    self.isAsked = isAsked
  }

  /// Those of the people who differ in this cycle.
  func readOfDifferences() async throws {
    guard parts.settings.readsCompanies else { return }
    for id in try parts.store.companiesOfDifferences(cycle: cycle) {
      let company = try await parts.pace.call(isAsked: isAsked) {
        try await parts.intercom.company(id)
      }
      // One that is gone is known to have nothing.
      try parts.store.transaction { try set(id, company?.values ?? [:]) }
    }
  }

  /// All of them, page by page.
  func readAll(between: () async throws -> Void) async throws {
    guard parts.settings.readsCompanies else { return }
    var next: String?
    repeat {
      let page = try await parts.pace.call(isAsked: false) {
        try await parts.intercom.companyList(next)
      }
      try parts.store.transaction {
        for company in page.companies { try set(company.id, company.values) }
      }
      next = page.next
      try await between()
    } while next != nil
  }

  /// Only what somebody looks at is kept, so that a company that did other things is no news.
  private func set(_ id: String, _ values: Values) throws {
    let names = parts.settings.watchedOfCompany
    try parts.store.setCompany(
      id, values.filter { names.contains($0.key) }, now: parts.clock.now, cycle: cycle)
  }
}

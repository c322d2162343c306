import HTTP
import Intercom
import SyncCore

/// Finds out in a real workspace what reading can tell of our beliefs: eight calls.
final class IntercomProbe {
  private let intercom: IntercomClient
  private let list: FindingList
  private let apiHost: String
  /// Milliseconds UTC.
  private let now: Int64
  private var rate: RateLimit?

  init(
    _ intercom: IntercomClient, _ configuration: Configuration, list: FindingList, now: Int64
  ) {
    self.intercom = intercom
    self.list = list
    self.now = now
    apiHost = configuration.intercom.apiURL.host
    intercom.onAnswer = { [unowned self] in self.rate = RateLimit($0.headers) }
  }

  func run() async {
    await workspace()
    await people()
    await attributes()
    await conversations()
    list.add(await unknownPerson())
    intercom.onAnswer = nil
  }

  // MARK: Workspace

  private static let hosts = [
    "US": "api.intercom.io", "EU": "api.eu.intercom.io", "AU": "api.au.intercom.io",
  ]

  private func workspace() async {
    do throws(IntercomError) {
      let found = try await intercom.workspace()
      let version = intercom.settings.version
      list.add(.open(.versionStays, "version \(version) answers today"))
      guard let region = found.region?.uppercased(), let home = Self.hosts[region],
        Self.hosts.values.contains(apiHost)
      else { return list.add(.open(.regionHost, "the answer does not say the region")) }
      list.add(
        home == apiHost
          ? .open(.regionHost, "the workspace is at home on \(apiHost)")
          : .refuted(.regionHost, "\(apiHost) answers for a workspace of the region \(region)"))
    } catch {
      list.add(.open(.versionStays, error.failure))
    }
  }

  // MARK: People

  private static let twoDays: Int64 = 2 * 86_400_000

  private func people() async {
    let sample: PeopleSample
    do throws(IntercomError) {
      sample = try await intercom.peopleSample(changedBefore: now - Self.twoDays)
    } catch {
      for belief in [Belief.listLeavesOutArchived, .htmlEscapes, .searchDays, .searchRateLimit] {
        list.add(.open(belief, error.failure))
      }
      return
    }
    let count = CheckText.number(sample.people)
    list.add(
      sample.hidden > 0
        ? .refuted(
          .listLeavesOutArchived, "\(sample.hidden) of \(count) listed people are archived")
        : .open(.listLeavesOutArchived, "none of \(count) listed people is archived"))
    list.add(
      sample.hasEscapes
        ? .confirmed(.htmlEscapes, "some values of \(count) people come back escaped")
        : .open(.htmlEscapes, "no value of \(count) people has an escape in it"))
    await search(sample.someone)
  }

  /// One search settles what days mean and which limit holds for it.
  private func search(_ someone: PeopleSample.Someone?) async {
    guard let someone else {
      list.add(.open(.searchDays, "nobody on the first page last changed over two days ago"))
      return
    }
    let listLimit = rate?.limit
    do throws(IntercomError) {
      let isFound = try await intercom.findsPerson(
        someone.id, changedAfterSecond: someone.updatedAtSecond - 1)
      list.add(
        isFound
          ? .refuted(.searchDays, "a search from one second before a change finds the person")
          : .confirmed(.searchDays, "a search from one second before a change finds nobody"))
    } catch {
      list.add(.open(.searchDays, error.failure))
    }
    guard let listLimit, let searchLimit = rate?.limit else {
      return list.add(.open(.searchRateLimit, "the answers bear no limit"))
    }
    list.add(
      listLimit == searchLimit
        ? .confirmed(.searchRateLimit, "both say \(CheckText.number(Int(clamping: listLimit)))")
        : .refuted(
          .searchRateLimit, "the list says \(listLimit), the search says \(searchLimit)"))
  }

  /// An id that nobody has.
  private static let nobody = "000000000000000000000000"

  private func unknownPerson() async -> Finding {
    do throws(IntercomError) {
      _ = try await intercom.person(Self.nobody)
      return .refuted(.notFoundIsGone, "an id that nobody has was answered with a person")
    } catch {
      guard error.isPersonGone else { return .open(.notFoundIsGone, error.failure) }
      return .open(
        .notFoundIsGone, "an id that nobody has gets 404; whether others do, time will tell")
    }
  }

  // MARK: Attributes

  private static let attributesMax = 250

  private func attributes() async {
    do throws(IntercomError) {
      let listed = try await intercom.dataAttributes().filter(\.isCustom)
      let live = listed.filter { !$0.isArchived }
      let archived = listed.count - live.count
      let capital = live.first { $0.name.contains(where: \.isUppercase) && $0.name.contains("_") }
      list.add(
        capital.map { .confirmed(.attributeNames, "\($0.name) is there") }
          ?? .open(.attributeNames, "no attribute has such a name yet"))
      list.add(
        .open(
          .archivedAttribute,
          archived > 0 ? "\(archived) archived ones are listed" : "there is no archived one"))
      list.add(
        listed.count > Self.attributesMax && live.count <= Self.attributesMax
          ? .refuted(
            .archivedAttributesCount, "\(live.count) live and \(archived) archived ones are there")
          : .open(
            .archivedAttributesCount,
            "\(live.count) live and \(archived) archived ones are there"))
    } catch {
      list.add(.open(.attributeNames, error.failure))
    }
  }

  // MARK: Conversations

  private static let month: Int64 = 30 * 86_400_000

  private func conversations() async {
    do throws(IntercomError) {
      let page = try await intercom.conversations(
        updatedSince: now - Self.month, startingAfter: nil)
      list.add(Self.tagTimes(page.conversations))
      guard let newest = page.conversations.first else {
        return list.add(.open(.conversationSearchSeconds, "no conversation changed in a month"))
      }
      let second = newest.updatedAt / 1000
      let isFound = try await intercom.findsConversation(
        newest.id, changedAfterSecond: second - 1)
      list.add(
        isFound
          ? .confirmed(
            .conversationSearchSeconds, "a search from one second before a change finds it")
          : .refuted(
            .conversationSearchSeconds, "a search from one second before a change finds nothing"))
    } catch {
      list.add(.open(.conversationSearchSeconds, error.failure))
    }
  }

  private static func tagTimes(_ conversations: [Conversation]) -> Finding {
    let tags = conversations.flatMap(\.tags)
    guard !tags.isEmpty else {
      return .open(.tagAppliedAt, "no conversation of the last month bears a tag")
    }
    let timed = tags.count { $0.appliedAt != nil }
    let text = "\(timed) of \(tags.count) tags say when they were put there"
    return timed == tags.count ? .open(.tagAppliedAt, text) : .refuted(.tagAppliedAt, text)
  }
}

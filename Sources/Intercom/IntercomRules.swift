import SyncCore

/// What a request is about, which decides what a refusal of it means: a 404 for a person is news
/// of that person, for the workspace it is a wrong address.
enum Subject: CaseIterable {
  case workspace, people, person, event, attribute
  /// `scroll` is a scroll through the companies that was begun before.
  case conversations, conversation, companies, scroll, company, tags

  /// Those that need permissions of their own.
  static let ofInbox: [Subject] = [
    .conversations, .conversation, .companies, .scroll, .company, .tags,
  ]

  /// Those whose 404 or 410 tells of one person.
  static let ofOnePerson: [Subject] = [.person, .event]
}

/// One line of the table from answers to meanings: the HTTP status first, then the code, the
/// message last.
struct IntercomRule {
  var statuses: ClosedRange<Int>
  /// Any of these; empty for whatever code.
  var codes: [String] = []
  /// Each of these stands in the message.
  var says: [String] = []
  var subjects: [Subject] = Subject.allCases
  var meaning: Meaning

  /// The first entry of `answer` that this line is about.
  func match(_ answer: ErrorAnswer, status: Int, subject: Subject) -> ErrorAnswer.Entry? {
    guard statuses.contains(status), subjects.contains(subject) else { return nil }
    return answer.entries.first { entry in
      (codes.isEmpty || codes.contains(entry.code ?? ""))
        && says.allSatisfy { (entry.message ?? "").contains($0) }
    }
  }

  /// In this order; the first that matches counts, and the last one always does.
  ///
  /// Codes and texts from the OpenAPI descriptions 2.15 and 2.16, developers.intercom.com
  /// (error codes) and recorded traffic.
  static let all: [IntercomRule] =
    inbox + credentials + attributes + events + people + [
      .init(
        statuses: 400...400, codes: ["intercom_version_invalid"],
        meaning: IntercomMeaning.version),
      .init(
        statuses: 400...499, codes: ["retry_after", "rate_limit_exceeded", "too_many_requests"],
        meaning: IntercomMeaning.rateLimit),
      .init(
        statuses: 404...404,
        subjects: [.workspace, .people, .attribute, .conversations, .companies, .tags],
        meaning: IntercomMeaning.apiURL),
      .init(statuses: 405...406, meaning: IntercomMeaning.protocolRefused),
      .init(statuses: 415...415, meaning: IntercomMeaning.protocolRefused),
      .init(statuses: 400...499, meaning: IntercomMeaning.refused),
    ]

  /// Seats and plans are refused with the status of a permission, so these come first.
  private static let inbox: [IntercomRule] = [
    .init(
      statuses: 400...422, codes: ["scroll_exists"], subjects: [.companies, .scroll],
      meaning: IntercomMeaning.scroll),
    .init(
      statuses: 400...422, codes: ["admin_not_found"], subjects: [.conversation],
      meaning: IntercomMeaning.actingAdmin),
    .init(
      statuses: 400...422, codes: ["assignee_not_found", "team_not_found"],
      subjects: [.conversation], meaning: IntercomMeaning.teammate),
    .init(
      statuses: 400...422, codes: ["team_unavailable"], subjects: [.conversation],
      meaning: IntercomMeaning.teamUnavailable),
    .init(
      statuses: 400...422, says: ["seat"], subjects: [.conversation],
      meaning: IntercomMeaning.noSeat),
    .init(
      statuses: 404...404, subjects: [.conversation], meaning: IntercomMeaning.conversationGone),
    .init(
      statuses: 410...410, subjects: [.conversation], meaning: IntercomMeaning.conversationGone),
    .init(
      statuses: 404...404, subjects: [.company], meaning: IntercomMeaning.companyGone),
    .init(
      statuses: 403...403, codes: ["forbidden", "action_forbidden"], subjects: Subject.ofInbox,
      meaning: IntercomMeaning.forbiddenInbox),
  ]

  private static let credentials: [IntercomRule] = [
    .init(statuses: 401...401, meaning: IntercomMeaning.token),
    .init(
      statuses: 400...403,
      codes: [
        "unauthorized", "token_unauthorized", "token_not_found", "token_revoked",
        "token_expired", "token_blocked", "token_suspended", "missing_authorization",
      ], meaning: IntercomMeaning.token),
    .init(statuses: 400...403, codes: ["api_plan_restricted"], meaning: IntercomMeaning.plan),
    .init(statuses: 403...403, meaning: IntercomMeaning.forbidden),
  ]

  private static let attributes: [IntercomRule] = [
    .init(
      statuses: 400...422, codes: ["custom_data_limit_reached"],
      meaning: IntercomMeaning.attributeLimit),
    .init(
      statuses: 400...422, says: ["Custom attribute '", "does not exist"],
      meaning: IntercomMeaning.attributeMissing),
    .init(
      statuses: 404...404, codes: ["field_not_found"], meaning: IntercomMeaning.attributeMissing),
    .init(
      statuses: 422...422, codes: ["data_invalid"], says: ["dependant"], subjects: [.attribute],
      meaning: IntercomMeaning.attributeInUse),
    .init(
      statuses: 400...422, codes: ["type_mismatch"], subjects: [.person, .attribute],
      meaning: IntercomMeaning.attributeType),
    .init(
      statuses: 400...422, says: ["You already have '", "in your company data"],
      subjects: [.attribute], meaning: IntercomMeaning.attributeOtherModel),
    .init(
      statuses: 400...422, says: ["You already have '"],
      subjects: [.attribute], meaning: IntercomMeaning.attributeExists),
    .init(
      statuses: 400...422, says: ["standard attributes"], subjects: [.attribute],
      meaning: IntercomMeaning.attributeStandard),
    .init(
      statuses: 400...422, says: ["must only contain alphanumeric"], subjects: [.attribute],
      meaning: IntercomMeaning.attributeName),
    .init(
      statuses: 400...422, says: ["limit"], subjects: [.attribute],
      meaning: IntercomMeaning.attributeLimit),
    .init(
      statuses: 400...422, says: ["250"], subjects: [.attribute],
      meaning: IntercomMeaning.attributeLimit),
  ]

  private static let events: [IntercomRule] = [
    .init(
      statuses: 422...422, codes: ["422"], subjects: [.event], meaning: IntercomMeaning.eventNames),
    .init(
      statuses: 400...422, says: ["active event names"], subjects: [.event],
      meaning: IntercomMeaning.eventNames),
  ]

  private static let people: [IntercomRule] = [
    .init(
      statuses: 404...404, codes: ["admin_not_found", "assignee_not_found", "team_not_found"],
      meaning: IntercomMeaning.teammate),
    .init(
      statuses: 400...422, says: ["not a member of the workspace"],
      meaning: IntercomMeaning.teammate),
    .init(statuses: 404...404, subjects: Subject.ofOnePerson, meaning: IntercomMeaning.personGone),
    .init(statuses: 410...410, subjects: Subject.ofOnePerson, meaning: IntercomMeaning.personGone),
    .init(
      statuses: 400...422, codes: ["conflict", "resource_conflict", "unique_user_constraint"],
      meaning: IntercomMeaning.conflict),
    .init(statuses: 409...409, meaning: IntercomMeaning.conflict),
    .init(
      statuses: 400...422, codes: ["not_restorable"], meaning: IntercomMeaning.notRestorable),
    .init(
      statuses: 400...422, says: ["marked for permanent deletion"],
      meaning: IntercomMeaning.notRestorable),
    .init(
      statuses: 400...400, codes: ["client_error"],
      subjects: [.people, .conversations],
      meaning: IntercomMeaning.cursor),
    .init(
      statuses: 400...422, says: ["starting_after"],
      subjects: [.people, .conversations],
      meaning: IntercomMeaning.cursor),
    // Which status an expired scroll gives is written nowhere.
    .init(statuses: 400...400, subjects: [.scroll], meaning: IntercomMeaning.cursor),
    .init(statuses: 404...404, subjects: [.scroll], meaning: IntercomMeaning.cursor),
    .init(statuses: 409...422, subjects: [.scroll], meaning: IntercomMeaning.cursor),
  ]
}

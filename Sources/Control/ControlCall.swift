/// One call of the control interface with its parameters, the same for client and daemon.
///
/// Lists come in pages: `after` is the `next` of the page before (nil at first), `limit` the most
/// entries that one reply may hold.
package enum ControlCall: Sendable, Hashable {
  case status
  case errors(ErrorQuery)
  /// Nil means all.
  case retryErrors(ids: [Int64]?)
  case dismissErrors(ids: [Int64])
  case sync(SyncOptions)
  case plan(full: Bool, PageRequest)
  case queue(PageRequest)
  case explain(who: String)
  case card(who: String)
  case history(who: String, PageRequest)
  case matches(PageRequest)
  case link(who: String, record: String)
  case unlink(who: String)
  /// `fields` are API names of Lead fields, or name, email, phone or company.
  case createLead(who: String, fields: [String: String])
  /// Nil means every part that is not logged yet.
  case createTask(conversation: String, part: String?)
  case assignConversation(String)
  case pause
  case resume
  case reload
  case metrics
  /// Without `isSure` it only shows.
  case forget(who: String, isSure: Bool)
  case uninstall(isSure: Bool)
  /// Needs `more`.
  case backup
  case support

  /// The method's name without its interface.
  package var method: String {
    switch self {
    case .status: "Status"
    case .errors: "Errors"
    case .retryErrors: "RetryErrors"
    case .dismissErrors: "DismissErrors"
    case .sync: "Sync"
    case .plan: "Plan"
    case .queue: "Queue"
    case .explain: "Explain"
    case .card: "Card"
    case .history: "History"
    case .matches: "Matches"
    case .link: "Link"
    case .unlink: "Unlink"
    case .createLead: "CreateLead"
    case .createTask: "CreateTask"
    case .assignConversation: "AssignConversation"
    case .pause: "Pause"
    case .resume: "Resume"
    case .reload: "Reload"
    case .metrics: "Metrics"
    case .forget: "Forget"
    case .uninstall: "Uninstall"
    case .backup: "Backup"
    case .support: "Support"
    }
  }

  /// Needs root, the daemon's own user, or a member of `admin_group`; what shows all that the daemon
  /// knows does too.
  package var changesSomething: Bool {
    switch self {
    case .status, .errors, .plan, .queue, .explain, .card, .history, .matches, .metrics: false
    case .retryErrors, .dismissErrors, .sync, .link, .unlink, .createLead, .createTask,
      .assignConversation, .pause, .resume, .reload, .forget, .uninstall, .backup, .support:
      true
    }
  }

  /// As they stand in a call's `parameters`; what has its default is left out.
  package var parameters: [String: JSONValue] {
    switch self {
    case .status, .pause, .resume, .reload, .metrics, .backup, .support: [:]
    case .errors(let query): query.parameters
    case .retryErrors(let ids): ids.map { ["ids": .array($0.map(JSONValue.integer))] } ?? [:]
    case .dismissErrors(let ids): ["ids": .array(ids.map(JSONValue.integer))]
    case .sync(let options):
      [
        "full": .bool(options.full), "yes": .bool(options.yes), "wait": .bool(options.wait),
      ]
    case .plan(let full, let page): page.parameters.merging(["full": .bool(full)]) { $1 }
    case .queue(let page), .matches(let page): page.parameters
    case .explain(let who), .card(let who), .unlink(let who): ["who": .string(who)]
    case .history(let who, let page):
      page.parameters.merging(["who": .string(who)]) { $1 }
    case .link(let who, let record): ["who": .string(who), "record": .string(record)]
    case .createLead(let who, let fields):
      ["who": .string(who), "fields": .object(fields.mapValues(JSONValue.string))]
    case .createTask(let conversation, let part):
      ["conversation": .string(conversation), "part": JSONValue(part)]
    case .assignConversation(let id): ["conversation": .string(id)]
    case .forget(let who, let isSure): ["who": .string(who), "yes": .bool(isSure)]
    case .uninstall(let isSure): ["yes": .bool(isSure)]
    }
  }

  /// Reads a method's parameters: an unknown name and a wrong type are refused by name.
  package init(
    method: String, parameters: [String: JSONValue]
  ) throws(ControlError) {
    var arguments = Arguments(parameters)
    switch method {
    case "Status": self = .status
    case "Errors": self = .errors(try ErrorQuery(&arguments))
    case "RetryErrors": self = .retryErrors(ids: try arguments.integers("ids"))
    case "DismissErrors": self = .dismissErrors(ids: try arguments.required("ids"))
    case "Sync":
      self = .sync(
        SyncOptions(
          full: try arguments.flag("full"), yes: try arguments.flag("yes"),
          wait: try arguments.flag("wait")))
    case "Plan":
      self = .plan(full: try arguments.flag("full"), try PageRequest(&arguments))
    case "Queue": self = .queue(try PageRequest(&arguments))
    case "Explain": self = .explain(who: try arguments.required("who"))
    case "Card": self = .card(who: try arguments.required("who"))
    case "History":
      self = .history(who: try arguments.required("who"), try PageRequest(&arguments))
    case "Matches": self = .matches(try PageRequest(&arguments))
    case "Link":
      self = .link(who: try arguments.required("who"), record: try arguments.required("record"))
    case "Unlink": self = .unlink(who: try arguments.required("who"))
    case "CreateLead":
      self = .createLead(
        who: try arguments.required("who"), fields: try arguments.texts("fields") ?? [:])
    case "CreateTask":
      self = .createTask(
        conversation: try arguments.required("conversation"), part: try arguments.text("part"))
    case "AssignConversation":
      self = .assignConversation(try arguments.required("conversation"))
    case "Pause": self = .pause
    case "Resume": self = .resume
    case "Reload": self = .reload
    case "Metrics": self = .metrics
    case "Forget":
      self = .forget(who: try arguments.required("who"), isSure: try arguments.flag("yes"))
    case "Uninstall": self = .uninstall(isSure: try arguments.flag("yes"))
    case "Backup": self = .backup
    case "Support": self = .support
    default:
      throw .methodNotFound(method: "\(ControlInterface.name).\(method)")
    }
    try arguments.finish()
  }
}

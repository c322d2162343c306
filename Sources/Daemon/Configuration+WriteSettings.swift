import SyncCore

/// What the way from Intercom to Salesforce takes from the configuration.
extension Configuration {
  var leadSettings: LeadSettings {
    LeadSettings(
      source: leads.source, placeholder: leads.placeholder,
      externalIDField: leads.externalIDField, tag: leads.tag,
      allowsDuplicates: leads.allowDuplicates, defaults: leads.defaults.mapValues(\.value),
      rules: leads.rules.map(\.leadRule))
  }

  /// The Lead field by the attribute's name as everything below spells it.
  var fieldMapping: [String: String] {
    Dictionary(
      mapping.map { (AttributeName.canonical($0.key), $0.value) }, uniquingKeysWith: min)
  }

  var taskSettings: TaskSettings {
    TaskSettings(
      tag: tasks.tag, logsOnClose: tasks.onClose, externalIDField: tasks.externalIDField)
  }

  var assignSettings: AssignSettings {
    AssignSettings(
      assignsConversations: assign.conversations == .unassigned, assignsPeople: assign.contacts,
      actingAdmin: assign.actingAdmin)
  }
}

extension Configuration.Rule {
  fileprivate var leadRule: LeadRule {
    LeadRule(
      name: name, conditions: when.map(\.condition), isBackfilled: backfill)
  }
}

extension Configuration.Condition {
  fileprivate var condition: SyncCore.Condition {
    SyncCore.Condition(
      attribute: AttributeName.canonical(attribute),
      comparison: comparison, value: value?.value ?? .null)
  }
}

extension Configuration.Constant {
  fileprivate var value: Value {
    switch self {
    case .text(let text): .text(text)
    case .integer(let number): .number(String(number))
    case .number(let number): .number(String(number))
    case .flag(let flag): .flag(flag)
    case .list(let list): .list(list.map(\.value))
    }
  }
}

import Salesforce
import SyncCore

/// What leads, mapped fields and tasks need of Salesforce: four calls, reads only.
struct LeadChecks {
  let salesforce: SalesforceClient
  let leads: LeadSettings
  let mapping: [String: String]
  let tasks: TaskSettings

  static let leadsName = "salesforce lead creation"
  static let mappingName = "salesforce mapped fields"
  static let tasksName = "salesforce tasks"
  static let names = [leadsName, mappingName, tasksName]

  init(_ salesforce: SalesforceClient, _ configuration: Configuration) {
    self.salesforce = salesforce
    leads = configuration.leadSettings
    mapping = configuration.fieldMapping
    tasks = configuration.taskSettings
  }

  func run() async -> [CheckResult] {
    let lead: ObjectDescription
    do throws(Failure) {
      lead = try await salesforce.describe(DescribedObject.lead)
    } catch {
      return [Self.leadsName, Self.mappingName].map { .failed($0, error) } + [await task()]
    }
    return creation(lead) + mapped(lead) + [await task()]
  }

  // MARK: Leads

  /// A made-up person goes through the same code as a real one (O2).
  private func creation(_ lead: ObjectDescription) -> [CheckResult] {
    guard lead.isCreateable else {
      return [
        lack(
          Self.leadsName, "the integration user may not create leads",
          remedy: "Grant Create on Lead in its permission set.")
      ]
    }
    let draft = LeadDraft.make(
      person: ["name": .text("Ada Lovelace"), "email": .text("ada@example.com")], company: nil,
      edits: [:], settings: leads, mapping: [:], fields: lead.fields, personID: "0")
    var results = draft.misfits.map { misfit in
      var result = CheckResult.failed(
        Self.leadsName, "\(misfit.field): \(misfit.reason)", remedy: misfit.meaning.remedy)
      result.code = misfit.meaning.code
      return result
    }
    let missing = draft.missing.filter { field in !mapping.values.contains { $0 == field.name } }
    if !missing.isEmpty {
      results.append(
        lack(
          Self.leadsName,
          "leads must have \(missing.map(\.name).joined(separator: ", ")), and nothing fills it",
          remedy: "Set a constant in [leads.defaults], or map an attribute in [mapping]."))
    }
    if let name = leads.externalIDField, let field = lead.field(name), !field.isUnique {
      results.append(
        .failed(
          Self.leadsName, "\(name) is not unique, so it cannot prevent a second lead",
          remedy: "Tick Unique and External ID on the field."))
    }
    return results.isEmpty ? [.good(Self.leadsName, "leads can be made")] : results
  }

  /// A mistake only for those who make leads without asking.
  private func lack(_ name: String, _ found: String, remedy: String) -> CheckResult {
    leads.rules.isEmpty
      ? .warning(name, found, remedy: remedy) : .failed(name, found, remedy: remedy)
  }

  private func mapped(_ lead: ObjectDescription) -> [CheckResult] {
    guard !mapping.isEmpty else { return [.good(Self.mappingName, "none is configured")] }
    var results: [CheckResult] = []
    for (attribute, name) in mapping.sorted(by: { $0.key < $1.key }) {
      let field = lead.field(name)
      if field?.isUpdateable == true { continue }
      let meaning = field == nil ? FittingMeaning.noField : FittingMeaning.readOnly
      var result = CheckResult.failed(
        Self.mappingName, "\(attribute) = \(name): \(meaning.cause)", remedy: meaning.remedy)
      result.code = meaning.code
      results.append(result)
    }
    return results.isEmpty ? [.good(Self.mappingName, "\(mapping.count) can be written")] : results
  }

  // MARK: Tasks

  private func task() async -> CheckResult {
    do throws(Failure) {
      let task = try await salesforce.describe(DescribedObject.task)
      guard task.isCreateable else {
        return .warning(
          Self.tasksName, "the integration user may not create tasks",
          remedy: "Grant Edit Tasks in its permission set, or set tasks.tag to \"\".")
      }
      if let name = tasks.externalIDField {
        guard let field = task.field(name), field.isUnique, field.isExternalID else {
          return .failed(
            Self.tasksName, "Activity has no unique external-id field \(name) that can be seen",
            remedy: "Make it on Activity, with External ID and Unique ticked, or correct "
              + "tasks.external_id_field.")
        }
      }
      let status = try await salesforce.closedTaskStatus()
      return .good(Self.tasksName, "can be made, with the status \(status)")
    } catch {
      return .failed(Self.tasksName, error)
    }
  }
}

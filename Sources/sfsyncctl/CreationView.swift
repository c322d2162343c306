import ArgumentParser
import Control

/// How the wish for a lead or a task ended, as one sentence.
struct CreationView {
  enum Noun: String { case lead, task }

  let creation: Creation
  let noun: Noun

  var sentence: String {
    switch creation.result {
    case .created, .assigned: Terminal.printable(created)
    case .exists: Terminal.printable(noun == .lead ? leadExists : taskExists)
    case .refused: refused
    }
  }

  /// Refused is a 'no', on stderr for a person.
  func report(json: Bool) throws {
    if json {
      Terminal.show(try JSONOutput.document(creation))
    } else if creation.result == .refused {
      Terminal.complain(sentence)
    } else {
      Terminal.show(sentence)
    }
    if creation.result == .refused { throw ExitCode.no }
  }

  private var ids: String { creation.ids.joined(separator: ", ") }

  private var created: String {
    switch creation.ids.count {
    case 0: "The \(noun.rawValue) was created."
    case 1: "The \(noun.rawValue) \(ids) was created."
    default: "\(creation.ids.count) \(noun.rawValue)s were created: \(ids)."
    }
  }

  private var leadExists: String {
    guard let id = creation.ids.first else {
      return "No lead was created: the person is linked to a record already."
    }
    guard creation.ids.count > 1 else {
      let object = id.hasPrefix("003") ? "Contact" : "Lead"
      return "No lead was created: the person is linked to the \(object) \(id), already there."
    }
    return """
      No lead was created: several records match already (\(ids)); 'sfsyncctl card WHO' shows them, \
      'sfsyncctl link WHO RECORD' chooses one.
      """
  }

  private var taskExists: String {
    creation.ids.isEmpty
      ? "No task was created: this is logged already."
      : "No task was created: this is logged already as \(ids)."
  }

  private var refused: String {
    guard let error = creation.error else {
      return "The \(noun.rawValue) was refused; 'sfsyncctl errors' may say why."
    }
    let number = error.id > 0 ? "\(error.code), error \(error.id)" : error.code
    return "\(error.what) \(error.cause) \(error.remedy) (\(number))"
  }
}

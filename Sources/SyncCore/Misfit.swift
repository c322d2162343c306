/// Why a value cannot go into a field; it names the field and its limits, never the value.
package struct Misfit: Error, Sendable, Equatable {
  /// As ``AttributeName`` spells it; nil for a default, a field given by hand, or a standard one.
  package var attribute: String?
  /// The API name of the Salesforce field.
  package var field: String
  /// What is wrong, in plain words, without the value: `600 characters, and the field holds 255`.
  package var reason: String
  package var meaning: Meaning

  package init(_ meaning: Meaning, attribute: String? = nil, field: String, reason: String) {
    self.attribute = attribute
    self.field = field
    self.reason = reason
    self.meaning = meaning
  }

  /// The same for the value of `attribute`.
  package func of(_ attribute: String?) -> Misfit {
    var copy = self
    copy.attribute = attribute
    return copy
  }

  /// One sentence for the register: `company_size cannot go into Lead.Size__c: …`.
  package var sentence: String {
    "\(attribute ?? "A value") cannot go into the Salesforce field \(field): \(reason)"
  }

  /// The same as what could not be done.
  package var attempt: String {
    "write \(attribute ?? "a value") to the Salesforce field \(field): \(reason)"
  }
}

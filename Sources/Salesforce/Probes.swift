package import SyncCore

/// Fields of an object that we would read and may not see.
package struct HiddenFields: Sendable, Equatable {
  /// Left out of every query; what they would tell is missing.
  package var optional: [String]
  /// Without these nothing is read.
  package var indispensable: [String]
}

// What is asked before a start rather than during a run: nothing in here changes anything.
extension Salesforce {
  /// Gets an access token if there is none, and tells the host that calls go to.
  ///
  /// With a rotating refresh token this spends the old one, as every refresh does.
  package func signIn() async throws(Failure) -> String {
    try await tokens.token(after: nil).instance.text
  }

  /// What of `object` the integration user may not see: one describe at most.
  package func hiddenFields(of object: RecordObject) async throws(Failure) -> HiddenFields {
    let shape = shape(of: Stream(object), try await describe(DescribedObject(object)))
    return HiddenFields(optional: shape.missing, indispensable: shape.indispensable)
  }
}

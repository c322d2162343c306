/// The reply of `Support`: what somebody who helps wants to know, without secrets and people's names.
package struct SupportReply: Codable, Sendable, Hashable {
  package var sections: [SupportSection]

  package init(sections: [SupportSection]) { self.sections = sections }
}

package struct SupportSection: Codable, Sendable, Hashable {
  package var title: String
  /// Lines as they are to be read.
  package var text: String

  package init(title: String, text: String) {
    self.title = title
    self.text = text
  }
}

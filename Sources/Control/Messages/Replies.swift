/// The reply parameters of a method that has nothing to say.
package struct EmptyReply: Codable, Sendable, Hashable {
  package init() {}
}

/// The reply of `RetryErrors` and `DismissErrors`: how many entries it met.
package struct CountReply: Codable, Sendable, Hashable {
  package var count: Int64

  package init(count: Int64) { self.count = count }
}

/// One part of the reply of `Sync`: progress while it runs, the result at last.
package struct SyncReply: Codable, Sendable, Hashable {
  @Nullable package var progress: Status?
  @Nullable package var result: SyncResult?

  package init(progress: Status? = nil, result: SyncResult? = nil) {
    self.progress = progress
    self.result = result
  }
}

/// The reply of `Explain`.
package struct ExplainReply: Codable, Sendable, Hashable {
  package var explanations: [Explanation]

  package init(explanations: [Explanation]) { self.explanations = explanations }
}

/// The reply of `Card`: one card a person.
package struct CardReply: Codable, Sendable, Hashable {
  package var cards: [Card]

  package init(cards: [Card]) { self.cards = cards }
}

/// One page of a list; `next` asks for the page after it and is null on the last.
package struct ListPage<Entry: Codable & Sendable & Hashable>: Codable, Sendable, Hashable {
  package var entries: [Entry]
  @Nullable package var next: Int64?

  package init(entries: [Entry], next: Int64? = nil) {
    self.entries = entries
    self.next = next
  }
}

/// The reply of `org.varlink.service.GetInfo`.
package struct InfoReply: Codable, Sendable, Hashable {
  package var vendor: String
  package var product: String
  package var version: String
  package var url: String
  package var interfaces: [String]

  package init() {
    vendor = Product.vendor
    product = Product.daemon
    version = Product.version
    url = Product.url
    interfaces = ["org.varlink.service", ControlInterface.name]
  }
}

/// The reply of `org.varlink.service.GetInterfaceDescription`.
package struct DescriptionReply: Codable, Sendable, Hashable {
  package var description: String

  package init(description: String) { self.description = description }
}

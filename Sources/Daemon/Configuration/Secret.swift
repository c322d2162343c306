/// A text that must not be printed: whoever logs one logs `‹secret›`.
package struct Secret: Sendable, Equatable {
  private let text: String

  package init(_ text: String) { self.text = text }

  /// The text itself, for the one call that needs it.
  package func reveal() -> String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "‹secret›" }
  package var debugDescription: String { description }
  // `dump` and string interpolation of an enclosing value go through the mirror.
  package var customMirror: Mirror { Mirror(self, children: []) }
}

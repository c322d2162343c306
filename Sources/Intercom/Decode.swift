import FoundationEssentials
import HTTP
import Wire

extension Intercom {
  /// Decodes a small answer, or says that it is not what was asked for.
  func decode<Shape: Decodable>(
    _ type: Shape.Type, _ answered: (response: Response, judge: Judge)
  ) throws(IntercomError) -> Shape {
    do {
      return try JSONDecoder().decode(type, from: Data(answered.response.body))
    } catch let error as DecodingError {
      throw answered.judge.unreadable(answered.response, Self.describe(error))
    } catch {
      throw answered.judge.unreadable(answered.response, "the answer is not JSON")
    }
  }

  /// Reads an answer that comes in many shapes.
  func tree(
    _ answered: (response: Response, judge: Judge)
  ) throws(IntercomError) -> JSONTree {
    do {
      return try JSONTree.read(answered.response.body)
    } catch {
      throw answered.judge.unreadable(answered.response, error.description)
    }
  }

  /// The cursor of the next page: `pages.next.starting_after`, or `pages.next` as an address.
  func cursor(
    _ tree: JSONTree, _ answered: (response: Response, judge: Judge)
  ) throws(IntercomError) -> String? {
    guard let next = tree["pages"]?["next"] else { return nil }
    if case .text(let address) = next {
      if let cursor = PersonPage.cursor(inAddress: address) { return cursor }
      throw answered.judge.unreadable(answered.response, "\(PersonShapeError.next)")
    }
    return next["starting_after"]?.id
  }

  /// Names the place and not the value, which may be personal.
  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      "the answer lacks \(path(context.codingPath + [key]))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      "the answer has something else at \(path(context.codingPath))"
    case .dataCorrupted: "the answer is not JSON"
    @unknown default: "the answer is not what was asked for"
    }
  }

  private static func path(_ keys: [any CodingKey]) -> String {
    let names = keys.map { $0.intValue.map(String.init) ?? $0.stringValue }
    return names.isEmpty ? "its top" : names.joined(separator: ".")
  }
}

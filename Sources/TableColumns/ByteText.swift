/// A text that equals another one only if both have the same bytes.
///
/// Strings are equal if they are canonically equivalent: `é` as one character equals `e` followed by
/// an accent. Classes and categories are as distinct as a table writes them, so that sets and
/// dictionaries of them have this as their key.
package struct ByteText: Hashable, Sendable {
  private let bytes: [UInt8]

  package init(_ text: String) { bytes = Array(text.utf8) }
}

extension Sequence<String> {
  /// The place of each text in this sequence; of equal texts, the place of the first.
  package var placesByBytes: [ByteText: Int] {
    Dictionary(
      enumerated().map { (ByteText($1), $0) }, uniquingKeysWith: { first, _ in first })
  }
}

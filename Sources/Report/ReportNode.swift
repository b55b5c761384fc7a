import Evaluation
import PluginKit

/// A place in the report's document together with the way to it, so that the page can say where each of its
/// figures stands.
struct ReportNode: Sendable {
  let value: JSONValue
  /// A JSON pointer (RFC 6901); empty for the whole document.
  let pointer: String

  init(_ value: JSONValue, pointer: String = "") {
    self.value = value
    self.pointer = pointer
  }

  /// A member; null where there is none.
  subscript(name: String) -> ReportNode {
    let escaped = name.replacing("~", with: "~0").replacing("/", with: "~1")
    return ReportNode(value[name] ?? .null, pointer: pointer + "/" + escaped)
  }

  /// An element; null where there is none.
  subscript(index: Int) -> ReportNode {
    let elements = value.array ?? []
    return ReportNode(
      elements.indices.contains(index) ? elements[index] : .null, pointer: "\(pointer)/\(index)")
  }

  /// The elements of a list; empty for anything else.
  var elements: [ReportNode] {
    (value.array ?? []).enumerated().map { ReportNode($1, pointer: "\(pointer)/\($0)") }
  }

  /// The members of an object; empty for anything else.
  var members: [(name: String, node: ReportNode)] {
    (value.members ?? []).map { ($0.0, self[$0.0]) }
  }

  var isPresent: Bool { value != .null }
  var isTrue: Bool { value.bool == true }
  var string: String? { value.string }
  /// Inlined, it makes the optimiser of Swift 6.3.1 end with an ownership error in its callers.
  @inline(never) var number: Double? { value.number }
  var integer: Int? { value.integer }
  var numbers: [Double] { (value.array ?? []).map { $0.number ?? .nan } }
  var strings: [String] { (value.array ?? []).compactMap(\.string) }
}

// MARK: Figures

extension ReportNode {
  /// The number as the page shows it, written for people by `format`; nil where there is none.
  func figure(_ format: (Double) -> String) -> TemplateValues? {
    guard let number else { return nil }
    return ["value": value.text, "at": pointer, "text": format(number)]
  }

  /// A number with so many digits after the point.
  func figure(digits: Int) -> TemplateValues? {
    figure { FigureFormat.fixed($0, digits: digits) }
  }

  /// A count, grouped; other numbers, such as sums of weights, with a digit after the point.
  func count() -> TemplateValues? {
    figure { value in
      Int(exactly: value).map { FigureFormat.grouped($0) } ?? FigureFormat.fixed(value, digits: 1)
    }
  }

  /// A value of any kind as text, numbers short.
  var words: String { FigureFormat.parameter(value) }
}

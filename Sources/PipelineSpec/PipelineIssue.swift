/// One thing that is wrong with a pipeline: where, what, and what would do.
package struct PipelineIssue: Sendable, Equatable {
  /// The path of the file, or the whole option such as `--set search.trials=-5`.
  package let source: String
  /// Counted from 1; nil for an option, and where it concerns the whole file.
  package let line: Int?
  /// The first character, counted from 1 in Unicode scalars; nil where there is no line.
  package let column: Int?
  /// How many Unicode scalars are meant, at least 1; nil where there is no line.
  package let length: Int?
  /// What is wrong, without a full stop.
  package let message: String
  /// What would do instead, without a full stop.
  package let hint: String?
  /// The text of the line, for people; nil where there is none.
  package let sourceLine: String?
}

/// Everything that is wrong with a pipeline, in the order of the file, then of `--set`.
package struct PipelineIssues: Error, Sendable, Equatable, CustomStringConvertible {
  /// At least one.
  package let issues: [PipelineIssue]

  package init(issues: [PipelineIssue]) { self.issues = issues }

  /// The issues in the style of a compiler, and in a last line how many there are.
  package var description: String {
    let count = issues.count == 1 ? "1 error" : "\(issues.count) errors"
    return issues.map { $0.description + "\n" }.joined() + "\(count); nothing was run"
  }
}

extension PipelineIssue: CustomStringConvertible {
  /// The issue in one to three lines: what is wrong, the line of the file, and a mark below it.
  package var description: String {
    let place = line.map { ":\($0)" + (column.map { ":\($0)" } ?? "") } ?? ""
    let heading = "\(source)\(place): error: \(message)"
    guard let sourceLine, let line, let column, let length else {
      return heading + (hint.map { "\n      = \($0)" } ?? "")
    }
    let excerpt = Excerpt(of: sourceLine, column: column, length: length)
    let number = String(line)
    let blank = String(repeating: " ", count: max(5, number.count))
    return """
      \(heading)
      \(blank.dropLast(number.count))\(number) | \(excerpt.text)
      \(blank) | \(excerpt.underline)\(hint.map { " " + $0 } ?? "")
      """
  }
}

/// The part of a line that a message shows, and the mark below it.
private struct Excerpt {
  static let widthLimit = 120

  let text: String
  let underline: String

  /// Cuts out at most ``widthLimit`` characters around a column, counted from 1.
  init(of line: String, column: Int, length: Int) {
    // A tab is shown as one space, so that the mark stands below what it means.
    let printable = line.unicodeScalars.map { scalar -> Unicode.Scalar in
      scalar.properties.generalCategory == .control ? " " : scalar
    }
    let end = (printable.lastIndex { $0 != " " } ?? -1) + 1
    let first = column - 1 < Self.widthLimit ? 0 : column - 1 - Self.widthLimit / 2
    let shown = printable[min(first, end)..<min(first + Self.widthLimit, end)]
    var text = ""
    text.unicodeScalars.append(contentsOf: shown)
    self.text = text
    let position = column - 1 - first
    let marked = max(1, min(length, shown.count - position))
    underline =
      String(repeating: " ", count: position) + "^" + String(repeating: "~", count: marked - 1)
  }
}

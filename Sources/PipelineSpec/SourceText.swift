/// The text of a file of YAML, by lines, for the messages about it.
struct SourceText: Sendable {
  let path: String
  /// The text in UTF-8, without a byte order mark.
  let bytes: [UInt8]
  private let lines: [String]

  /// Splits a text where libyaml does, so that its line numbers are right here.
  ///
  /// - Throws: The issue that `bytes` are not UTF-8.
  init(path: String, bytes given: [UInt8]) throws(PipelineIssues) {
    self.path = path
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    bytes = given.starts(with: byteOrderMark) ? Array(given.dropFirst(3)) : given
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .notUTF8(bytes, path: path)
    }
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      defer { previous = scalar }
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(String(line))
        line.removeAll()
      default: line.append(scalar)
      }
    }
    lines.append(String(line))
    self.lines = lines
  }

  /// The findings in the order of the file, then of the options; those of one place as they were found.
  func issues(_ findings: [Finding]) -> [PipelineIssue] {
    findings.enumerated().sorted { first, second in
      if first.element.precedes(second.element) { return true }
      if second.element.precedes(first.element) { return false }
      return first.offset < second.offset
    }.map { issue($0.element) }
  }

  /// A finding with the path and the line that it is about.
  func issue(_ finding: Finding) -> PipelineIssue {
    switch finding.location {
    case .setting(let text):
      PipelineIssue(
        source: "--set \(printable(abbreviated(text)))", line: nil, column: nil, length: nil,
        message: printable(finding.message.text), hint: finding.message.hint.map(printable),
        sourceLine: nil)
    case .file(let line, let column, let length):
      PipelineIssue(
        source: path, line: line, column: column,
        length: max(1, min(length, rest(of: line, from: column))),
        message: printable(finding.message.text),
        hint: finding.message.hint.map(printable),
        sourceLine: lines.indices.contains(line - 1) ? lines[line - 1] : nil)
    }
  }

  /// How many characters a line has from a column on, without the spaces at its end.
  private func rest(of line: Int, from column: Int) -> Int {
    guard lines.indices.contains(line - 1) else { return 0 }
    let end = lines[line - 1].unicodeScalars.reversed().drop { $0 == " " || $0 == "\t" }.count
    return end - (column - 1)
  }
}

/// A text on one line that does nothing to a terminal: control characters are written as escapes.
private func printable(_ text: String) -> String {
  var result = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if scalar.properties.generalCategory == .control {
      result.append(contentsOf: scalar.escaped(asASCII: true).unicodeScalars)
    } else {
      result.append(scalar)
    }
  }
  return String(result)
}

/// Something wrong at a place of a pipeline.
struct Finding: Error, Sendable, Equatable {
  let message: IssueMessage
  let location: Location

  init(_ message: IssueMessage, at location: Location) {
    self.message = message
    self.location = location
  }
}

extension Finding {
  /// Whether this one stands earlier: in the file by line and column; options come after the file.
  func precedes(_ other: Finding) -> Bool {
    switch (location, other.location) {
    case (.file(let line, let column, _), .file(let otherLine, let otherColumn, _)):
      (line, column) < (otherLine, otherColumn)
    case (.file, .setting): true
    case (.setting, _): false
    }
  }
}

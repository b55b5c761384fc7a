/// A table that can't be used as it is: where, what was found there, and what would do.
package struct TableError: Error, Equatable, CustomStringConvertible {
  /// The path as the person gave it; `-` is standard input.
  package let path: String
  /// The line of the file, counted from 1; nil where the whole table is meant.
  package let line: Int?
  /// The character of the line, counted from 1; nil where the whole line is meant.
  package let column: Int?
  /// What was found and what would do, without a full stop.
  package let message: String

  package init(path: String, line: Int? = nil, column: Int? = nil, message: String) {
    self.path = path
    self.line = line
    self.column = column
    self.message = message
  }

  package var description: String {
    var place = path == "-" ? "standard input" : path
    if let line { place += ":\(line)" }
    if let column { place += ":\(column)" }
    return "\(place): error: \(message)"
  }
}

/// A name in quotes, cut where it is long, with control characters made visible.
package func quoted(_ text: String) -> String {
  var shown = ""
  for scalar in text.unicodeScalars.prefix(40) {
    shown +=
      scalar.value < 0x20 || scalar.value == 0x7F ? scalar.escaped(asASCII: true) : "\(scalar)"
  }
  return text.unicodeScalars.count > 40 ? "'\(shown)…'" : "'\(shown)'"
}

/// Some words as a person would list them, such as `'a', 'b' and 3 more`.
package func listed(_ words: [String], atMost limit: Int) -> String {
  guard words.count > 1 else { return words.first ?? "" }
  guard words.count <= limit else {
    return words.prefix(limit).joined(separator: ", ") + " and \(words.count - limit) more"
  }
  return words.dropLast().joined(separator: ", ") + " and " + words[words.count - 1]
}

/// A count with the right form of its noun: `1 row`, `2 rows`.
package func counted(_ count: Int, _ noun: String) -> String {
  count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
}

/// Which part of a text for people a line is, for a terminal that can show it.
package enum Emphasis: Sendable {
  case title
  case header
  /// The line of the best entry.
  case best
  /// Lines that matter less.
  case faint
}

/// Adds a terminal's marks to a finished line; they must take no width.
package typealias Emphasize = (Emphasis, String) -> String

import Evaluation
import SystemFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Standard output or standard error, and what it can show.
struct Terminal: Sendable {
  /// Results: tables and predictions.
  static let output = Terminal(descriptor: STDOUT_FILENO)
  /// Messages for people, and progress.
  static let messages = Terminal(descriptor: STDERR_FILENO)

  let descriptor: Int32

  /// Whether a person looks at it, rather than a file or another program.
  var isInteractive: Bool { isatty(descriptor) == 1 }

  /// The characters of a line; 100 where it is not known.
  var width: Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return max(40, Int(size.ws_col))
  }

  /// Whether colours are welcome.
  var hasColour: Bool { isInteractive && getenv("NO_COLOR") == nil }

  /// What to pass to tables: marks for a terminal with colours, nil otherwise.
  var emphasis: Emphasize? {
    guard hasColour else { return nil }
    return { kind, line in marked(kind, line) }
  }

  private func marked(_ kind: Emphasis, _ line: String) -> String {
    switch kind {
    case .title: "\u{1B}[1m\(line)\u{1B}[0m"
    case .header: "\u{1B}[2m\(line)\u{1B}[0m"
    case .best: "\u{1B}[32m\(line)\u{1B}[0m"
    case .faint: "\u{1B}[2m\(line)\u{1B}[0m"
    }
  }

  /// Writes text.
  ///
  /// Where nobody reads results any more the program ends quietly, as filters do. Messages that can't be
  /// written are lost: a run does not end because of them.
  func write(_ text: String) {
    do {
      try writeAll(descriptor, "standard output", Array(text.utf8))
    } catch {
      guard descriptor == STDOUT_FILENO else { return }
      if error.reason == .system(EPIPE) { exit(ExitStatus.done.rawValue) }
      Terminal.messages.write("error: \(error)\n")
      exit(ExitStatus.failed.rawValue)
    }
  }
}

/// Writes a result to a file, whole or not at all, or to standard output: for nil or `-`.
///
/// - Throws: `FileError` if it can't be written.
func writeResult(_ text: String, to path: String?) throws(FileError) {
  guard let path, path != "-" else { return Terminal.output.write(text) }
  try writeFile(path, text)
}

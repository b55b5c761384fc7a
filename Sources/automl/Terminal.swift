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

  /// Whether colours and lines that change are welcome: on a terminal where `NO_COLOR` is empty.
  var isDecorated: Bool {
    isInteractive && getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
  }

  /// What to pass to tables: marks for a terminal with colours, nil otherwise.
  var emphasis: Emphasize? {
    guard isDecorated else { return nil }
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

  /// Writes a message and a line feed; on a terminal a long line is broken between words.
  func writeLine(_ message: String) {
    // What has lines of its own is aligned already.
    let isOneLine = !message.contains("\n")
    let lines = isInteractive && isOneLine ? message.wrapped(to: width) : [message]
    write(lines.joined(separator: "\n") + "\n")
  }

  /// Writes text.
  ///
  /// Where nobody reads results any more the program ends quietly, as filters do. Messages that can't be
  /// written are lost: a run does not end because of them.
  func write(_ text: String) { write(Array(text.utf8)) }

  /// Writes text in UTF-8, likewise.
  func write(_ bytes: [UInt8]) {
    do {
      try writeAll(descriptor, "standard output", bytes)
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

/// A result that is written piece by piece: to a file, which appears whole or not at all, or to standard
/// output, for nil or `-`.
final class ResultWriter {
  private let file: FileWriter?
  /// What is held back, so that no result begins before its first piece is known.
  private var pending: [UInt8]

  /// - Throws: `FileError` if there can be no such file.
  init(_ path: String?, beginning: String) throws(FileError) {
    file = path == nil || path == "-" ? nil : try FileWriter(path ?? "")
    pending = Array(beginning.utf8)
  }

  func append(_ bytes: [UInt8]) throws(FileError) {
    pending += bytes
    try flush()
  }

  func finish() throws(FileError) {
    try flush()
    try file?.finish()
  }

  private func flush() throws(FileError) {
    if let file { try file.append(pending) } else { Terminal.output.write(pending) }
    pending.removeAll(keepingCapacity: true)
  }
}

/// With what a table is read; nothing of it shows in the result.
package struct ReadingEffort: Sendable {
  /// Chunks of this size and what becomes of them stay in the second-level cache.
  static let standardChunk = 1 << 18

  /// How many threads read, 1 or more.
  package var threads: Int
  /// About how many bytes are read at once, 1 or more.
  package var chunkByteCount: Int
  package var code: Code

  /// The code that scans and parses; all give the same, and tests compare them.
  package enum Code: Sendable, CaseIterable {
    /// Vector instructions, where the processor has them.
    case vector
    /// The same without.
    case scalar
    /// Field by field and cell by cell: what is right by definition.
    case plain
  }

  package init(
    threads: Int = availableThreads(), chunkByteCount: Int? = nil, code: Code = .vector
  ) {
    self.threads = threads
    self.chunkByteCount = chunkByteCount ?? Self.standardChunk
    self.code = code
  }
}

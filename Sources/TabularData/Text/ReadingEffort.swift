/// With what a table is read; nothing of it shows in the result.
package struct ReadingEffort: Sendable {
  /// Chunks of this size and what becomes of them stay in the second-level cache.
  static let standardChunk = 1 << 18

  /// How many threads read, 1 or more.
  package var threads: Int
  /// About how many bytes are read at once, 1 or more.
  package var chunkByteCount: Int
  /// Whether everything is done in the plain way, without vector code, to compare with.
  package var isPlain: Bool

  package init(
    threads: Int = availableThreads(), chunkByteCount: Int? = nil, isPlain: Bool = false
  ) {
    self.threads = threads
    self.chunkByteCount = chunkByteCount ?? Self.standardChunk
    self.isPlain = isPlain
  }
}

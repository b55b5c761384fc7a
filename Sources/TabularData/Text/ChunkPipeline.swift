/// Works on the chunks of a text on several threads, and takes the results in the order of the text.
///
/// Each worker reads a chunk, which one does at a time, works on it, waits until the chunks before it
/// are taken, and hands it in. What comes out does not depend on the number of workers.
final class ChunkPipeline<Worker, Failure: Error>: @unchecked Sendable {
  // A worker belongs to one thread.
  private let workers: [Worker]
  private let buffer: (Worker) -> ChunkBuffer
  private let work: (Worker) -> Void
  private let take: (Worker, ChunkReader.Chunk) throws(Failure) -> Void
  private let failing: (TableError) -> Failure
  /// Guards the reader.
  private let readingGate = Gate()
  private let reader: ChunkReader
  /// Guards what follows, and what `take` touches.
  private let takingGate = Gate()
  private var nextToTake = 0
  private var failure: Failure?

  /// - Parameters:
  ///   - reader: Where chunks come from.
  ///   - workers: One for each thread, 1 or more.
  ///   - buffer: Where a worker wants its chunk.
  ///   - work: What is done with each chunk, by any thread.
  ///   - take: What is then done in the order of the text, never by two threads at once.
  ///   - failing: What to throw where the text can't be read.
  init(
    _ reader: ChunkReader, workers: [Worker], buffer: @escaping (Worker) -> ChunkBuffer,
    work: @escaping (Worker) -> Void,
    take: @escaping (Worker, ChunkReader.Chunk) throws(Failure) -> Void,
    failing: @escaping (TableError) -> Failure
  ) {
    self.reader = reader
    self.workers = workers
    self.buffer = buffer
    self.work = work
    self.take = take
    self.failing = failing
  }

  /// Goes through the whole text.
  ///
  /// - Throws: What reading threw, or else what taking threw first in the order of the text.
  func run() throws(Failure) {
    let others = workers.indices.dropFirst().map { index in Thread { self.loop(index) } }
    loop(0)
    for thread in others { thread.join() }
    if let failure { throw failure }
  }

  private func loop(_ index: Int) {
    let worker = workers[index]
    while let chunk = next(worker) {
      work(worker)
      takingGate.lock { nextToTake == chunk.number || failure != nil }
      defer { takingGate.unlock() }
      guard failure == nil else { return }
      do {
        try take(worker, chunk)
      } catch {
        failure = error
      }
      nextToTake += 1
    }
  }

  private func next(_ worker: Worker) -> ChunkReader.Chunk? {
    readingGate.lock()
    defer { readingGate.unlock() }
    do {
      return hasFailed ? nil : try reader.next(into: buffer(worker))
    } catch {
      // A text that can't be read is no text, whatever was wrong with its beginning.
      takingGate.lock()
      failure = failing(error)
      takingGate.unlock()
      return nil
    }
  }

  private var hasFailed: Bool {
    takingGate.lock()
    defer { takingGate.unlock() }
    return failure != nil
  }
}

extension DelimitedText {
  /// Reads columns block by block.
  ///
  /// - Parameters:
  ///   - readings: How to read each column; none is to be inferred.
  ///   - work: What is done with each block, by any thread: it gets this text with the block as its only
  ///     rows, and their cells.
  ///   - take: What is then done in the order of the text.
  /// - Throws: What is wrong with the first block that something is wrong with.
  func readBlocks<Output>(
    _ readings: [CellReading],
    work: @escaping (DelimitedText, [CellColumn], _ rowCount: Int) throws -> Output,
    take: @escaping (Output) throws -> Void
  ) throws {
    let reader = makeReader()
    let parser = ChunkParser(delimiter: delimiter, readings: readings, code: effort.code)
    var line = start.line
    let output = { (parsed: ParsedChunk, line: Int) throws -> Output in
      let text = self.with(RowBlock(bytes: parsed.buffer.bytes, line: line))
      return try work(text, try text.cells(parsed, readings), parsed.rowCount)
    }
    try ChunkPipeline(
      reader, workers: (0..<effort.threads).map { _ in BlockWorker<Output>(columnCount) },
      buffer: \.parsed.buffer,
      work: { worker in
        parser.parse(worker.parsed)
        guard worker.parsed.fault == nil else { return }
        // The line is not known yet, but matters only to messages.
        worker.output = Result { try output(worker.parsed, 0) }
      },
      take: { (worker, _) throws(any Error) in
        if let fault = worker.parsed.fault {
          throw fault.described(path: path, bytes: worker.parsed.buffer.bytes, firstLine: line)
        }
        switch worker.output {
        case .success(let output): try take(output)
        case .failure(let error) where !(error is TableError): throw error
        // With its line, the message is right.
        case .failure, nil: try take(try output(worker.parsed, line))
        }
        line += worker.parsed.lineCount
      },
      failing: { $0 }
    ).run()
  }

  private func with(_ block: RowBlock) -> DelimitedText {
    var text = self
    text.block = block
    return text
  }

  /// The cells of a chunk, if this text is its block.
  private func cells(
    _ parsed: ParsedChunk, _ readings: [CellReading]
  ) throws(TableError) -> [CellColumn] {
    let columns = readings.indices.map { column in
      var collected = CellCollector.CollectedColumn(reading: readings[column])
      collected.take(parsed.columns[column], of: parsed, after: 0)
      return collected
    }
    try check(columns)
    return columns.map(\.cells)
  }
}

/// What a thread works with.
private final class BlockWorker<Output> {
  let parsed: ParsedChunk
  /// What came of the chunk; nil if its rows are at fault.
  var output: Result<Output, any Error>?

  init(_ columnCount: Int) { parsed = ParsedChunk(columnCount: columnCount) }
}

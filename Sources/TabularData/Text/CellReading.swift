/// How the cells of a column are to be read.
enum CellReading: Equatable {
  case skip
  /// As numbers if all cells are, otherwise as texts.
  case infer
  /// As numbers; a cell that is none is an error.
  case number
  /// As texts.
  case text
  /// As texts of which only blank ones are missing: `NA` may be a label.
  case label
}

/// The cells of a column, one for each row.
enum CellColumn {
  case skipped
  /// Finite numbers, NaN where a value is missing.
  case numbers([Double])
  case texts(TextColumn)
}

/// Texts by code: the distinct ones once, in the order in which they first occur.
struct TextColumn {
  /// The distinct text of each row, -1 where it is missing.
  var codes: [Int32]
  var distinct: DistinctTexts
}

extension DelimitedText {
  /// Reads all cells of some columns.
  ///
  /// - Parameter readings: How to read each column of the file.
  /// - Returns: The cells of each column of the file, `skipped` where they are not wanted.
  /// - Throws: ``TableError`` at the first infinite number of a column of numbers, or at the first
  ///   text where a number is needed.
  func readCells(_ readings: [CellReading]) throws(TableError) -> [CellColumn] {
    let numbers = readNumbers(wanted: readings.map { $0 == .infer || $0 == .number })
    var textual = readings.map { $0 == .text || $0 == .label }
    for (column, reading) in readings.enumerated() {
      if let row = numbers[column].firstText {
        if reading == .number { throw notANumber(row: row, column: column) }
        textual[column] = true
      } else if let row = numbers[column].firstInfinite {
        throw infinite(row: row, column: column)
      }
    }
    let texts = readTexts(
      wanted: textual, blankOnlyIsMissing: readings.map { $0 == .label })
    return readings.indices.map { column in
      if let text = texts[column] { return .texts(text) }
      return readings[column] == .skip ? .skipped : .numbers(numbers[column].values)
    }
  }

  private func notANumber(row: Int, column: Int) -> TableError {
    error(
      row: row, column: column,
      "holds \(quoted(shownText(row: row, column: column))), which is no number; "
        + "correct it, or leave the cell blank")
  }

  private func infinite(row: Int, column: Int) -> TableError {
    error(
      row: row, column: column,
      "holds \(quoted(shownText(row: row, column: column))), an infinite value; "
        + "leave the cell blank if the value is not known")
  }
}

/// What came of reading a column as numbers.
struct NumberReading {
  /// One number for each row; empty if the column is not wanted or not numeric.
  var values: [Double] = []
  /// The first row whose cell is neither a number nor missing.
  var firstText: Int?
  /// The first row whose number is infinite.
  var firstInfinite: Int?
}

extension DelimitedText {
  /// Reads columns as numbers, in one pass over the text.
  ///
  /// A tile of some rows is parsed row by row and then appended column by column, so that a table
  /// of hundreds of columns does not write to as many places in memory at once. A column in which a
  /// text occurs is given up there.
  func readNumbers(wanted: [Bool]) -> [NumberReading] {
    var readings = [NumberReading](repeating: NumberReading(), count: columnCount)
    guard let lastWanted = wanted.lastIndex(of: true) else { return readings }
    let tileRows = max(16, min(1_024, (1 << 17) / columnCount))
    for column in 0..<columnCount where wanted[column] {
      readings[column].values.reserveCapacity(rowCount)
    }
    var isOpen = wanted
    var tile = [Double](repeating: 0, count: tileRows * columnCount)
    for first in stride(from: 0, to: rowCount, by: tileRows) {
      let rows = first..<min(first + tileRows, rowCount)
      parseTile(rows, stride: tileRows, lastWanted, &tile, &isOpen, &readings)
      for column in 0..<columnCount where isOpen[column] {
        readings[column].values.append(
          contentsOf: tile[column * tileRows..<column * tileRows + rows.count])
      }
    }
    return readings
  }

  /// Parses some rows into `tile[column * stride + row]`.
  private func parseTile(
    _ rows: Range<Int>, stride: Int, _ lastColumn: Int, _ tile: inout [Double],
    _ isOpen: inout [Bool], _ readings: inout [NumberReading]
  ) {
    bytes.withUnsafeBufferPointer { buffer in
      tile.withUnsafeMutableBufferPointer { tile in
        for row in rows {
          var position = start(ofRow: row)
          for column in 0...lastColumn {
            guard isOpen[column] else {
              position = fieldSpan(buffer, at: position, delimiter: delimiter).next + 1
              continue
            }
            let cell = parseCell(buffer, at: position, delimiter: delimiter)
            tile[column * stride + row - rows.lowerBound] = cell.value
            position = cell.next + 1
            switch cell.outcome {
            case .finite: continue
            case .infinite:
              readings[column].firstInfinite = readings[column].firstInfinite ?? row
            case .text:
              isOpen[column] = false
              readings[column] = NumberReading(firstText: row)
            }
          }
        }
      }
    }
  }

  /// Reads columns as texts, in one pass over the text; nil for columns that are not wanted.
  func readTexts(wanted: [Bool], blankOnlyIsMissing: [Bool]) -> [TextColumn?] {
    guard let lastWanted = wanted.lastIndex(of: true) else {
      return Array(repeating: nil, count: columnCount)
    }
    var distinct = [DistinctTexts](repeating: DistinctTexts(), count: columnCount)
    var codes = [[Int32]](repeating: [], count: columnCount)
    for column in 0..<columnCount where wanted[column] { codes[column].reserveCapacity(rowCount) }
    bytes.withUnsafeBufferPointer { buffer in
      for row in 0..<rowCount {
        var position = start(ofRow: row)
        for column in 0...lastWanted {
          let span = fieldSpan(buffer, at: position, delimiter: delimiter)
          position = span.next + 1
          guard wanted[column] else { continue }
          let content = UnsafeBufferPointer(rebasing: buffer[span.start..<span.end])
          let isMissing =
            blankOnlyIsMissing[column] ? content.isEmpty : isMissingWord(content)
          if isMissing {
            codes[column].append(-1)
          } else if span.isEscaped {
            unescaped(content).withUnsafeBufferPointer { text in
              codes[column].append(distinct[column].code(of: text, row: row))
            }
          } else {
            codes[column].append(distinct[column].code(of: content, row: row))
          }
        }
      }
    }
    return (0..<columnCount).map { column in
      wanted[column] ? TextColumn(codes: codes[column], distinct: distinct[column]) : nil
    }
  }
}

/// A cell that was read as a number.
private struct ParsedCell {
  enum Outcome { case finite, infinite, text }

  /// NaN where the cell is missing, or no finite number.
  var value: Double
  var outcome: Outcome
  /// The byte after the field.
  var next: Int
}

/// Reads a cell as a number; up to 15 plain digits with a point and a sign need no second look.
@inline(__always)
private func parseCell(
  _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, delimiter: UInt8
) -> ParsedCell {
  let end = bytes.count
  var position = start
  let isNegative = position < end && bytes[position] == UInt8(ascii: "-")
  if isNegative { position += 1 }
  let firstDigit = position
  var mantissa: UInt64 = 0
  while position < end {
    let digit = bytes[position] &- UInt8(ascii: "0")
    guard digit < 10 else { break }
    mantissa = mantissa &* 10 &+ UInt64(digit)
    position += 1
  }
  var digits = position - firstDigit
  var fraction = 0
  if position < end, bytes[position] == UInt8(ascii: ".") {
    position += 1
    let firstFraction = position
    while position < end {
      let digit = bytes[position] &- UInt8(ascii: "0")
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      position += 1
    }
    fraction = position - firstFraction
    digits += fraction
  }
  let isWhole =
    position == end || bytes[position] == delimiter || bytes[position] == 0x0A
    || bytes[position] == 0x0D
  guard isWhole, digits > 0, digits <= 15 else {
    return parseOddCell(bytes, at: start, delimiter: delimiter)
  }
  let magnitude = fraction == 0 ? Double(mantissa) : Double(mantissa) / exactPowersOfTen[fraction]
  return ParsedCell(value: isNegative ? -magnitude : magnitude, outcome: .finite, next: position)
}

/// Reads any cell as a number.
@inline(never)
private func parseOddCell(
  _ bytes: UnsafeBufferPointer<UInt8>, at start: Int, delimiter: UInt8
) -> ParsedCell {
  let span = fieldSpan(bytes, at: start, delimiter: delimiter)
  switch classifyCell(UnsafeBufferPointer(rebasing: bytes[span.start..<span.end])) {
  case .number(let value): return ParsedCell(value: value, outcome: .finite, next: span.next)
  case .missing: return ParsedCell(value: .nan, outcome: .finite, next: span.next)
  case .infinite: return ParsedCell(value: .nan, outcome: .infinite, next: span.next)
  case .text: return ParsedCell(value: .nan, outcome: .text, next: span.next)
  }
}

/// A table of aligned columns that fits into a terminal.
struct TextTable {
  /// What is known about a column besides its cells.
  struct Column {
    var title: String
    var alignsRight = false
    /// Columns of least importance are dropped first where the width does not suffice; nil stays always.
    var importance: Int?
    /// Whether long cells may be cut, down to ``TextTable/leastElasticWidth`` characters.
    var isElastic = false
  }

  /// A line below the header.
  enum Row {
    /// A cell for each column.
    case cells([String], emphasis: Emphasis? = nil)
    /// A text across the columns.
    case note(String)
  }

  static let leastElasticWidth = 24
  private static let gap = 2

  var columns: [Column]
  var rows: [Row] = []

  /// The lines of the table, none wider than `width` characters.
  func lines(width: Int, emphasis: Emphasize?) -> [String] {
    let kept = keptColumns(width: width)
    let widths = columnWidths(kept, width: width)
    let header = line(kept.map { columns[$0].title }, kept, widths)
    return [finished(header, .header, width, emphasis)]
      + rows.map { row in
        switch row {
        case .cells(let cells, let mark):
          finished(line(kept.map { cells[$0] }, kept, widths), mark, width, emphasis)
        case .note(let text): finished(text, .faint, width, emphasis)
        }
      }
  }

  /// The width with all columns and nothing cut.
  var naturalWidth: Int {
    columns.indices.reduce(Self.gap * (columns.count - 1)) { $0 + naturalWidth($1) }
  }

  /// The positions of the columns that there is room for.
  private func keptColumns(width: Int) -> [Int] {
    var kept = Array(columns.indices)
    while leastWidth(kept) > width {
      let weakest = kept.filter { columns[$0].importance != nil }
        .min { columns[$0].importance ?? 0 < columns[$1].importance ?? 0 }
      guard let weakest else { break }
      kept.removeAll { $0 == weakest }
    }
    return kept
  }

  private func leastWidth(_ kept: [Int]) -> Int {
    kept.reduce(Self.gap * (kept.count - 1)) { sum, column in
      let natural = naturalWidth(column)
      return sum
        + (columns[column].isElastic ? min(natural, Self.leastElasticWidth) : natural)
    }
  }

  private func columnWidths(_ kept: [Int], width: Int) -> [Int] {
    var room = width - leastWidth(kept)
    return kept.map { column in
      let natural = naturalWidth(column)
      guard columns[column].isElastic else { return natural }
      let least = min(natural, Self.leastElasticWidth)
      let chosen = min(natural, least + max(0, room))
      room -= chosen - least
      return chosen
    }
  }

  private func naturalWidth(_ column: Int) -> Int {
    rows.reduce(columns[column].title.count) { width, row in
      if case .cells(let cells, _) = row { max(width, cells[column].count) } else { width }
    }
  }

  private func line(_ cells: [String], _ kept: [Int], _ widths: [Int]) -> String {
    var line = ""
    for (place, cell) in cells.enumerated() {
      let text = cell.cut(to: widths[place])
      let padding = String(repeating: " ", count: widths[place] - text.count)
      line += (place > 0 ? String(repeating: " ", count: Self.gap) : "")
      line += columns[kept[place]].alignsRight ? padding + text : text + padding
    }
    return line
  }

  private func finished(
    _ line: String, _ mark: Emphasis?, _ width: Int, _ emphasis: Emphasize?
  ) -> String {
    var text = line.cut(to: width)
    while text.last == " " { text.removeLast() }
    guard let mark, let emphasis else { return text }
    return emphasis(mark, text)
  }
}

extension String {
  /// The text, or its beginning with an ellipsis where it has more than `width` characters.
  func cut(to width: Int) -> String {
    count <= width ? self : String(prefix(max(0, width - 1))) + "…"
  }

  /// The words of the text in lines of at most `width` characters; longer words stay whole.
  func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}

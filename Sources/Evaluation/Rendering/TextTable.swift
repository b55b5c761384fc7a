/// A table of aligned columns that fits into a terminal.
package struct TextTable {
  /// What is known about a column besides its cells.
  package struct Column {
    var title: String
    var alignsRight: Bool
    /// Where the width does not suffice, room is given to more important columns first; nil stays always.
    var importance: Int?
    /// How many characters long cells may be cut to; nil keeps them whole.
    var leastWidth: Int?

    package init(
      title: String, alignsRight: Bool = false, importance: Int? = nil, leastWidth: Int? = nil
    ) {
      self.title = title
      self.alignsRight = alignsRight
      self.importance = importance
      self.leastWidth = leastWidth
    }
  }

  /// A line below the header.
  package enum Row {
    /// A cell for each column.
    case cells([String], emphasis: Emphasis? = nil)
    /// A text across the columns.
    case note(String)
  }

  private static let gap = 2

  package var columns: [Column]
  package var rows: [Row]

  package init(columns: [Column], rows: [Row] = []) {
    self.columns = columns
    self.rows = rows
  }

  /// The lines of the table, none wider than `width` characters.
  package func lines(width: Int, emphasis: Emphasize?) -> [String] {
    let kept = keptColumns(width: width)
    let widths = columnWidths(kept, width: width)
    let header = line(kept.map { columns[$0].title }, kept, widths)
    let rule = String(repeating: "─", count: widths.reduce(Self.gap * (kept.count - 1), +))
    return [
      finished(header, .header, width, emphasis), finished(rule, .faint, width, emphasis),
    ]
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
    var kept = columns.indices.filter { columns[$0].importance == nil }
    let others = columns.indices.filter { columns[$0].importance != nil }
      .sorted { columns[$0].importance ?? 0 > columns[$1].importance ?? 0 }
    for column in others where leastWidth(kept + [column]) <= width { kept.append(column) }
    return kept.sorted()
  }

  private func leastWidth(_ kept: [Int]) -> Int {
    kept.reduce(Self.gap * (kept.count - 1)) { $0 + leastWidth($1) }
  }

  private func leastWidth(_ column: Int) -> Int {
    min(naturalWidth(column), columns[column].leastWidth ?? .max)
  }

  private func columnWidths(_ kept: [Int], width: Int) -> [Int] {
    var room = width - leastWidth(kept)
    return kept.map { column in
      let least = leastWidth(column)
      let chosen = min(naturalWidth(column), least + max(0, room))
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
  package func wrapped(to width: Int) -> [String] {
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

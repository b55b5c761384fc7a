extension ModelEvaluation {
  /// The evaluation for a terminal: metrics, figures of each class, and what is taken for what.
  ///
  /// - Parameters:
  ///   - width: The characters of a line, 40 or more.
  ///   - emphasis: Adds colour to finished lines; nil leaves plain text.
  /// - Returns: Lines that each end with a line feed.
  package func table(width: Int = 100, emphasis: Emphasize? = nil) -> String {
    let title = "\(FigureFormat.grouped(rows)) row\(rows == 1 ? "" : "s")"
    var lines = [emphasis?(.title, title) ?? title, ""]
    lines += metricLines(width: width)
    if let meanCost { lines.append("mean cost of a prediction  " + FigureFormat.short(meanCost)) }
    lines.append("")
    lines += classTable.lines(width: width, emphasis: emphasis)
    lines.append("")
    let matrix = confusionTable
    lines +=
      matrix.naturalWidth <= width
      ? matrix.lines(width: width, emphasis: emphasis)
      : mistakeTable.lines(width: width, emphasis: emphasis)
    return lines.map { $0 + "\n" }.joined()
  }

  /// A line for each metric; the interval is left out where there is no room for it.
  private func metricLines(width: Int) -> [String] {
    let titleWidth = metrics.all.map(\.metric.title.count).max() ?? 0
    return metrics.all.map { element in
      let title = element.metric.title
      let padding = String(repeating: " ", count: titleWidth - title.count)
      let line = title + padding + "  " + FigureFormat.fixed(element.value, digits: 4)
      let interval =
        "   95 % interval \(FigureFormat.fixed(accuracyInterval.low, digits: 4)) to "
        + FigureFormat.fixed(accuracyInterval.high, digits: 4)
      let hasRoom = line.count + interval.count <= width
      return element.metric == .accuracy && hasRoom ? line + interval : line
    }
  }

  private var classTable: TextTable {
    var table = TextTable(columns: [
      .init(title: "class", leastWidth: 8),
      .init(title: "precision", alignsRight: true, importance: 1),
      .init(title: "recall", alignsRight: true),
      .init(title: "F1", alignsRight: true),
      .init(title: "rows", alignsRight: true),
    ])
    table.rows = zip(classes, confusion.perClass).map { name, figures in
      .cells([
        name, FigureFormat.fixed(figures.precision, digits: 4),
        FigureFormat.fixed(figures.recall, digits: 4), FigureFormat.fixed(figures.f1, digits: 4),
        count(figures.support),
      ])
    }
    return table
  }

  private var confusionTable: TextTable {
    var table = TextTable(columns: [.init(title: "true \\ predicted")])
    table.columns += classes.map { .init(title: $0.cut(to: 16), alignsRight: true) }
    table.rows = classes.indices.map { truth in
      .cells(
        [classes[truth].cut(to: 16)] + classes.indices.map { count(confusion[truth, $0]) })
    }
    return table
  }

  /// The ten most frequent mistakes, for more classes than there are columns on the terminal.
  private var mistakeTable: TextTable {
    var mistakes: [(truth: Int, prediction: Int)] = []
    for truth in classes.indices {
      for prediction in classes.indices
      where prediction != truth && confusion[truth, prediction] > 0 {
        mistakes.append((truth, prediction))
      }
    }
    mistakes.sort { left, right in
      let (more, less) = (
        confusion[left.truth, left.prediction], confusion[right.truth, right.prediction]
      )
      return more == less
        ? (left.truth, left.prediction) < (right.truth, right.prediction) : more > less
    }
    var table = TextTable(columns: [
      .init(title: "mistakes: class", leastWidth: 8),
      .init(title: "taken for", leastWidth: 8),
      .init(title: "rows", alignsRight: true),
    ])
    table.rows = mistakes.prefix(10).map {
      .cells([
        classes[$0.truth], classes[$0.prediction], count(confusion[$0.truth, $0.prediction]),
      ])
    }
    return table
  }

  private func count(_ sum: Double) -> String {
    Int(exactly: sum).map { FigureFormat.grouped($0) } ?? FigureFormat.fixed(sum, digits: 1)
  }
}

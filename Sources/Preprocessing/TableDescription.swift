package import PluginKit
import TableColumns

/// A table on its way through the steps, as nodes of a graph: what the steps do to columns without rows.
///
/// All numbers are the columns of one matrix, so that a step is a few nodes however many columns there are.
struct TableDescription {
  /// Where the values of a column are.
  enum Column {
    /// In this column of the matrix of numbers.
    case number(Int)
    /// In these texts, of which missing ones stand for a text of their own, if there is one.
    case category(ModelGraph.Value, missing: String?)
  }

  var graph: ModelGraph
  var columns: [Column]
  /// The matrix; nil while it has no columns.
  private(set) var numbers: ModelGraph.Value?

  init(_ inputs: [FittedPreprocessor.Input], in graph: ModelGraph) {
    self.graph = graph
    columns = []
    var parts: [ModelGraph.Value] = []
    for input in inputs {
      if input.isCategorical {
        let texts = self.graph.column(.textColumn(input.name))
        columns.append(.category(texts, missing: nil))
      } else {
        columns.append(.number(parts.count))
        parts.append(self.graph.column(.numberColumn(input.name)))
      }
    }
    numbers = join(parts)
  }

  /// How many columns the matrix has.
  var numberCount: Int { numbers.map { graph.type(of: $0).width } ?? 0 }

  /// Changes the matrix by an operation that keeps its width.
  mutating func apply(_ operation: ModelGraph.Operation) {
    if let numbers { self.numbers = graph.append(operation, numbers) }
  }

  /// Adds columns to the matrix.
  mutating func add(_ parts: [ModelGraph.Value]) {
    numbers = join((numbers.map { [$0] } ?? []) + parts)
  }

  /// The matrix with a column for each of the present ones, in their order; nil if there are none, or one is
  /// no number.
  mutating func arranged() -> ModelGraph.Value? {
    let places = columns.compactMap { column -> Int? in
      if case .number(let place) = column { place } else { nil }
    }
    guard let numbers, places.count == columns.count else { return nil }
    return places == Array(0..<numberCount) ? numbers : graph.append(.selected(places), numbers)
  }

  private mutating func join(_ parts: [ModelGraph.Value]) -> ModelGraph.Value? {
    parts.count > 1 ? graph.append(.joined, parts) : parts.first
  }
}

extension ModelGraph {
  /// The node that reads a column; models that read the same table share it.
  fileprivate mutating func column(_ operation: Operation) -> Value {
    value(of: operation) ?? append(operation)
  }
}

extension FittedPreprocessor {
  /// Adds the columns and the steps to a graph.
  ///
  /// Numbers are Float64 up to the last node, as in ``transform(_:rows:)``, so that features are the same to
  /// the bit.
  ///
  /// - Returns: The features of the model; nil if there are none.
  package func describe(in graph: inout ModelGraph) -> ModelGraph.Value? {
    var table = TableDescription(inputs, in: graph)
    for step in steps { step.describe(in: &table) }
    guard let numbers = table.arranged() else { return nil }
    graph = table.graph
    return graph.append(.rounded(allowsGaps: acceptsMissing), numbers)
  }
}

extension Imputer {
  func describe(in table: inout TableDescription) {
    var fills = [Double?](repeating: nil, count: table.numberCount)
    var gapColumns: [Int] = []
    var markers: [ModelGraph.Value] = []
    var result: [TableDescription.Column] = []
    // Marks of numbers follow the matrix, then those of texts.
    let numberMarks = zip(columns, table.columns).count { learnt, column in
      if case .number = column { learnt.marksGaps } else { false }
    }
    for (learnt, column) in zip(columns, table.columns) {
      var mark: Int?
      switch (column, learnt.fill) {
      case (.number(let place), .number(let value)):
        fills[place] = value
        result.append(column)
        if learnt.marksGaps {
          mark = table.numberCount + gapColumns.count
          gapColumns.append(place)
        }
      case (.category(let texts, let missing), .category(let text)):
        result.append(.category(texts, missing: missing ?? text))
        if learnt.marksGaps {
          mark = table.numberCount + numberMarks + markers.count
          markers.append(table.graph.append(.gapMark(isFilled: missing != nil), texts))
        }
      default: preconditionFailure("impute has a fill of another kind than its column")
      }
      if let mark { result.append(.number(mark)) }
    }
    if !gapColumns.isEmpty, let numbers = table.numbers {
      let gaps = table.graph.append(.selected(gapColumns), numbers)
      markers.insert(table.graph.append(.markedGaps, gaps), at: 0)
    }
    if fills.contains(where: { $0 != nil }) { table.apply(.filledGaps(fills)) }
    if !markers.isEmpty { table.add(markers) }
    table.columns = result
  }
}

extension ModelGraph.Operation {
  /// 1 where a text is missing, unless an earlier step has filled it.
  fileprivate static func gapMark(isFilled: Bool) -> ModelGraph.Operation {
    .encodedCategory(
      ModelGraph.CategoryEncoding(
        categories: [], missingTexts: missingTexts, missing: isFilled ? .zeros : .column(0),
        unseen: .zeros, width: 1))
  }
}

extension Scaler {
  func describe(in table: inout TableDescription) {
    var centres = [Double](repeating: 0, count: table.numberCount)
    var widths = [Double](repeating: 1, count: table.numberCount)
    for (scaling, column) in zip(columns, table.columns) {
      guard let scaling, case .number(let place) = column else { continue }
      centres[place] = scaling.centre
      widths[place] = scaling.width
    }
    guard columns.contains(where: { $0 != nil }) else { return }
    table.apply(.scaled(centres: centres, widths: widths))
  }
}

extension OneHotEncoder {
  func describe(in table: inout TableDescription) {
    var parts: [ModelGraph.Value] = []
    var result: [TableDescription.Column] = []
    var next = table.numberCount
    for (encoding, column) in zip(columns, table.columns) {
      guard let encoding, case .category(let texts, let missing) = column else {
        result.append(column)
        continue
      }
      let described = encoding.description(unseen: unseen, missing: missing)
      guard described.width > 0 else { continue }
      parts.append(table.graph.append(.encodedCategory(described), texts))
      result += (next..<next + described.width).map { .number($0) }
      next += described.width
    }
    if !parts.isEmpty { table.add(parts) }
    table.columns = result
  }
}

extension OneHotEncoder.Encoding {
  /// What a graph needs to know; missing values stand for the text `missing`, if there is one.
  fileprivate func description(
    unseen: OneHotEncoder.Unseen, missing: String?
  ) -> ModelGraph.CategoryEncoding {
    let others: ModelGraph.CategoryEncoding.Outcome =
      switch unseen {
      case .ignore: .zeros
      case .error: .refused
      case .other: .column(categories.count)
      }
    let known =
      categories.enumerated().map { ModelGraph.CategoryEncoding.Category($1, .column($0)) }
      + rare.map { ModelGraph.CategoryEncoding.Category($0, .zeros) }
    let outcomeOfMissing = missing.map { text in
      known.first { ByteText($0.text) == ByteText(text) }?.outcome ?? others
    }
    return ModelGraph.CategoryEncoding(
      categories: known, missingTexts: missingTexts, missing: outcomeOfMissing ?? .missing,
      unseen: others, width: categories.count + (unseen == .other ? 1 : 0))
  }
}

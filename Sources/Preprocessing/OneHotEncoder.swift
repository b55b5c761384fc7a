import PluginKit
import TableColumns

/// Makes a 0/1 column of each category of a categorical column.
///
/// The new columns take the place of the old one, in the byte order of their categories. Of more than
/// `max_categories` categories the most frequent in the training rows are kept (ties by bytes); the rare
/// ones go to the shared column `<name>=(other)` with `unseen: other`, and otherwise to no column: all
/// zeros. A missing value is missing in all columns of its category.
struct OneHotEncoder: Transformer {
  /// What becomes of a category that no training row has.
  enum Unseen: String, CaseIterable, Sendable {
    /// All columns are 0.
    case ignore
    /// The table is refused.
    case error
    /// A column that all unseen and rare categories share is 1.
    case other
  }

  static let unseen = Parameter.choice(
    "unseen", default: Unseen.ignore,
    summary: "what becomes of categories that no training row has")
  static let maxCategories = Parameter.integer(
    "max_categories", 1...100_000, default: 64,
    summary: "how many categories of a column get a column of their own, the most frequent first")

  static let declaration = StepDeclaration(
    id: "one-hot", summary: "Turns categorical columns into 0/1 columns",
    parameters: [unseen.declaration, maxCategories.declaration])

  /// What was learnt about a categorical column.
  struct Encoding: Sendable {
    /// The categories with a column of their own, by bytes.
    let categories: [String]
    /// Known categories without a column, by bytes; kept only where unseen ones must be told from them.
    let rare: [String]
  }

  let unseen: Unseen
  /// One for each column; nil for numeric ones.
  let columns: [Encoding?]

  static func fit(_ parameters: ParameterValues, to columns: [WorkingColumn]) -> OneHotEncoder {
    let unseen = parameters[Self.unseen]
    let limit = parameters[maxCategories]
    let encodings = columns.map { column -> Encoding? in
      guard case .categories(let codes, let texts) = column.values else { return nil }
      let categories = CategoryCounts(codes: codes, texts: texts).byCount
      return Encoding(
        categories: categories.prefix(limit).sorted { $0.precedesByBytes($1) },
        rare: unseen == .error
          ? categories.dropFirst(limit).sorted { $0.precedesByBytes($1) } : [])
    }
    return OneHotEncoder(unseen: unseen, columns: encodings)
  }

  func apply(to columns: [WorkingColumn]) throws(PreprocessingError) -> [WorkingColumn] {
    var result: [WorkingColumn] = []
    for (encoding, column) in try Self.pairs(self.columns, columns) {
      switch (encoding, column.values) {
      case (nil, .numbers): result.append(column)
      case (let encoding?, .categories(let codes, let texts)):
        result += try encoded(column, codes, texts, by: encoding)
      default: throw .damagedState("one-hot was fitted to another kind of column '\(column.name)'")
      }
    }
    return result
  }

  private func encoded(
    _ column: WorkingColumn, _ codes: [Int32], _ texts: [String], by encoding: Encoding
  ) throws(PreprocessingError) -> [WorkingColumn] {
    let labels = encoding.categories + (unseen == .other ? ["(other)"] : [])
    let places = try places(of: codes, texts, column: column.name, in: encoding)
    var blank = [Double](repeating: 0, count: codes.count)
    for (row, code) in codes.enumerated() where code < 0 { blank[row] = .nan }
    var encoded = Array(repeating: blank, count: labels.count)
    for (row, code) in codes.enumerated() where code >= 0 {
      if let place = places[Int(code)] { encoded[place][row] = 1 }
    }
    return zip(labels, encoded).map { label, values in
      WorkingColumn(
        name: "\(column.name)=\(label)", origin: column.origin,
        values: .numbers(values, .indicator))
    }
  }

  /// Which new column each category of `texts` sets to 1; nil for none.
  ///
  /// Categories are matched by their bytes, because another table may number them otherwise.
  private func places(
    of codes: [Int32], _ texts: [String], column: String, in encoding: Encoding
  ) throws(PreprocessingError) -> [Int?] {
    let placeOfText = encoding.categories.placesByBytes
    let shared = unseen == .other ? encoding.categories.count : nil
    let places = texts.map { placeOfText[ByteText($0)] ?? shared }
    guard unseen == .error else { return places }
    let rare = Set(encoding.rare.map(ByteText.init))
    for code in codes where code >= 0 && places[Int(code)] == nil {
      let text = texts[Int(code)]
      guard rare.contains(ByteText(text)) else {
        throw .unseenCategory(
          column: column, category: text, known: encoding.categories + encoding.rare)
      }
    }
    return places
  }
}

extension OneHotEncoder {
  var state: JSONValue {
    let columns = columns.map { encoding -> JSONValue in
      guard let encoding else { return .null }
      return .object([
        ("categories", .array(encoding.categories.map { .string($0) })),
        ("rare", .array(encoding.rare.map { .string($0) })),
      ])
    }
    return .object([("unseen", .string(unseen.rawValue)), ("columns", .array(columns))])
  }

  init(state: JSONValue) throws(PreprocessingError) {
    guard let unseen = state["unseen"]?.string.flatMap(Unseen.init) else {
      throw .damagedState("one-hot does not say what becomes of unseen categories")
    }
    self.unseen = unseen
    columns = try Self.columnStates(in: state).map { column throws(PreprocessingError) in
      if column == .null { return nil }
      return Encoding(
        categories: try Self.texts(column["categories"]), rare: try Self.texts(column["rare"]))
    }
  }

  private static func texts(_ list: JSONValue?) throws(PreprocessingError) -> [String] {
    guard let elements = list?.array, elements.allSatisfy({ $0.string != nil }) else {
      throw .damagedState("one-hot has a column without a list of categories")
    }
    return elements.compactMap(\.string)
  }
}

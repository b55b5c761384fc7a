package import ModelExport
import PluginKit
import Preprocessing
import TableColumns

extension ParityRows {
  /// Lets a model predict rows that are drawn around what it knows of its columns, so that an export gives no
  /// row of anybody's table away.
  ///
  /// Numbers are normal around the middle of what the steps make of the column. One value in ten is missing,
  /// one category in ten is one that no table has; where the model refuses these, there are none. The same
  /// model gives the same rows.
  ///
  /// - Throws: What ``ModelExport/TabularClassifier/predict(_:)`` throws.
  package init(drawnFor classifier: TabularClassifier) throws {
    for (gaps, strangers) in [(true, true), (true, false), (false, true)] {
      let rows = DrawnRows(classifier, hasGaps: gaps, hasStrangers: strangers).table
      if let drawn = try? ParityRows(classifier, rows: rows) {
        self = drawn
        return
      }
    }
    try self.init(
      classifier, rows: DrawnRows(classifier, hasGaps: false, hasStrangers: false).table)
  }
}

/// Draws rows for a model.
private struct DrawnRows {
  let classifier: TabularClassifier
  let hasGaps: Bool
  /// Whether there are categories that the model has not seen.
  let hasStrangers: Bool

  init(_ classifier: TabularClassifier, hasGaps: Bool, hasStrangers: Bool) {
    self.classifier = classifier
    self.hasGaps = hasGaps
    self.hasStrangers = hasStrangers
  }

  var table: Table {
    Table(
      rowCount: ParityRows.rowCount, columns: classifier.bundle.schema.features.map { column($0) })
  }

  private func column(_ field: FeatureField) -> Column {
    var generator = Seed(0).keyed("parity").keyed(field.name).generator()
    guard case .categorical(let known) = field.kind else {
      let (middle, width) = spread(of: field)
      let numbers = (0..<ParityRows.rowCount).map { _ in
        let value = middle + width * generator.normal()
        return hasGaps && generator.index(below: 10) == 0 ? .nan : value
      }
      return Column(name: field.name, values: .numeric(numbers))
    }
    let categories = known + ["no such category"]
    let codes = (0..<ParityRows.rowCount).map { _ -> Int32 in
      let chance = generator.index(below: 10)
      let code = known.isEmpty ? -1 : generator.index(below: known.count)
      if hasGaps && chance == 0 { return -1 }
      return Int32(hasStrangers && chance == 1 ? known.count : code)
    }
    return Column(
      name: field.name, values: .categorical(codes: codes, categories: categories))
  }

  /// The middle and the width of a column, from what the steps make of 0, of 1 and of a missing value.
  private func spread(of field: FeatureField) -> (middle: Double, width: Double) {
    let values = probe(field)
    let (atZero, atOne) = (values.atZero, values.atOne)
    let slope = atOne - atZero
    let middle = values.atGap ?? 0
    guard slope > 0, slope != 1 || atZero != 0 else { return (middle, max(1, abs(middle) / 2)) }
    return ((middle - atZero) / slope, 1 / slope)
  }

  private func probe(_ field: FeatureField) -> (atZero: Double, atOne: Double, atGap: Double?) {
    // The members of an ensemble have steps of their own; those of the first serve to draw.
    let preprocessing = (classifier.members.first ?? classifier).bundle.preprocessing
    let place = preprocessing.columns.firstIndex {
      $0.origin == field.name && $0.kind == .numeric
    }
    func feature(_ value: Double) -> Double? {
      let columns = classifier.bundle.schema.features.map { other -> Column in
        if other == field { return Column(name: other.name, values: .numeric([value])) }
        guard case .categorical(let known) = other.kind else {
          return Column(name: other.name, values: .numeric([0]))
        }
        return Column(name: other.name, values: .categorical(codes: [0], categories: known))
      }
      guard let place,
        let features = try? preprocessing.transform(Table(rowCount: 1, columns: columns)),
        features[0, place].isFinite
      else { return nil }
      return Double(features[0, place])
    }
    return (feature(0) ?? 0, feature(1) ?? 1, feature(.nan))
  }
}

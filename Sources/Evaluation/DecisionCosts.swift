package import PluginKit

/// What wrong predictions cost, and the prediction that costs least.
///
/// With C(i, j) the cost of predicting class j where class i is true, the prediction of a row with the class
/// probabilities p is
///
///     argminⱼ Σᵢ pᵢ C(i, j).
///
/// Of equal sums the more probable class is taken, and of equally probable ones the lower. Where every
/// mistake costs 1 and no correct prediction anything, that is the most probable class.
///
/// Reference: C. Elkan, "The foundations of cost-sensitive learning", IJCAI 2001.
package struct DecisionCosts: Sendable, Equatable {
  /// The number of classes K.
  package let classCount: Int
  /// C row by row: a row for each true class, K predicted classes each.
  private let values: [Double]

  /// Takes costs by their classes.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes.
  ///   - costs: Those that differ from 1 for a mistake and 0 for a correct prediction: finite, 0 or more.
  package init(classCount: Int, costs: [(actual: Int, predicted: Int, cost: Double)]) {
    var values = (0..<classCount * classCount).map { $0 % (classCount + 1) == 0 ? 0.0 : 1.0 }
    for entry in costs {
      precondition(
        entry.cost >= 0 && entry.cost.isFinite, "a cost of 0 or more is needed, got \(entry.cost)")
      values[entry.actual * classCount + entry.predicted] = entry.cost
    }
    self.classCount = classCount
    self.values = values
  }

  /// The cost of predicting a class where another one, or the same, is true.
  package subscript(actual: Int, predicted: Int) -> Double {
    values[actual * classCount + predicted]
  }

  /// The predictions for rows of probabilities, K each.
  package func predictions(_ probabilities: [Double]) -> [Int32] {
    (0..<probabilities.count / classCount).map { row in
      prediction(probabilities[row * classCount..<(row + 1) * classCount])
    }
  }

  private func prediction(_ probabilities: ArraySlice<Double>) -> Int32 {
    let start = probabilities.startIndex
    var (best, least) = (0, Double.infinity)
    for predicted in 0..<classCount {
      var cost = 0.0
      for actual in 0..<classCount {
        cost += probabilities[start + actual] * values[actual * classCount + predicted]
      }
      let isMoreProbable = probabilities[start + predicted] > probabilities[start + best]
      if cost < least || (cost == least && isMoreProbable) { (best, least) = (predicted, cost) }
    }
    return Int32(best)
  }

  /// The mean cost of predictions, rows counting by their weights.
  package func mean(of confusion: ConfusionMatrix) -> Double {
    var (cost, total) = (0.0, 0.0)
    for actual in 0..<classCount {
      for predicted in 0..<classCount {
        cost += confusion[actual, predicted] * self[actual, predicted]
        total += confusion[actual, predicted]
      }
    }
    return cost / total
  }
}

extension DecisionCosts {
  /// The costs as a JSON array of rows, one for each true class.
  package var json: JSONValue {
    .array(
      (0..<classCount).map { actual in
        .array((0..<classCount).map { .number(self[actual, $0]) })
      })
  }

  /// Reads what ``json`` gave; nil for anything else.
  package init?(json: JSONValue, classCount: Int) {
    guard let rows = json.array, rows.count == classCount else { return nil }
    let values = rows.flatMap { $0.array?.compactMap(\.number) ?? [] }
    guard rows.allSatisfy({ $0.array?.count == classCount }),
      values.count == classCount * classCount, values.allSatisfy({ $0 >= 0 && $0.isFinite })
    else { return nil }
    self.classCount = classCount
    self.values = values
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
package import Evaluation

/// Chooses an ensemble from a library: one model after the other, each as often as it helps.
///
/// A selection j₁ … jₜ, in which a model may stand several times, has the mean probabilities
///
///     p̄ᵢₖ = (1/t) Σₛ pᵢₖ(jₛ).
///
/// It begins with the best model of the library. Each step adds the model with which the mean does best on the
/// given rows: by the metric if that depends on the predicted classes only, then by the log loss of p̄; where
/// both are equal, by the rank in the library. Of all the selections on the way the best one is kept, and the
/// shortest of those whose log losses are the same to a millionth.
///
/// Reference: R. Caruana, A. Niculescu-Mizil, G. Crew and A. Ksikes, "Ensemble selection from libraries of
/// models", ICML 2004, doi:10.1145/1015330.1015432.
package struct GreedySelection: Sendable {
  /// What the ensemble is to be good at.
  package let metric: Metric
  /// The most models of a selection, repetitions counted; 1 or more.
  package let size: Int

  package init(metric: Metric, size: Int) {
    precondition(size >= 1, "an ensemble has at least 1 model, got \(size)")
    self.metric = metric
    self.size = size
  }

  /// Selects models by some rows of a library.
  ///
  /// O(size · models · rows · K).
  ///
  /// - Parameters:
  ///   - library: The models.
  ///   - rows: The rows that decide; at least one has a weight over 0.
  /// - Returns: How often each model was chosen, at least one of them once.
  package func counts(from library: EnsembleLibrary, rows: [Int]) -> [Int] {
    var course = SelectionCourse(library, rows: rows, metric: metric)
    course.add(0)
    var best = (standing: course.standing, chosen: course.chosen)
    while course.chosen.count < size {
      course.addBest()
      if course.standing.isBetter(than: best.standing, by: metric) {
        best = (course.standing, course.chosen)
      }
    }
    var counts = [Int](repeating: 0, count: library.probabilities.count)
    for model in best.chosen { counts[model] += 1 }
    return counts
  }
}

/// How good a selection is on the rows that decide.
private struct SelectionStanding {
  /// The metric; nil where it depends on more than the predicted classes.
  var value: Double?
  var logLoss: Double

  func isBetter(than other: SelectionStanding, by metric: Metric) -> Bool {
    if let value, let otherValue = other.value, value != otherValue {
      return metric.isBetter(value, than: otherValue)
    }
    // Rounding alone must not make a mean better than the same mean of fewer models.
    return logLoss < other.logLoss * (1 - 1e-6)
  }
}

/// A selection that grows.
private struct SelectionCourse {
  private let library: EnsembleLibrary
  private let rows: [Int]
  private let metric: Metric
  private let labels: [Int]
  private let weights: [Double]
  private let weightSum: Double
  /// The sums of the chosen models' probabilities, in the order of `rows`.
  private var sums: [Double]
  private(set) var chosen: [Int] = []
  /// How good the chosen models are together.
  private(set) var standing = SelectionStanding(value: nil, logLoss: .infinity)

  init(_ library: EnsembleLibrary, rows: [Int], metric: Metric) {
    self.library = library
    self.rows = rows
    self.metric = metric
    labels = rows.map { Int(library.labels[$0]) }
    weights = rows.map { library.weight($0) }
    weightSum = weights.reduce(0, +)
    sums = Array(repeating: 0, count: rows.count * library.classCount)
  }

  /// Adds the model with which the selection does best.
  mutating func addBest() {
    let values = library.probabilities.indices.map { value(with: $0) }
    var best = 0
    for model in values.indices.dropFirst() {
      if let value = values[model], let other = values[best], metric.isBetter(value, than: other) {
        best = model
      }
    }
    // A log loss is worth its logarithms only where the metric leaves a choice.
    let equals = values.indices.filter { values[$0] == values[best] }
    var leastLoss = Double.infinity
    for model in equals {
      let loss = logLoss(with: model)
      if loss < leastLoss { (best, leastLoss) = (model, loss) }
    }
    add(best)
  }

  /// Adds a model.
  mutating func add(_ model: Int) {
    standing = SelectionStanding(value: value(with: model), logLoss: logLoss(with: model))
    chosen.append(model)
    let width = library.classCount
    library.probabilities[model].withUnsafeBufferPointer { probabilities in
      for (place, row) in rows.enumerated() {
        for kind in 0..<width {
          sums[place * width + kind] += Double(probabilities[row * width + kind])
        }
      }
    }
  }

  /// The metric of the selection with one model more; nil where it depends on more than predicted classes.
  private func value(with model: Int) -> Double? {
    let width = library.classCount
    var cells = [Double](repeating: 0, count: width * width)
    library.probabilities[model].withUnsafeBufferPointer { probabilities in
      sums.withUnsafeBufferPointer { sums in
        for (place, row) in rows.enumerated() {
          var (best, most) = (0, -1.0)
          for kind in 0..<width {
            let sum = sums[place * width + kind] + Double(probabilities[row * width + kind])
            if sum > most { (best, most) = (kind, sum) }
          }
          cells[labels[place] * width + best] += weights[place]
        }
      }
    }
    return metric.value(of: ConfusionMatrix(classCount: width, sums: cells))
  }

  /// The log loss of the selection with one model more.
  private func logLoss(with model: Int) -> Double {
    let width = library.classCount
    let count = Double(chosen.count + 1)
    var loss = 0.0
    library.probabilities[model].withUnsafeBufferPointer { probabilities in
      for (place, row) in rows.enumerated() {
        let kind = labels[place]
        let sum = sums[place * width + kind] + Double(probabilities[row * width + kind])
        loss -= weights[place] * log(max(sum / count, 1e-15))
      }
    }
    return loss / weightSum
  }
}

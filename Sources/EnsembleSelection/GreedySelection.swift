#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Chooses an ensemble from a library: one model after the other, each as often as it helps.
///
/// A selection j₁ … jₜ, in which a model may stand several times, has the mean probabilities and the log loss
///
///     p̄ᵢₖ = (1/t) Σₛ pᵢₖ(jₛ),    L = -Σᵢ wᵢ log p̄ᵢ,y(i) / Σᵢ wᵢ.
///
/// It begins with the first model of the library. Each step adds the model with which L is least, of several the
/// first. Of all the selections on the way the one with the least L is kept, and the shortest of those whose L
/// is the same to a millionth.
///
/// L decides whatever the search's metric: of some thousand rows the accuracy knows few values, and a selection
/// by it takes what fits by chance. Out of fold, selections by L had the higher accuracy as well.
///
/// Reference: R. Caruana, A. Niculescu-Mizil, G. Crew and A. Ksikes, "Ensemble selection from libraries of
/// models", ICML 2004, doi:10.1145/1015330.1015432.
package struct GreedySelection: Sendable {
  /// The most models of a selection, repetitions counted; 1 or more.
  package let size: Int

  package init(size: Int) {
    precondition(size >= 1, "an ensemble has at least 1 model, got \(size)")
    self.size = size
  }

  /// Selects models by some rows of a library.
  ///
  /// O(size · models · rows), of which each takes a logarithm.
  ///
  /// - Parameters:
  ///   - library: The models.
  ///   - rows: The rows that decide; at least one has a weight over 0.
  /// - Returns: How often each model was chosen, at least one of them once.
  package func counts(from library: EnsembleLibrary, rows: [Int]) -> [Int] {
    var course = SelectionCourse(library, rows: rows)
    course.add(0)
    var best = (logLoss: course.logLoss, chosen: course.chosen)
    while course.chosen.count < size {
      course.addBest()
      // Rounding alone must not make a mean better than the same mean of fewer models.
      if course.logLoss < best.logLoss * (1 - 1e-6) { best = (course.logLoss, course.chosen) }
    }
    var counts = [Int](repeating: 0, count: library.probabilities.count)
    for model in best.chosen { counts[model] += 1 }
    return counts
  }
}

/// A selection that grows.
private struct SelectionCourse {
  /// For each model the probabilities of the true classes, in the order of the rows that decide.
  private let probabilities: [[Double]]
  /// Row weights that sum to 1.
  private let weights: [Double]
  /// The sums of the chosen models' probabilities.
  private var sums: [Double]
  private(set) var chosen: [Int] = []
  /// The log loss of the chosen models' mean.
  private(set) var logLoss = Double.infinity

  init(_ library: EnsembleLibrary, rows: [Int]) {
    probabilities = library.probabilities.map { own in
      rows.map { Double(own[$0 * library.classCount + Int(library.labels[$0])]) }
    }
    let weightSum = rows.reduce(0) { $0 + library.weight($1) }
    weights = rows.map { library.weight($0) / weightSum }
    sums = Array(repeating: 0, count: rows.count)
  }

  /// Adds the model with which the log loss is least.
  mutating func addBest() {
    var (best, leastLoss) = (0, Double.infinity)
    for model in probabilities.indices {
      let loss = logLoss(with: model)
      if loss < leastLoss { (best, leastLoss) = (model, loss) }
    }
    add(best)
  }

  /// Adds a model.
  mutating func add(_ model: Int) {
    logLoss = logLoss(with: model)
    chosen.append(model)
    for row in sums.indices { sums[row] += probabilities[model][row] }
  }

  /// The log loss of the selection with one model more.
  private func logLoss(with model: Int) -> Double {
    let count = Double(chosen.count + 1)
    var loss = 0.0
    probabilities[model].withUnsafeBufferPointer { own in
      for row in sums.indices {
        loss -= weights[row] * log(max((sums[row] + own[row]) / count, 1e-15))
      }
    }
    return loss
  }
}

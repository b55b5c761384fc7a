import MarginHeads
import PluginKit

/// How two-class machines make a classifier of many classes: the words of `multiclass`.
enum MulticlassScheme: String, Sendable, CaseIterable {
  /// For each class a machine that tells it from all others; the largest score wins.
  case oneVersusRest = "one-vs-rest"
  /// For each pair of classes a machine that has seen their rows only; the class with the most votes wins.
  case oneVersusOne = "one-vs-one"
}

/// The two-class machines of a classifier.
///
/// Two classes have one machine under either scheme, with scores ±f.
struct MachineSet: Sendable, Equatable {
  /// The classes that a machine tells apart; its decision is positive for the first.
  struct Machine: Sendable, Equatable {
    let positive: Int
    /// nil for all other classes.
    let negative: Int?
  }

  let scheme: MulticlassScheme
  let classCount: Int
  let machines: [Machine]

  init(_ scheme: MulticlassScheme, classCount: Int) {
    self.scheme = scheme
    self.classCount = classCount
    if scheme == .oneVersusRest, classCount > 2 {
      machines = (0..<classCount).map { Machine(positive: $0, negative: nil) }
    } else {
      machines = (0..<classCount).flatMap { first in
        (first + 1..<max(first + 1, classCount)).map { Machine(positive: first, negative: $0) }
      }
    }
  }

  /// Whether a machine sees the rows of its two classes only.
  var isPairwise: Bool { classCount == 2 || scheme == .oneVersusOne }

  /// Solves all machines; coefficients have a value for each row of the data, 0 for rows that a machine does
  /// not see.
  ///
  /// λ and n are those of the whole data for every machine, so that all have the same C, as in libsvm.
  func solve(
    _ gram: GramMatrix, _ data: TrainingData, _ solver: DualSolver, checkpoint: () throws -> Void
  ) throws -> [DualSolver.Solution] {
    let sum = data.weights?.reduce(0.0) { $0 + Double($1) } ?? Double(data.labels.count)
    let shares = data.labels.indices.map { Double(data.weights?[$0] ?? 1) / sum }
    return try machines.map { machine in
      let rows = data.labels.indices.filter {
        shares[$0] > 0 && machine.sees(class: Int(data.labels[$0]))
      }
      let signs = rows.map { Int(data.labels[$0]) == machine.positive ? 1.0 : -1 }
      let isWhole = rows.count == data.labels.count
      let solution = try solver.solve(
        isWhole ? gram : gram.selecting(rows: rows), signs: signs, shares: rows.map { shares[$0] },
        checkpoint: checkpoint)
      return isWhole ? solution : solution.spread(over: rows, of: data.labels.count)
    }
  }

  /// The scores of classes from the decisions of machines, row by row.
  ///
  /// Votes are counted as libsvm counts them, with d ≥ 0 for the first class. Ties of votes are broken as
  /// scikit-learn's `break_ties` does: class k has its votes and c/(3(|c| + 1)), where c is the sum of the
  /// decisions that are for it less those that are against it.
  func scores(_ decisions: [Float]) -> [Float] {
    if classCount == 2 { return decisions.flatMap { [$0, -$0] } }
    guard scheme == .oneVersusOne else { return decisions }
    let rowCount = decisions.count / machines.count
    var scores = [Float](repeating: 0, count: rowCount * classCount)
    var confidences = [Float](repeating: 0, count: classCount)
    for row in 0..<rowCount {
      for k in 0..<classCount { confidences[k] = 0 }
      let first = row * classCount
      for (place, machine) in machines.enumerated() {
        let decision = decisions[row * machines.count + place]
        let other = machine.negative ?? machine.positive
        scores[first + (decision >= 0 ? machine.positive : other)] += 1
        confidences[machine.positive] += decision
        confidences[other] -= decision
      }
      for k in 0..<classCount {
        scores[first + k] += confidences[k] / (3 * (abs(confidences[k]) + 1))
      }
    }
    return scores
  }
}

extension MachineSet.Machine {
  /// Whether rows of a class take part.
  func sees(class label: Int) -> Bool {
    negative.map { label == positive || label == $0 } ?? true
  }
}

extension DualSolver.Solution {
  /// The same with zeros at rows that took no part.
  fileprivate func spread(over rows: [Int], of count: Int) -> DualSolver.Solution {
    var all = [Double](repeating: 0, count: count)
    for (row, coefficient) in zip(rows, coefficients) { all[row] = coefficient }
    var solution = self
    solution.coefficients = all
    return solution
  }
}

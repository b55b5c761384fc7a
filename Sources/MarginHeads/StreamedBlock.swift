import PluginKit

/// A part of a streamed head that is solved by itself, as ``HeadBlock`` is: one class of a one-vs-rest loss, or
/// all classes of a coupled one.
///
/// It moves by the limited-memory method of Broyden, Fletcher, Goldfarb and Shanno with a preconditioner in
/// the middle, and halves steps that do not descend.
struct StreamedBlock {
  let classes: Range<Int>
  let featureCount: Int
  let penalty: Double
  /// The smallest objective with W = 0.
  let trivialObjective: Double
  var loss: SmoothedLoss
  var preconditioners: [StreamedPreconditioner] = []

  /// Weights class by class, then biases.
  private(set) var values: [Double]
  private var gradient: [Double]
  /// The objective, and the same with the smoothed loss.
  private(set) var objective = Double.infinity
  private var smoothed = Double.infinity
  private(set) var slack = 0.0
  private(set) var gap = Double.infinity
  private(set) var iterations = 0
  /// Half the squared gradient in the metric of the preconditioner: about the distance from the optimum.
  private(set) var estimate = Double.infinity
  private(set) var isStalled = false

  private var memory: [(step: [Double], change: [Double], product: Double)] = []
  private var direction: [Double] = []
  private var slope = 0.0
  private var length = 1.0
  private var lowerBound = -Double.infinity

  private static let mostMemory = 12

  init(
    _ loss: MarginLoss, classes: Range<Int>, featureCount: Int, penalty: Double,
    trivialObjective: Double
  ) {
    self.loss = SmoothedLoss(loss)
    self.classes = classes
    self.featureCount = featureCount
    self.penalty = penalty
    self.trivialObjective = trivialObjective
    values = Array(repeating: 0, count: classes.count * (featureCount + 1))
    gradient = values
  }

  var point: StreamedPoint {
    StreamedPoint(classes: classes, loss: loss, values: values, featureCount: featureCount)
  }

  /// The point that is to be evaluated next.
  var trial: StreamedPoint {
    let moved = zip(values, direction).map { Double(Float($0 + length * $1)) }
    return StreamedPoint(classes: classes, loss: loss, values: moved, featureCount: featureCount)
  }

  /// Starts over from the present point: on other rows, with another smoothing or preconditioner.
  ///
  /// - Parameters:
  ///   - sums: The losses at the present point.
  ///   - isWhole: Whether the sums are over all rows, so that a bound is one of the problem.
  mutating func restart(_ sums: StreamedSums, isWhole: Bool) {
    memory = []
    lowerBound = -.infinity
    isStalled = false
    take(sums, values, isWhole: isWhole)
    chooseDirection()
  }

  /// Takes the evaluation of ``trial``: moves there if the objective descends enough, otherwise shortens the
  /// step.
  mutating func consider(_ sums: StreamedSums, isWhole: Bool) {
    let point = trial.values
    let moved = sums.smoothed + penalty * squaredNorm(point)
    // Below this the rounding of scores decides.
    let rounding = 1e-9 * abs(smoothed)
    guard moved <= smoothed + 1e-4 * length * slope + rounding else {
      shorten(moved)
      return
    }
    let oldValues = values
    let oldGradient = gradient
    take(sums, point, isWhole: isWhole)
    let step = zip(values, oldValues).map { $0 - $1 }
    let change = zip(gradient, oldGradient).map { $0 - $1 }
    let product = dot(step, change)
    if product > 0 {
      memory.append((step, change, product))
      if memory.count > Self.mostMemory { memory.removeFirst() }
    }
    iterations += 1
    chooseDirection()
  }

  private mutating func shorten(_ moved: Double) {
    // The minimum of the parabola through both values and the slope.
    let excess = moved - smoothed - length * slope
    let best = excess > 0 ? -slope * length / (2 * excess) : 0.5
    length *= best.isFinite ? min(max(best, 0.1), 0.5) : 0.1
    guard length < 1e-4 else { return }
    if memory.isEmpty {
      isStalled = true
    } else {
      memory = []
      chooseDirection()
    }
  }

  private mutating func take(_ sums: StreamedSums, _ point: [Double], isWhole: Bool) {
    values = point
    let ridge = penalty * squaredNorm(point)
    objective = sums.value + ridge
    smoothed = sums.smoothed + ridge
    slack = sums.slack
    gradient = sums.gradient
    for j in 0..<classes.count * featureCount { gradient[j] += 2 * penalty * values[j] }
    guard isWhole else { return }
    lowerBound = max(lowerBound, objective - certifiedGap(sums))
    gap = objective - lowerBound
  }

  private func squaredNorm(_ point: [Double]) -> Double {
    point[..<(classes.count * featureCount)].reduce(0) { $0 + $1 * $1 }
  }

  /// Turns to where the preconditioners, and what steps have taught, expect the minimum from the present point.
  mutating func chooseDirection() {
    var right = gradient
    var factors: [Double] = []
    for pair in memory.reversed() {
      let factor = dot(pair.step, right) / pair.product
      factors.append(factor)
      for j in 0..<right.count { right[j] -= factor * pair.change[j] }
    }
    var solution = precondition(right)
    for (pair, factor) in zip(memory, factors.reversed()) {
      let share = factor - dot(pair.change, solution) / pair.product
      for j in 0..<solution.count { solution[j] += share * pair.step[j] }
    }
    direction = solution.map { -$0 }
    slope = dot(gradient, direction)
    estimate = -slope / 2
    length = 1
    if !(slope < 0), !memory.isEmpty {
      memory = []
      chooseDirection()
    } else if !(slope < 0) {
      isStalled = true
    }
  }

  private func precondition(_ right: [Double]) -> [Double] {
    var solution = [Double](repeating: 0, count: right.count)
    let weightCount = classes.count * featureCount
    for k in 0..<classes.count {
      let place = k * featureCount..<(k + 1) * featureCount
      let solved = preconditioners[k].solve(right[place] + [right[weightCount + k]])
      for (j, to) in place.enumerated() { solution[to] = solved[j] }
      solution[weightCount + k] = solved[featureCount]
    }
    return solution
  }
}

extension StreamedBlock {
  /// The relative gap at which a streamed block is solved: by far less than what another million rows would
  /// change.
  static let tolerance = 1e-3

  /// The gap that the stopping rule asks for.
  var allowedGap: Double {
    let gained = max(0, trivialObjective - objective)
    return min(
      Self.tolerance * objective,
      max(HeadBlock.gainTolerance * gained, HeadBlock.trivialTolerance * objective))
  }

  var isConverged: Bool { gap <= allowedGap }

  /// Whether smoothing, no longer the distance from the smoothed optimum, makes up the gap.
  ///
  /// - Parameter isWhole: Whether the gap is known; on a sample the distance is taken for small.
  /// - Returns: Whether less smoothing is due.
  func isTooSmooth(isWhole: Bool) -> Bool {
    guard loss.isSmoothed, !isConverged, slack > allowedGap / 2 else { return false }
    return !isWhole || gap - slack <= max(slack / 2, allowedGap / 4)
  }

  /// The objective at the current point less the value of a dual point.
  ///
  /// As ``HeadBlock/updateCertificate()`` explains, with slopes that sum to 0 it is slack + |∇|²/4λ. Here
  /// the bias is not solved for, and the slopes of a class leave a sum r. For `squared-hinge` those of the
  /// heavier side are made smaller by a common factor, which is still a dual point: it costs (r / heavy)²
  /// Σ sᵢ pᵢ²/4 over that side, and moves ∇ by at most r maxᵢ|zᵢ|, where |zᵢ|² ≤ 2.
  private func certifiedGap(_ sums: StreamedSums) -> Double {
    let weightCount = classes.count * featureCount
    let length = sumOfSquares(Array(gradient[..<weightCount])).squareRoot()
    guard loss.loss == .squaredHinge else {
      let residual = gradient[weightCount...].reduce(0) { $0 + abs($1) }
      let reach = values[weightCount...].reduce(1) { max($0, abs($1)) }
      return slack + length * length / (4 * penalty) + 10 * reach * residual
    }
    let heavy = sums.pushes[0] > sums.pushes[1] ? 0 : 1
    let residual = abs(sums.pushes[0] - sums.pushes[1])
    guard sums.pushes[heavy] > 0 else { return slack + length * length / (4 * penalty) }
    let share = residual / sums.pushes[heavy]
    let distance = length + residual * 2.0.squareRoot()
    return slack + share * share * sums.squares[heavy] + distance * distance / (4 * penalty)
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A part of a head that is solved by itself: one class of a one-vs-rest loss, or all classes of a coupled
/// one.
///
/// It minimises P(W, b) = λ|W|² + Σᵢ sᵢ ℓ(fᵢ), fᵢ = W zᵢ + b, where the shares sᵢ sum to 1. Scores, slopes
/// and curvatures hold `width` numbers per row, row by row.
struct HeadBlock {
  /// The classes of the block, `width` of them.
  let classes: Range<Int>
  let rowCount: Int
  let columnCount: Int
  /// λ of the problem.
  var targetPenalty = 0.0
  /// λ of the present stage.
  var penalty = 0.0
  /// Higher λ on the way whose problems are to be solved as well, descending.
  var branchPenalties: [Double] = []
  /// The row's class as ``SmoothedLoss/evaluate(_:target:slopes:curvatures:)`` wants it.
  let targets: [Int32]
  /// sᵢ.
  let shares: [Double]
  /// The smallest objective with W = 0.
  let trivialObjective: Double

  var loss: SmoothedLoss
  /// W, class by class.
  var weights: [Double]
  /// b.
  var biases: [Double]
  /// W zᵢ, without the bias.
  var scores: [Double]

  /// sᵢ dℓ/df at the current point, as the kernels take it.
  var slopes: [Float]
  var curvatures: [Float]
  var couplings: [Float]
  /// The mean curvature of each class, for preconditioning.
  var classCurvatures: [Double]
  /// The derivative by W, class by class.
  var gradient: [Double]

  var objective = Double.infinity
  /// Σᵢ sᵢ slackᵢ.
  var slack = 0.0
  /// Σᵢ sᵢ dℓ/df summed over classes in absolute value: 0 up to rounding when b is optimal.
  var biasResidual = 0.0
  /// The largest value of the dual problem that was seen.
  var lowerBound = -Double.infinity
  var iterations = 0
  /// The products that the last system took.
  var productCount = 0
  /// What ``HeadPreconditioner`` added to the second derivative last, for each class.
  var ridges: [Double]
  /// Whether ``HeadDualStart`` has had its turn.
  var hasSeenDual = false
  /// Whether the stopping rule holds.
  var isConverged = false
  /// Whether the block is not worked on any more.
  var isFinished = false
  /// Whether the weights are those of Float, and final.
  var isRounded = false

  var width: Int { classes.count }

  /// The primal less the best dual value, 0 or more up to rounding.
  var gap: Double { objective - lowerBound }
}

extension HeadBlock {
  /// Makes a block at W = 0 and b = 0, without a penalty as yet.
  init(
    _ loss: MarginLoss, classes: Range<Int>, labels: [Int32], shares: [Double], classCount: Int,
    columnCount: Int
  ) {
    self.classes = classes
    self.columnCount = columnCount
    self.shares = shares
    self.loss = SmoothedLoss(loss)
    rowCount = labels.count
    targets =
      loss.isOneVersusRest
      ? labels.map { $0 == Int32(classes.lowerBound) ? 0 : 1 } : labels
    trivialObjective = HeadBlock.trivialObjective(loss, classes, labels, shares, classCount)
    let width = classes.count
    weights = Array(repeating: 0, count: width * columnCount)
    gradient = weights
    biases = Array(repeating: 0, count: width)
    classCurvatures = biases
    ridges = biases
    scores = Array(repeating: 0, count: width * labels.count)
    slopes = Array(repeating: 0, count: width * labels.count)
    curvatures = slopes
    couplings = Array(repeating: 0, count: labels.count)
  }

  /// The smallest Σᵢ sᵢ ℓ(b) over biases b, from the shares of the classes.
  static func trivialObjective(
    _ loss: MarginLoss, _ classes: Range<Int>, _ labels: [Int32], _ shares: [Double],
    _ classCount: Int
  ) -> Double {
    var classShares = [Double](repeating: 0, count: classCount)
    for (label, share) in zip(labels, shares) { classShares[Int(label)] += share }
    let own = classShares[classes.lowerBound]
    switch loss {
    case .hinge: return 2 * min(own, 1 - own)
    case .squaredHinge: return 4 * own * (1 - own)
    case .softmax: return classShares.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 }
    // Either all scores are equal, or the most frequent class lies 1 above the others.
    case .categoricalHinge, .crammerSinger: return min(1, 2 * (1 - (classShares.max() ?? 1)))
    }
  }

  /// Calls a closure for each row of positive share.
  ///
  /// Losses are taken at f = scores + `step` · `direction` + `biases`.
  @inline(__always)
  func visitRows(
    biases: [Double], direction: [Double]? = nil, step: Double = 0,
    _ body: (
      _ row: Int, _ terms: SmoothedLoss.Terms, _ slopes: UnsafeMutableBufferPointer<Double>,
      _ curvatures: UnsafeMutableBufferPointer<Double>
    ) -> Void
  ) {
    let width = self.width
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * width) { scratch in
      let f = UnsafeMutableBufferPointer(rebasing: scratch[0..<width])
      let slopes = UnsafeMutableBufferPointer(rebasing: scratch[width..<2 * width])
      let curvatures = UnsafeMutableBufferPointer(rebasing: scratch[2 * width..<3 * width])
      scores.withUnsafeBufferPointer { scores in
        for row in 0..<rowCount where shares[row] > 0 {
          for k in 0..<width { f[k] = scores[row * width + k] + biases[k] }
          if let direction {
            for k in 0..<width { f[k] += step * direction[row * width + k] }
          }
          let terms = loss.evaluate(
            f, target: Int(targets[row]), slopes: slopes, curvatures: curvatures)
          body(row, terms, slopes, curvatures)
        }
      }
    }
  }

  /// Brings the objective, slopes and curvatures up to date with the weights, scores and biases.
  mutating func evaluate() {
    let width = self.width
    var value = 0.0
    var slack = 0.0
    var residuals = [Double](repeating: 0, count: width)
    var classCurvatures = residuals
    var slopes: [Float] = []
    var curvatures: [Float] = []
    var couplings: [Float] = []
    swap(&slopes, &self.slopes)
    swap(&curvatures, &self.curvatures)
    swap(&couplings, &self.couplings)
    visitRows(biases: biases) { row, terms, slope, curvature in
      let share = shares[row]
      value += share * terms.value
      slack += share * terms.slack
      couplings[row] = Float(terms.coupling / share)
      for k in 0..<width {
        residuals[k] += share * slope[k]
        classCurvatures[k] += share * curvature[k]
        slopes[row * width + k] = Float(share * slope[k])
        curvatures[row * width + k] = Float(share * curvature[k])
      }
    }
    swap(&slopes, &self.slopes)
    swap(&curvatures, &self.curvatures)
    swap(&couplings, &self.couplings)
    self.slack = slack
    self.classCurvatures = classCurvatures
    biasResidual = residuals.reduce(0) { $0 + abs($1) }
    objective = value + penalty * sumOfSquares(weights)
  }
}

/// How far to go along a direction.
extension HeadBlock {
  /// A direction of the weights and biases, with its scores on all rows.
  struct Direction {
    var weights: [Double]
    var biases: [Double]
    /// `weights` times the features, row by row.
    var scores: [Double]
  }

  /// Moves along a direction of descent to where the slope of the smoothed objective has all but
  /// vanished.
  ///
  /// Only scores are needed, so the search costs O(n) and no pass over the features.
  ///
  /// - Returns: The step that was taken; 0 if the direction does not descend.
  mutating func move(along direction: Direction) -> Double {
    let step = bestStep(along: direction)
    guard step > 0 else { return 0 }
    for index in 0..<weights.count { weights[index] += step * direction.weights[index] }
    for index in 0..<biases.count { biases[index] += step * direction.biases[index] }
    for index in 0..<scores.count { scores[index] += step * direction.scores[index] }
    return step
  }

  /// Newton's method on the slope along the line, kept inside a bracket; the first guess is 1.
  private func bestStep(along direction: Direction) -> Double {
    let start = slope(along: direction, at: 0)
    guard start.slope < 0 else { return 0 }
    var low = 0.0
    var high = Double.infinity
    var step = 1.0
    for _ in 0..<30 {
      let here = slope(along: direction, at: step)
      guard here.slope.isFinite else {
        high = step
        step = (low + high) / 2
        continue
      }
      if abs(here.slope) <= 0.02 * -start.slope { return step }
      if here.slope < 0 { low = step } else { high = step }
      let newton = here.curvature > 0 ? step - here.slope / here.curvature : .infinity
      if newton > low, newton < high, newton <= 4 * step {
        step = newton
      } else {
        step = high.isFinite ? (low + high) / 2 : 2 * step
      }
    }
    return low
  }

  private func slope(
    along direction: Direction, at step: Double
  ) -> (slope: Double, curvature: Double) {
    let width = self.width
    let squares = sumOfSquares(direction.weights)
    var slope = 2 * penalty * (dot(weights, direction.weights) + step * squares)
    var curvature = 2 * penalty * squares
    let moved = zip(biases, direction.biases).map { $0 + step * $1 }
    direction.scores.withUnsafeBufferPointer { change in
      visitRows(biases: moved, direction: direction.scores, step: step) { row, terms, slopes, c in
        var rowSlope = 0.0
        var rowCurvature = 0.0
        var mean = 0.0
        for k in 0..<width {
          let t = change[row * width + k] + direction.biases[k]
          rowSlope += slopes[k] * t
          rowCurvature += c[k] * t * t
          mean += c[k] * t
        }
        slope += shares[row] * rowSlope
        curvature += shares[row] * (rowCurvature - terms.coupling * mean * mean)
      }
    }
    return (slope, curvature)
  }
}

/// Σ xᵢ yᵢ.
func dot(_ left: [Double], _ right: [Double]) -> Double {
  var sum = 0.0
  for index in 0..<left.count { sum += left[index] * right[index] }
  return sum
}

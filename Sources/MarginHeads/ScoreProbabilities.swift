#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Replaces the scores f of each row by p with pₖ = exp(fₖ) / Σⱼ exp(fⱼ).
func replaceByProbabilities(_ scores: inout [Float], rows: Int, classCount: Int) {
  for first in stride(from: 0, to: rows * classCount, by: classCount) {
    let row = first..<first + classCount
    let highest = row.reduce(-Float.infinity) { max($0, scores[$1]) }
    var sum: Float = 0
    for place in row {
      scores[place] = exp(scores[place] - highest)
      sum += scores[place]
    }
    for place in row { scores[place] /= sum }
  }
}

/// Turns derivatives g by probabilities p into those by the scores: pₖ (gₖ - Σⱼ gⱼ pⱼ).
func differentiateProbabilities(
  _ derivatives: inout [Float], _ probabilities: [Float], rows: Int, classCount: Int
) {
  for first in stride(from: 0, to: rows * classCount, by: classCount) {
    let row = first..<first + classCount
    let mean = row.reduce(Float(0)) { $0 + derivatives[$1] * probabilities[$1] }
    for place in row {
      derivatives[place] = probabilities[place] * (derivatives[place] - mean)
    }
  }
}

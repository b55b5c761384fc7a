import PluginKit

/// Newton directions of several blocks by preconditioned conjugate gradients, one product for all.
///
/// Solves (2λI + Σᵢ (zᵢ,1) Hᵢ (zᵢ,1)ᵀ) d = -gradient for each block until the residual is small enough.
/// The preconditioner is the diagonal, with each column's mean square for its second moment.
struct HeadConjugateGradients {
  /// Σᵢ sᵢ zᵢⱼ² for each column j.
  let columnMoments: [Double]
  let limit: Int

  /// One block's system; vectors hold the weights of all its classes, then its biases.
  private struct System {
    var solution: [Double]
    var residual: [Double]
    var direction: [Double]
    let diagonal: [Double]
    /// residual · preconditioned residual.
    var energy = 0.0
    let target: Double
    var isDone = false
  }

  /// Solves for some blocks.
  ///
  /// - Returns: For each chosen block its direction, weights first and then biases.
  func solve(
    _ blocks: [HeadBlock], _ chosen: [Int], _ passes: HeadPasses
  ) throws -> [[Double]] {
    var systems = chosen.map { system(blocks[$0]) }
    var active = Array(chosen.indices)
    var curvature = passes.curvature(blocks, chosen)
    for _ in 0..<limit {
      if active.isEmpty { break }
      if active.count < curvature.chosen.count {
        curvature = passes.curvature(blocks, active.map { chosen[$0] })
      }
      let product = try passes.product(
        curvature, weights: active.flatMap { weights(systems[$0].direction, blocks[chosen[$0]]) },
        biases: active.flatMap { biases(systems[$0].direction, blocks[chosen[$0]]) })
      var from = 0
      var fromBias = 0
      for position in active {
        let block = blocks[chosen[position]]
        let size = block.weights.count
        let image =
          Array(product.weights[from..<from + size])
          + product.biases[fromBias..<fromBias + block.width]
        advance(&systems[position], image, weightCount: size, penalty: block.penalty)
        from += size
        fromBias += block.width
      }
      active.removeAll { systems[$0].isDone }
    }
    return systems.map(\.solution)
  }

  private func system(_ block: HeadBlock) -> System {
    let residual = block.gradient.map { -$0 } + [Double](repeating: 0, count: block.width)
    var diagonal: [Double] = []
    for curvature in block.classCurvatures {
      diagonal += columnMoments.map { 2 * block.penalty + curvature * $0 }
    }
    diagonal += block.classCurvatures.map { $0 > 0 ? $0 : 1 }
    let squares = sumOfSquares(residual)
    // The next gap is at least the squared residual over 4λ: more accuracy than the rule needs is waste.
    let needed = 4 * block.penalty * 0.2 * max(block.allowedGap, block.slack / 2)
    var system = System(
      solution: Array(repeating: 0, count: residual.count), residual: residual,
      direction: residual, diagonal: diagonal, target: max(needed, 0.01 * squares))
    for j in 0..<residual.count { system.direction[j] = residual[j] / diagonal[j] }
    system.energy = dot(residual, system.direction)
    system.isDone = squares == 0
    return system
  }

  private func advance(
    _ system: inout System, _ image: [Double], weightCount: Int, penalty: Double
  ) {
    var image = image
    for j in 0..<weightCount { image[j] += 2 * penalty * system.direction[j] }
    let curvature = dot(system.direction, image)
    guard curvature > 0, curvature.isFinite else {
      system.isDone = true
      return
    }
    let step = system.energy / curvature
    var energy = 0.0
    for j in 0..<image.count {
      system.solution[j] += step * system.direction[j]
      system.residual[j] -= step * image[j]
      energy += system.residual[j] * system.residual[j] / system.diagonal[j]
    }
    let factor = energy / system.energy
    system.energy = energy
    for j in 0..<image.count {
      system.direction[j] =
        system.residual[j] / system.diagonal[j] + factor * system.direction[j]
    }
    system.isDone = sumOfSquares(system.residual) <= system.target
  }

  private func weights(_ direction: [Double], _ block: HeadBlock) -> [Float] {
    direction[..<block.weights.count].map(Float.init)
  }

  private func biases(_ direction: [Double], _ block: HeadBlock) -> [Float] {
    direction[block.weights.count...].map(Float.init)
  }
}

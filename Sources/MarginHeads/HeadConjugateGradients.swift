import PluginKit

/// Newton directions of several blocks by preconditioned conjugate gradients, one product for all.
///
/// Solves (2λI + Σᵢ (zᵢ,1) Hᵢ (zᵢ,1)ᵀ) d = -gradient for each block until the residual is small enough.
/// See ``HeadPreconditioner``; where it is exact, it is the whole solution.
struct HeadConjugateGradients {
  let limit: Int
  private let limits: HeadPreconditioner.Limits
  /// The rows in the order in which the preconditioner chooses them.
  private let order: [Int32]
  private var gram: RowGram

  /// Makes a solver for the rows of `features`.
  init(_ features: FeatureMatrix, classCount: Int, limit: Int) {
    self.limit = limit
    limits = .init(
      rowCount: features.rowCount, columnCount: features.columnCount, classCount: classCount)
    var order = (0..<Int32(features.rowCount)).map { $0 }
    // Any order will do that has nothing to do with the rows: it decides about speed only.
    var generator = Seed(0).keyed("preconditioner").generator()
    for last in stride(from: order.count - 1, to: 0, by: -1) {
      order.swapAt(last, generator.index(below: last + 1))
    }
    self.order = order
    gram = RowGram(features)
  }

  /// One block's system; vectors hold the weights of all its classes, and its biases apart.
  fileprivate struct System {
    var solution: Vector
    var residual: Vector
    var direction: Vector
    /// residual · preconditioned residual.
    var energy = 0.0
    let target: Double
    var isDone = false
  }

  struct Vector {
    var weights: [Double]
    var biases: [Double]
  }

  /// Solves for some blocks.
  ///
  /// - Returns: For each chosen block its direction.
  mutating func solve(
    _ blocks: inout [HeadBlock], _ chosen: [Int], _ passes: HeadPasses
  ) throws -> [Vector] {
    var systems = chosen.map { system(blocks[$0]) }
    let exact = chosen.indices.filter { isSmall(blocks[chosen[$0]]) }
    let others = chosen.indices.filter { !systems[$0].isDone && !exact.contains($0) }
    if !exact.isEmpty {
      let inverse = preconditioner(exact, &blocks, chosen, isExact: true)
      Self.apply(inverse, exact, &systems, start: true)
      for position in exact { systems[position].solution = systems[position].direction }
    }
    if !others.isEmpty { try iterate(others, &systems, &blocks, chosen, passes) }
    return systems.map(\.solution)
  }

  /// Whether a system is better solved with all its rows: the products of s rows take s² D/2 multiply-adds and
  /// their factor s³/6, and serve the steps to come as well; a product of conjugate gradients takes 2 s D.
  private func isSmall(_ block: HeadBlock) -> Bool {
    guard block.loss.loss == .squaredHinge else { return false }
    let size = Double(block.curvatures.count { $0 != 0 })
    let width = Double(gram.features.columnCount)
    let direct = size * size * width / 2 + size * size * size / 6
    return direct / 6 < Double(block.productCount) * 2 * size * width
  }

  private mutating func iterate(
    _ positions: [Int], _ systems: inout [System], _ blocks: inout [HeadBlock], _ chosen: [Int],
    _ passes: HeadPasses
  ) throws {
    var active = positions
    var preconditioner = preconditioner(active, &blocks, chosen, isExact: false)
    var preconditioned = active
    Self.apply(preconditioner, active, &systems, start: true)
    var curvature = passes.curvature(blocks, active.map { chosen[$0] })
    for count in 1...limit {
      if active.count < curvature.chosen.count {
        curvature = passes.curvature(blocks, active.map { chosen[$0] })
      }
      let product = try passes.product(
        curvature, weights: active.flatMap { systems[$0].direction.weights.map(Float.init) },
        biases: active.flatMap { systems[$0].direction.biases.map(Float.init) })
      var from = 0
      var fromBias = 0
      for position in active {
        let block = blocks[chosen[position]]
        let size = block.weights.count
        let image = Vector(
          weights: Array(product.weights[from..<from + size]),
          biases: Array(product.biases[fromBias..<fromBias + block.width]))
        Self.step(&systems[position], image, penalty: block.penalty)
        blocks[chosen[position]].productCount = count
        from += size
        fromBias += block.width
      }
      active.removeAll { systems[$0].isDone }
      if active.isEmpty { return }
      if active != preconditioned {
        preconditioner = preconditioner.keeping(
          active.map { preconditioned.firstIndex(of: $0) ?? 0 })
        preconditioned = active
      }
      Self.apply(preconditioner, active, &systems, start: false)
    }
  }

  private mutating func preconditioner(
    _ positions: [Int], _ blocks: inout [HeadBlock], _ chosen: [Int], isExact: Bool
  ) -> HeadPreconditioner {
    HeadPreconditioner(
      &blocks, positions.map { chosen[$0] }, isExact: isExact, order: order, limits: limits,
      gram: &gram)
  }

  private func system(_ block: HeadBlock) -> System {
    let residual = Vector(
      weights: block.gradient.map { -$0 }, biases: Array(repeating: 0, count: block.width))
    let squares = sumOfSquares(residual.weights)
    // The next gap is at least the squared residual over 4λ: more accuracy than the rule needs is waste.
    let needed = 4 * block.penalty * 0.2 * max(block.allowedGap, block.slack / 2)
    let zero = Vector(
      weights: Array(repeating: 0, count: block.weights.count), biases: residual.biases)
    return System(
      solution: zero, residual: residual, direction: zero,
      target: max(needed, (block.penalty > block.targetPenalty ? 0.15 : 0.01) * squares),
      isDone: squares == 0)
  }

  /// Makes the next directions of some systems from their residuals.
  fileprivate static func apply(
    _ preconditioner: HeadPreconditioner, _ positions: [Int], _ systems: inout [System],
    start: Bool
  ) {
    var values = positions.flatMap { systems[$0].residual.weights }
    var biases = positions.flatMap { systems[$0].residual.biases }
    preconditioner.apply(&values, &biases)
    var from = 0
    var fromBias = 0
    for position in positions {
      let size = systems[position].residual.weights.count
      let width = systems[position].residual.biases.count
      systems[position].turn(
        Vector(
          weights: Array(values[from..<from + size]),
          biases: Array(biases[fromBias..<fromBias + width])), start: start)
      from += size
      fromBias += width
    }
  }

  fileprivate static func step(_ system: inout System, _ image: Vector, penalty: Double) {
    var image = image
    for j in image.weights.indices { image.weights[j] += 2 * penalty * system.direction.weights[j] }
    let curvature = dot(system.direction, image)
    guard curvature > 0, curvature.isFinite else {
      system.isDone = true
      return
    }
    let step = system.energy / curvature
    system.solution.add(step, system.direction)
    system.residual.add(-step, image)
    system.isDone =
      sumOfSquares(system.residual.weights) + sumOfSquares(system.residual.biases)
      <= system.target
  }
}

extension HeadConjugateGradients.System {
  /// Turns to the next direction, given the preconditioned residual.
  fileprivate mutating func turn(_ image: HeadConjugateGradients.Vector, start: Bool) {
    let next = dot(residual, image)
    let factor = start || energy == 0 ? 0 : next / energy
    energy = next
    for j in image.weights.indices {
      direction.weights[j] = image.weights[j] + factor * direction.weights[j]
    }
    for k in image.biases.indices {
      direction.biases[k] = image.biases[k] + factor * direction.biases[k]
    }
  }
}

extension HeadConjugateGradients.Vector {
  fileprivate mutating func add(_ factor: Double, _ other: Self) {
    for j in weights.indices { weights[j] += factor * other.weights[j] }
    for k in biases.indices { biases[k] += factor * other.biases[k] }
  }
}

private func dot(
  _ left: HeadConjugateGradients.Vector, _ right: HeadConjugateGradients.Vector
) -> Double {
  dot(left.weights, right.weights) + dot(left.biases, right.biases)
}

import HyperparameterSearch
import PluginKit

/// A function to minimise over a space, cheap enough for thousands of trials.
struct Objective: Sendable {
  let name: String
  let space: SearchSpace
  /// The least loss there is.
  let minimum: Double
  let loss: @Sendable (SearchPoint) -> Double?
}

extension Objective {
  /// Runs a search of `trials` trials in which each sees the results up to `parallel` trials back.
  func search(_ kind: SamplerKind, seed: UInt64, trials: Int, parallel: Int = 1) -> [Observation] {
    let sampler = kind.sampler(space: space, seed: Seed(seed))
    var finished: [Observation] = []
    for number in 0..<trials {
      let visible = max(0, number - parallel + 1)
      let point = sampler.propose(
        number: number, history: Array(finished.prefix(visible)),
        pending: finished.dropFirst(visible).map(\.point))
      guard let point else { break }
      finished.append(Observation(number: number, point: point, loss: loss(point)))
    }
    return finished
  }

  /// The mean over seeds 0..<30 of how far the best of 60 trials stays above the minimum.
  func meanRegret(_ kind: SamplerKind, parallel: Int = 1) -> Double {
    let regrets = (0..<30 as Range<UInt64>).map { seed in
      let losses = search(kind, seed: seed, trials: 60, parallel: parallel).compactMap(\.loss)
      return (losses.min() ?? .infinity) - minimum
    }
    return regrets.reduce(0, +) / 30
  }

  /// A bowl in three dimensions, two of them logarithmic.
  static let bowl = Objective(
    name: "bowl",
    space: SearchSpace(entries: [
      .init(
        name: "only",
        dimensions: [
          SearchDimension(name: "a", domain: .real(1e-6...1, log: true)),
          SearchDimension(name: "b", domain: .real(1e-3...1e3, log: true)),
          SearchDimension(name: "c", domain: .real(-5...5)),
        ])
    ]), minimum: 0
  ) { point in
    square(point.decades("a") + 4) + square(point.decades("b") - 1.5)
      + 0.5 * square(point.number("c") - 2)
  }

  /// Three entries with dimensions of their own: the narrow valley of `wide` is the lowest.
  static let entries = Objective(name: "entries", space: entrySpace, minimum: 0.02, loss: valley)

  /// The same in steps of 1/400, as the accuracy on 400 rows has them: many ties.
  static let plateau = Objective(name: "plateau", space: entrySpace, minimum: 0.02) {
    (valley($0) * 400).rounded() / 400
  }

  /// The same with the other entries clearly worse.
  static let clear = Objective(name: "clear", space: entrySpace, minimum: 0.02) {
    valley($0) + ($0.entry == "wide" ? 0 : 0.03)
  }

  /// A choice decides whether a second dimension exists; its first value leads to the lowest place.
  static let conditional = Objective(
    name: "conditional",
    space: SearchSpace(entries: [
      .init(
        name: "only",
        dimensions: [
          SearchDimension(name: "kernel", domain: .choice([.text("rbf"), .text("linear")])),
          SearchDimension(
            name: "gamma", domain: .real(1e-3...1e3, log: true),
            condition: .init("kernel", isOneOf: ["rbf"])),
          SearchDimension(name: "degree", domain: .integer(1...20)),
        ])
    ]), minimum: 0
  ) { point in
    let degree = 0.01 * square(point.number("degree") - 13)
    let isKernel = point["kernel"] == .text("rbf")
    return degree + (isKernel ? 0.1 * square(point.decades("gamma") - 1) : 0.3)
  }

  private static let entrySpace = SearchSpace(entries: [
    .init(
      name: "wide",
      dimensions: [
        SearchDimension(name: "output_dim", domain: .integer(64...4_096, log: true)),
        SearchDimension(name: "scale", domain: .real(0.1...100, log: true)),
        SearchDimension(name: "l2", domain: .real(1e-6...1, log: true)),
      ]),
    .init(
      name: "linear",
      dimensions: [SearchDimension(name: "l2", domain: .real(1e-6...1, log: true))]),
    .init(
      name: "deep",
      dimensions: [
        SearchDimension(name: "l2", domain: .real(1e-6...0.1, log: true)),
        SearchDimension(name: "rate", domain: .real(1e-4...1e-2, log: true)),
      ]),
  ])

  @Sendable private static func valley(_ point: SearchPoint) -> Double {
    switch point.entry {
    case "wide":
      let scale = point.decades("scale") - 0.6
      let penalty = point.decades("l2") + 4.2 + 0.8 * scale
      let width = point.decades("output_dim") - 3.2
      return 0.02 + 0.08 * (square(scale) + 0.3 * square(penalty) + 0.15 * square(width))
    case "linear": return 0.028 + 0.01 * square(point.decades("l2") + 3)
    default:
      return 0.024 + 0.01 * square(point.decades("l2") + 3)
        + 0.1 * square(point.decades("rate") + 2.7)
    }
  }
}

private func square(_ x: Double) -> Double { x * x }

import PluginKit

/// What row weights mean, where a plugin declares them.
let weightPromises: [PluginPromise] = [
  weightPromise(
    "a-weight-of-two-is-a-row-twice", largestDifference: 0.02,
    advice: "multiply each row's part of the objective by its weight"
  ) { data in
    let isHeavy = data.labels.indices.map { $0 % 4 == 1 }
    return (
      data.weighted { isHeavy[$0] ? 2 : 1 },
      data.selecting(rows: data.labels.indices.flatMap { isHeavy[$0] ? [$0, $0] : [$0] })
    )
  },
  weightPromise(
    "a-weight-of-zero-is-no-row", largestDifference: 0.05,
    advice: "let rows of weight 0 take part in nothing, not even in means and ranges"
  ) { data in
    let isAbsent = data.labels.indices.map { $0 % 4 == 1 }
    return (
      data.weighted { isAbsent[$0] ? 0 : 1 },
      data.selecting(rows: data.labels.indices.filter { !isAbsent[$0] })
    )
  },
]

/// A promise that weights and other rows give nearly equal models, for plugins that solve their problem.
private func weightPromise(
  _ name: String, largestDifference: Float, advice: String,
  tables: @escaping @Sendable (TrainingData) -> (weighted: TrainingData, plain: TrainingData)
) -> PluginPromise {
  .trained(name, advice: advice) { subject in
    guard subject.manifest.capabilities.weights else { return .untested("no weights are declared") }
    let (weighted, plain) = tables(subject.table)
    guard try subject.isExact(on: weighted) else {
      return .untested("training is not exact, so that equal problems may have unequal solutions")
    }
    let difference = try subject.training(on: weighted).run().model.largestDifference(
      to: subject.training(on: plain).run().model, on: subject.table.features)
    return difference <= largestDifference
      ? .kept("scores differ by at most \(percent(largestDifference)) of the largest")
      : .broken(["scores differ by \(percent(difference)) of the largest"])
  }
}

/// A share in hundredths, such as `2 %`.
private func percent(_ share: Float) -> String {
  share.isFinite ? "\((1_000 * share).rounded() / 10) %" : "infinitely much"
}

import PluginKit

extension KernelSVMModel {
  /// Kernel values, the decisions of machines as one affine map of them, and what classes have of these.
  func graph() -> ModelGraph? {
    var graph = ModelGraph()
    let x = graph.append(.features(featureCount))
    guard rows.rowCount > 0 else {
      graph.append(.constant(machines.scores(biases)), x)
      return graph
    }
    let kernel = graph.append(.radialKernel(function.kernel(scale: scale), rows: rows), x)
    if classCount == 2 {
      graph.append(twoClassDecisions, kernel)
      return graph
    }
    let decisions = graph.append(.affine(weights: machineCoefficients, biases: biases), kernel)
    if machines.scheme == .oneVersusOne { describeVotes(in: &graph, decisions) }
    return graph
  }

  /// A column for each machine; rows of groups that a machine does not see have 0.
  private var machineCoefficients: FeatureMatrix {
    var columns = FeatureMatrix(rowCount: rows.rowCount, columnCount: biases.count)
    var row = 0
    for (group, count) in groupCounts.enumerated() {
      let machines = machines.machines(ofGroup: group)
      for _ in 0..<count {
        for (place, machine) in machines.enumerated() {
          columns[row, machine] = coefficients[row, place]
        }
        row += 1
      }
    }
    return columns
  }

  /// f and -f.
  private var twoClassDecisions: ModelGraph.Operation {
    .affine(
      weights: FeatureMatrix(
        rowCount: rows.rowCount, columnCount: 2,
        values: coefficients.values.flatMap { [$0, -$0] }),
      biases: biases.flatMap { [$0, -$0] })
  }

  /// Votes and c / 3(|c| + 1), as ``MachineSet/scores(_:)`` has them.
  private func describeVotes(in graph: inout ModelGraph, _ decisions: ModelGraph.Value) {
    var sides = FeatureMatrix(rowCount: biases.count, columnCount: classCount)
    var lost = [Float](repeating: 0, count: classCount)
    for (machine, classes) in machines.machines.enumerated() {
      guard let negative = classes.negative else { continue }
      sides[machine, classes.positive] = 1
      sides[machine, negative] = -1
      lost[negative] += 1
    }
    // A machine that is not for its first class is for the second one: 1 - step.
    let steps = graph.append(.elementwise(.step), decisions)
    let counts = graph.append(.affine(weights: sides, biases: lost), steps)
    let none = [Float](repeating: 0, count: classCount)
    let confidences = graph.append(.affine(weights: sides, biases: none), decisions)
    let sizes = graph.append(.elementwise(.absolute), confidences)
    let bounds = graph.append(.rescaled(factor: 3, offset: 3), sizes)
    graph.append(.sum, counts, graph.append(.quotient, confidences, bounds))
  }
}

import KernelSVM
import PluginKit

let plugin = KernelSVMPlugin()

/// Overlapping normal clouds with class k in row k, k + K, ….
func clouds(rows: Int, columns: Int = 4, classes: Int, seed: UInt64) -> TrainingData {
  var generator = Seed(seed).keyed("clouds").generator()
  var values: [Float] = []
  for row in 0..<rows {
    for column in 0..<columns {
      values.append(Float((column == row % classes ? 1.5 : 0) + generator.normal()))
    }
  }
  return TrainingData(
    features: FeatureMatrix(rowCount: rows, columnCount: columns, values: values),
    labels: (0..<rows).map { Int32($0 % classes) }, classCount: classes)
}

func train(
  _ data: TrainingData, _ chosen: [String: ParameterValue]
) throws -> TrainingOutcome {
  try plugin.train(
    data, parameters: ParameterValues(plugin.manifest.parameters, chosen),
    context: TrainingContext(studySeed: Seed(1), trialSeed: Seed(2)))
}

func tensor(_ state: ModelState, _ name: String) -> [Float] {
  state.tensors.first { $0.name == name }?.values ?? []
}

/// The class of the largest score of each row.
func labels(_ scores: ScoreMatrix) -> [Int] {
  (0..<scores.rowCount).map { row in
    let values = Array(scores.row(row))
    return values.firstIndex(of: values.max() ?? 0) ?? -1
  }
}

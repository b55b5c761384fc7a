import MarginHeads
import PluginKit

/// Random Fourier features and a linear head on them.
struct QuasiSVMModel: HeadedModel {
  let features: RandomFourierFeatures
  let head: LinearHead

  var classCount: Int { head.classCount }
  var featureCount: Int { features.columnCount }
  /// The head alone: random features are drawn, not learnt.
  var trainableParameterCount: Int { head.parameterCount }

  func scores(for matrix: FeatureMatrix) -> ScoreMatrix {
    ScoreMatrix(
      rowCount: matrix.rowCount, columnCount: classCount,
      values: features.projection.scores(
        of: matrix, weights: head.weights, biases: head.biases))
  }

  func headInputs(for matrix: FeatureMatrix) -> FeatureMatrix {
    features.projection.features(of: matrix)
  }

  func state() -> ModelState {
    let count = features.phases.count
    return ModelState(
      tensors: [
        NamedTensor(
          "features.weight", shape: [count, features.columnCount], values: features.weights),
        NamedTensor("features.bias", shape: [count], values: features.phases),
      ] + head.tensors,
      attributes: .object([
        ("kernel", .string(features.kernel.rawValue)),
        ("scale", .number(features.scale)),
        ("output_dim", .integer(features.featureCount)),
        ("features", .integer(features.columnCount)),
        ("classes", .integer(classCount)),
      ]))
  }
}

extension QuasiSVMModel {
  /// Takes a model out of its state.
  init(_ state: ModelState) throws(ModelStateError) {
    let word = try state.text("kernel")
    guard let kernel = FourierKernel(rawValue: word) else {
      throw ModelStateError("the model's kernel '\(word)' is not known")
    }
    guard let scale = state.attributes["scale"]?.number, scale > 0 else {
      throw ModelStateError("the model's 'scale' is missing or is no positive number")
    }
    let featureCount = try state.count("output_dim")
    guard featureCount > 0 else { throw ModelStateError("the model's 'output_dim' is 0") }
    let columnCount = try state.count("features")
    let count = RandomFourierFeatures.projectionCount(kernel, featureCount)
    features = RandomFourierFeatures(
      kernel: kernel, featureCount: featureCount, columnCount: columnCount, scale: scale,
      weights: try state.tensor("features.weight", shape: [count, columnCount]),
      phases: try state.tensor("features.bias", shape: [count]))
    head = try LinearHead(
      state, classCount: state.count("classes"), featureCount: featureCount)
  }
}

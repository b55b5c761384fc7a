import Evaluation
package import ModelExport
package import PluginKit
import Preprocessing

/// Everything from the columns of a table to probabilities as one graph.
///
/// The predicted class of a row is the one with the largest score, the first of equal ones.
package struct PredictionGraph: Sendable, Equatable {
  /// A column that the graph reads.
  package struct Column: Sendable, Equatable {
    package let name: String
    /// Whether it holds texts, or else numbers.
    package let isText: Bool
  }

  package let graph: ModelGraph
  /// One score for each class: float32.
  package let scores: ModelGraph.Value
  /// One probability for each class: float32.
  package let probabilities: ModelGraph.Value
  /// The classes in the order of scores.
  package let classes: [String]

  /// The columns in the order of the training table.
  package var columns: [Column] {
    graph.nodes.compactMap { node in
      switch node.operation {
      case .numberColumn(let name): Column(name: name, isText: false)
      case .textColumn(let name): Column(name: name, isText: true)
      default: nil
      }
    }
  }

  package init(
    graph: ModelGraph, scores: ModelGraph.Value, probabilities: ModelGraph.Value,
    classes: [String]
  ) {
    self.graph = graph
    self.scores = scores
    self.probabilities = probabilities
    self.classes = classes
  }
}

extension PredictionGraph {
  /// Describes a classifier.
  ///
  /// - Throws: ``ModelFormatError`` if a plugin does not describe its models, a calibration is by curves, or
  ///   mistakes have costs.
  package init(_ classifier: TabularClassifier) throws(ModelFormatError) {
    guard classifier.bundle.use.costs == nil else {
      throw ModelFormatError(
        "the model weighs what mistakes cost (decision.costs), and other programs would take the most "
          + "probable class: run the pipeline without decision to export it")
    }
    var graph = ModelGraph()
    let (scores, probabilities) = try graph.append(classifier)
    self.init(
      graph: graph, scores: scores, probabilities: probabilities, classes: classifier.classes)
  }
}

extension ModelGraph {
  /// Adds everything from the columns to the probabilities of a classifier.
  fileprivate mutating func append(
    _ classifier: TabularClassifier
  ) throws(ModelFormatError) -> (scores: Value, probabilities: Value) {
    let scores =
      if let model = classifier.model {
        try append(model, classifier.bundle)
      } else {
        try appendMean(of: classifier)
      }
    guard case .temperature(let scaling) = classifier.bundle.calibration else {
      throw ModelFormatError(
        "the model's probabilities follow curves of each class' margin, which no other format holds: "
          + "a run with calibration: temperature gives a model that can be exported")
    }
    return (scores, scaling.describe(in: &self, scores: scores))
  }

  /// Adds the steps and the model of a plugin, and gives its scores.
  private mutating func append(
    _ model: any TrainedModel, _ bundle: ModelBundle
  ) throws(ModelFormatError) -> Value {
    guard let description = model.graph() else {
      throw ModelFormatError(
        "the plugin '\(bundle.pluginID)' does not describe its models as operations, so only "
          + "automl can run them")
    }
    guard let features = bundle.preprocessing.describe(in: &self) else {
      throw ModelFormatError("the model looks at no column, so there is nothing to export")
    }
    return append(description, features: features)
  }

  /// Adds the members of an ensemble, and gives the scores of ``Evaluation/MeanProbabilities``.
  private mutating func appendMean(
    of ensemble: TabularClassifier
  ) throws(ModelFormatError) -> Value {
    var mean: Value?
    for (member, part) in zip(ensemble.members, ensemble.bundle.members) {
      let probabilities = try append(member).probabilities
      let share = append(.rescaled(factor: Float(part.weight), offset: 0), probabilities)
      mean = mean.map { append(.sum, $0, share) } ?? share
    }
    guard let mean else { throw ModelFormatError("the ensemble has no members") }
    return append(.elementwise(.log), append(.clamped(1e-30...1), mean))
  }
}

extension TemperatureScaling {
  /// Adds the probabilities of scores to a graph.
  fileprivate func describe(
    in graph: inout ModelGraph, scores: ModelGraph.Value
  ) -> ModelGraph.Value {
    graph.append(.softmax(inverseTemperature: beta), scores)
  }
}

/// Why a model can't be written in a format.
package struct ModelFormatError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

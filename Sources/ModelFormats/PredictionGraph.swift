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
  /// - Throws: ``ModelFormatError`` if its plugin does not describe its models, or its calibration is by curves.
  package init(_ classifier: TabularClassifier) throws(ModelFormatError) {
    let bundle = classifier.bundle
    guard let model = classifier.model?.graph() else {
      throw ModelFormatError(
        "the plugin '\(bundle.pluginID)' does not describe its models as operations, so only "
          + "automl can run them")
    }
    guard case .temperature(let scaling) = bundle.calibration else {
      throw ModelFormatError(
        "the model's probabilities follow curves of each class' margin, which no other format holds: "
          + "a run with calibration: temperature gives a model that can be exported")
    }
    var graph = ModelGraph()
    guard let features = bundle.preprocessing.describe(in: &graph) else {
      throw ModelFormatError("the model looks at no column, so there is nothing to export")
    }
    let scores = graph.append(model, features: features)
    let probabilities = scaling.describe(in: &graph, scores: scores)
    self.init(
      graph: graph, scores: scores, probabilities: probabilities, classes: classifier.classes)
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

package import Evaluation
package import PluginKit
import Preprocessing
package import TableColumns

/// A model that is ready to predict: a bundle together with its plugin, or an ensemble with its members'.
package struct TabularClassifier: Sendable {
  package let bundle: ModelBundle
  /// The model behind the bundle; nil for an ensemble.
  package let model: (any TrainedModel)?
  /// The members of an ensemble in the order of the bundle; empty for a single model.
  package let members: [TabularClassifier]

  /// Makes a classifier of a bundle.
  ///
  /// - Throws: ``ModelFileError`` if a plugin is missing, too old, or does not accept the state.
  package init(_ bundle: ModelBundle, registry: PluginRegistry) throws(ModelFileError) {
    var members: [TabularClassifier] = []
    for member in bundle.members {
      members.append(try TabularClassifier(member.bundle, registry: registry))
    }
    model = members.isEmpty ? try Self.model(of: bundle, registry) : nil
    self.bundle = bundle
    self.members = members
  }

  private static func model(
    of bundle: ModelBundle, _ registry: PluginRegistry
  ) throws(ModelFileError) -> any TrainedModel {
    guard let plugin = registry[bundle.pluginID] else {
      throw .unusable(
        "the model needs the plugin '\(bundle.pluginID)' (version \(bundle.pluginVersion)): "
          + "--plugin-path FOLDER says where it is; without it there are: "
          + registry.ids.joined(separator: ", "))
    }
    guard bundle.pluginVersion <= plugin.manifest.version else {
      let (place, remedy) =
        plugin.folder.map { ("'\($0)'", "use a newer version of the plugin") }
        ?? ("this program", "use a newer automl")
      throw .unusable(
        "the model was trained by version \(bundle.pluginVersion) of '\(bundle.pluginID)', and "
          + "\(place) has version \(plugin.manifest.version): \(remedy)")
    }
    let model: any TrainedModel
    do {
      model = try plugin.load(bundle.state)
    } catch {
      guard plugin.folder == nil else {
        throw .unusable("the plugin '\(bundle.pluginID)' could not load the model: \(error)")
      }
      throw .damaged("\(error)")
    }
    guard model.classCount == bundle.schema.classes.count,
      model.featureCount == bundle.preprocessing.columns.count
    else { throw .damaged("the weights do not fit the columns or the classes") }
    return model
  }

  /// The classes in the order of score columns.
  package var classes: [String] { bundle.schema.classes }

  /// Compares tables with the rows that the model was trained on; nil where the file does not tell of them.
  package var driftMonitor: DriftMonitor? {
    bundle.use.profile.map { DriftMonitor($0, bundle.schema.features) }
  }

  /// Scores the rows of a table whose columns are those of the schema.
  ///
  /// - Returns: Decision scores (rows x classes; of an ensemble those of ``Evaluation/MeanProbabilities``), the
  ///   probabilities that calibration makes of them, and the predicted class of each row.
  /// - Throws: ``Preprocessing/PreprocessingError`` if a value can't be used; what the model throws.
  package func predict(_ table: Table) throws -> ClassifiedRows {
    ClassifiedRows(
      scores: try scores(table), calibration: bundle.calibration, costs: bundle.use.costs)
  }

  private func scores(_ table: Table) throws -> ScoreMatrix {
    if let model { return try model.scores(for: bundle.preprocessing.transform(table)) }
    var mean = MeanProbabilities(rowCount: table.rowCount, classCount: classes.count)
    for (member, part) in zip(members, bundle.members) {
      mean.add(try member.predict(table).probabilities, weight: part.weight)
    }
    return mean.scores
  }
}

/// Rows with scores, probabilities and the predicted class.
package struct ClassifiedRows: Sendable {
  /// Decision scores, rows x classes.
  package let scores: ScoreMatrix
  /// Probabilities, row by row; each row sums to 1.
  package let probabilities: [Double]
  /// The most probable class of each row, or where mistakes have costs the one that costs least; ties go to
  /// the lower class.
  package let predicted: [Int32]

  package init(scores: ScoreMatrix, calibration: Calibration, costs: DecisionCosts? = nil) {
    self.scores = scores
    probabilities = calibration.probabilities(of: scores)
    predicted = costs?.predictions(probabilities) ?? Self.mostProbable(scores)
  }

  private static func mostProbable(_ scores: ScoreMatrix) -> [Int32] {
    (0..<scores.rowCount).map { row in
      let values = scores.row(row)
      let best = values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 }
      return Int32(best - values.startIndex)
    }
  }
}

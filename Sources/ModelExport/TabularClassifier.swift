package import Evaluation
package import PluginKit
import Preprocessing
package import TableColumns

/// A model that is ready to predict: a bundle together with its plugin.
package struct TabularClassifier: Sendable {
  package let bundle: ModelBundle
  package let model: any TrainedModel

  /// Makes a classifier of a bundle.
  ///
  /// - Throws: ``ModelFileError`` if the plugin is missing, too old, or does not accept the state.
  package init(_ bundle: ModelBundle, registry: PluginRegistry) throws(ModelFileError) {
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
    self.bundle = bundle
  }

  /// The classes in the order of score columns.
  package var classes: [String] { bundle.schema.classes }

  /// Scores the rows of a table whose columns are those of the schema.
  ///
  /// - Returns: Decision scores (rows x classes), the probabilities that calibration makes of them, and
  ///   the most probable class of each row.
  /// - Throws: ``Preprocessing/PreprocessingError`` if a value can't be used; what the model throws.
  package func predict(_ table: Table) throws -> ClassifiedRows {
    let features = try bundle.preprocessing.transform(table)
    return ClassifiedRows(
      scores: try model.scores(for: features), calibration: bundle.calibration)
  }
}

/// Rows with scores, probabilities and the predicted class.
package struct ClassifiedRows: Sendable {
  /// Decision scores, rows x classes.
  package let scores: ScoreMatrix
  /// Probabilities, row by row; each row sums to 1.
  package let probabilities: [Double]
  /// The most probable class of each row; ties go to the lower class.
  package let predicted: [Int32]

  package init(scores: ScoreMatrix, calibration: TemperatureScaling) {
    self.scores = scores
    probabilities = calibration.probabilities(of: scores)
    predicted = (0..<scores.rowCount).map { row in
      let values = scores.row(row)
      let best = values.indices.reduce(values.startIndex) { values[$1] > values[$0] ? $1 : $0 }
      return Int32(best - values.startIndex)
    }
  }
}

package import ModelExport
import PluginKit

/// A pipeline of Core ML from the columns of a table to labels and probabilities.
package struct CoreMLFormat: ModelFormat {
  package let id = "coreml"
  package let summary = "a Core ML pipeline from the columns of a table to labels and probabilities"
  package let suffix = ".mlmodel"

  package init() {}

  package func files(
    for classifier: TabularClassifier, rows: ParityRows, named name: String
  ) throws(ModelFormatError) -> [ExportedFile] {
    let bundle = classifier.bundle
    let model = try CoreMLPipeline(PredictionGraph(classifier)).model(metadata: [
      ("plugin", bundle.pluginID), ("plugin_version", String(bundle.pluginVersion)),
    ])
    guard model.bytes.count < 1 << 31 else {
      throw ModelFormatError(
        "as Core ML the model takes \(model.bytes.count) bytes, and a file holds less than 2 GiB")
    }
    return [
      ExportedFile(name, model.bytes),
      ExportedFile(parityFileName(name, suffix: suffix), rows.json.indentedText),
    ]
  }
}

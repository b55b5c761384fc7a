package import ModelExport
import PluginKit

/// The model file itself, for Python's `safetensors` and for automl.
package struct SafetensorsFormat: ModelFormat {
  package let id = "safetensors"
  package let summary = "the whole model as automl reads it: weights as arrays, the rest as JSON"
  package let suffix = ".safetensors"

  package init() {}

  package func files(
    for classifier: TabularClassifier, rows: ParityRows, named name: String
  ) throws(ModelFormatError) -> [ExportedFile] {
    [
      ExportedFile(name, classifier.bundle.encoded()),
      ExportedFile(parityFileName(name, suffix: suffix), rows.json.indentedText),
    ]
  }
}

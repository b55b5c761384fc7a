package import ModelExport
import PluginKit
import SystemFiles
import TableColumns

/// A folder that MLflow loads: its onnx flavour with signature, example and requirements.
///
/// The model's outputs are the columns of `automl predict --scores --probabilities`, since MLflow makes a table
/// of them.
///
/// Reference: https://mlflow.org/docs/latest/ml/model/
package struct MLflowFormat: ModelFormat {
  package let id = "mlflow"
  package let summary = "an MLflow model folder around an ONNX graph"
  package let suffix = ""

  package init() {}

  package func files(
    for classifier: TabularClassifier, rows: ParityRows, named name: String
  ) throws(ModelFormatError) -> [ExportedFile] {
    let prediction = try PredictionGraph(classifier)
    let model = ONNXModel(
      prediction, metadata: classifier.bundle.origin, outputs: .columns)
    let description = MLflowDescription(prediction: prediction, outputNames: model.outputNames)
    return [
      ExportedFile(name + "/MLmodel", description.text),
      ExportedFile(name + "/model.onnx", try model.encoded()),
      ExportedFile(name + "/input_example.json", rows.example(rowCount: 5).text + "\n"),
      ExportedFile(name + "/requirements.txt", Self.requirements),
      ExportedFile(name + "/conda.yaml", Self.condaEnvironment),
      ExportedFile(name + "/python_env.yaml", Self.pythonEnvironment),
      ExportedFile(name + "/parity.json", rows.json.indentedText),
    ]
  }

  package func onnxFiles(_ output: String) -> (model: String, parity: String)? {
    (resolvedPath("model.onnx", from: output), resolvedPath("parity.json", from: output))
  }

  /// The oldest versions that have all operators of ``ONNXGraph``; pandas 3 keeps texts in arrays that MLflow's
  /// onnx flavour does not take.
  private static let packages = ["mlflow>=2.9", "onnx>=1.12", "onnxruntime>=1.12", "pandas<3"]
  private static let requirements = packages.map { $0 + "\n" }.joined()
  private static let condaEnvironment =
    "name: mlflow-env\nchannels:\n- conda-forge\ndependencies:\n- python>=3.9\n- pip\n- pip:\n"
    + packages.map { "  - \($0)\n" }.joined()
  private static let pythonEnvironment =
    "python: '3.11'\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n"
}

extension ParityRows {
  /// The first rows as MLflow keeps examples.
  fileprivate func example(rowCount: Int) -> JSONValue {
    let count = min(rowCount, labels.count)
    let rows = (0..<count).map { row in
      JSONValue.array(
        table.columns.map { column in
          switch column.values {
          case .numeric(let numbers): .number(numbers[row])
          case .categorical(let codes, let categories):
            codes[row] < 0 ? .string("") : .string(categories[Int(codes[row])])
          }
        })
    }
    return .object([
      ("columns", .array(table.columns.map { .string($0.name) })), ("data", .array(rows)),
    ])
  }
}

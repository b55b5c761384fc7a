package import ModelExport
import PluginKit

/// One ONNX graph from the columns of a table to labels, scores and probabilities.
package struct ONNXFormat: ModelFormat {
  package let id = "onnx"
  package let summary = "one ONNX graph from the columns of a table to labels and probabilities"
  package let suffix = ".onnx"

  package init() {}

  package func files(
    for classifier: TabularClassifier, rows: ParityRows, named name: String
  ) throws(ModelFormatError) -> [ExportedFile] {
    let model = try ONNXModel(PredictionGraph(classifier), metadata: classifier.bundle.origin)
    return [
      ExportedFile(name, try model.encoded()),
      ExportedFile(parityFileName(name, suffix: suffix), rows.json.indentedText),
    ]
  }

  package func onnxFiles(_ output: String) -> (model: String, parity: String)? {
    (output, parityFileName(output, suffix: suffix))
  }
}

/// A prediction graph as an ONNX model.
package struct ONNXModel {
  /// How results leave.
  package enum Outputs {
    /// `label` [rows], `scores` and `probabilities` [rows, classes].
    case tensors
    /// `label`, then `score_<class>` and `probability_<class>` for each class, all of them [rows]: the columns
    /// of `automl predict`.
    case columns
  }

  private let message: ProtobufMessage

  /// The names of the outputs, in their order.
  private(set) var outputNames: [String] = []

  /// Writes a graph; readers find the classes and the texts of `metadata` beside it.
  package init(
    _ prediction: PredictionGraph, metadata: [(String, String)] = [], outputs: Outputs = .tensors
  ) {
    var writer = ONNXWriter(
      prediction.graph, onnx: ONNXGraph(columnNames: prediction.columns.map(\.name)))
    let scores = writer.name(of: prediction.scores)
    let probabilities = writer.name(of: prediction.probabilities)
    outputNames = [writer.addLabels(scores, classes: prediction.classes)]
    for (title, singular, values) in [
      ("scores", "score_", scores), ("probabilities", "probability_", probabilities),
    ] {
      switch outputs {
      case .tensors:
        outputNames.append(
          writer.addMatrix(title, values, width: prediction.classes.count))
      case .columns:
        outputNames += writer.addColumns(prediction.classes.map { singular + $0 }, values)
      }
    }
    let classes = JSONValue.array(prediction.classes.map { .string($0) })
    message = writer.onnx.model(named: "automl", metadata: [("classes", classes.text)] + metadata)
  }

  /// The bytes of the file.
  ///
  /// - Throws: ``ModelFormatError`` if it is larger than a message may be.
  package func encoded() throws(ModelFormatError) -> [UInt8] {
    guard message.bytes.count < 1 << 31 else {
      throw ModelFormatError(
        "as ONNX the model takes \(message.bytes.count) bytes, and a file holds less than 2 GiB")
    }
    return message.bytes
  }
}

extension ModelBundle {
  /// Where the model comes from, for the metadata of files.
  var origin: [(String, String)] {
    [("plugin", pluginID), ("plugin_version", String(pluginVersion))]
  }
}

extension ONNXWriter {
  /// Adds the output `label`, and gives its name.
  fileprivate mutating func addLabels(_ scores: String, classes: [String]) -> String {
    let name = onnx.uniqueName("label")
    let best = onnx.add("ArgMax", [scores], [("axis", .int(1)), ("keepdims", .int(0))])
    _ = onnx.add(
      "Gather", [onnx.constant(ONNXTensor(classes)), best], [("axis", .int(0))], named: name)
    onnx.addOutput(name, .text, shape: [nil])
    return name
  }

  /// Adds an output [rows, classes], and gives its name.
  fileprivate mutating func addMatrix(
    _ title: String, _ values: String, width: Int
  ) -> String {
    let name = onnx.uniqueName(title)
    _ = onnx.add("Identity", [values], named: name)
    onnx.addOutput(name, .float32, shape: [nil, width])
    return name
  }

  /// Adds an output [rows] for each class, and gives their names.
  fileprivate mutating func addColumns(_ titles: [String], _ values: String) -> [String] {
    titles.enumerated().map { place, title in
      let name = onnx.uniqueName(title)
      _ = onnx.add(
        "Gather", [values, onnx.constant(ONNXTensor(scalar: place))], [("axis", .int(1))],
        named: name)
      onnx.addOutput(name, .float32, shape: [nil])
      return name
    }
  }
}

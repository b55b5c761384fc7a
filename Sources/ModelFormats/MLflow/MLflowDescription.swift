import PluginKit

/// The file `MLmodel`.
///
/// It is JSON, which is YAML, too.
struct MLflowDescription {
  let prediction: PredictionGraph
  /// The outputs in their order: the label, then numbers.
  let outputNames: [String]

  var text: String {
    JSONValue.object([
      ("flavors", flavours),
      ("saved_input_example_info", example),
      (
        "signature",
        .object([
          ("inputs", .string(columns(inputs).text)), ("outputs", .string(columns(outputs).text)),
          ("params", .null),
        ])
      ),
    ]).indentedText
  }

  private var flavours: JSONValue {
    let environments = JSONValue.object([
      ("conda", .string("conda.yaml")), ("virtualenv", .string("python_env.yaml")),
    ])
    return .object([
      (
        "onnx",
        .object([
          ("data", .string("model.onnx")), ("onnx_version", .string("1.12.0")),
          ("providers", .array([.string("CPUExecutionProvider")])), ("options", .null),
          ("code", .null),
        ])
      ),
      (
        "python_function",
        .object([
          ("data", .string("model.onnx")), ("env", environments),
          ("loader_module", .string("mlflow.onnx")),
        ])
      ),
    ])
  }

  private var example: JSONValue {
    .object([
      ("artifact_path", .string("input_example.json")), ("type", .string("dataframe")),
      ("pandas_orient", .string("split")),
    ])
  }

  private var inputs: [(name: String, type: String)] {
    prediction.columns.map { ($0.name, $0.isText ? "string" : "double") }
  }

  private var outputs: [(name: String, type: String)] {
    outputNames.enumerated().map { ($1, $0 == 0 ? "string" : "float") }
  }

  /// A signature's list of columns.
  private func columns(_ columns: [(name: String, type: String)]) -> JSONValue {
    .array(
      columns.map { column in
        .object([
          ("type", .string(column.type)), ("name", .string(column.name)),
          ("required", .bool(true)),
        ])
      })
  }
}

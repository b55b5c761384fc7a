import Foundation
import ModelExport
import ModelFormats
import PluginKit
import TabularData
import TestSupport

/// onnxruntime and the checker of `onnx`, asked about many models at once: starting Python takes seconds.
struct OnnxRuntime {
  /// What was found about a model.
  struct Answer {
    /// What the checker says; empty if it is content.
    let complaint: String
    /// Why a row could not be predicted; empty if all were.
    let refusal: String
    /// How many labels differ from those of the program.
    let wrongLabels: Int
    /// The largest difference of scores relative to what is allowed: 10⁻⁵ max(1, the largest score of its row)
    /// and the rounding of cosines' arguments.
    let scoreError: Double
    let probabilityError: Double
    /// Names and types of inputs and outputs, in their order.
    let inputs: [String]
    let outputs: [String]
  }

  let folder: TemporaryFolder
  private var cases: [JSONValue] = []

  init() throws { folder = try TemporaryFolder() }

  /// Adds a model in a file with the parity file of rows that it has to predict.
  mutating func add(_ path: String, _ rows: JSONValue) throws {
    let parity = try folder.write(rows.text, to: "\(cases.count).json")
    cases.append(.object([("model", .string(path)), ("parity", .string(parity))]))
  }

  /// Adds a model as ONNX with rows that it has to predict.
  mutating func add(_ classifier: TabularClassifier, _ rows: ParityRows) throws {
    let files = try ONNXFormat().files(for: classifier, rows: rows, named: "model.onnx")
    try add(folder.write(Data(files[0].bytes), to: "\(cases.count).onnx"), rows.json)
  }

  func answers() throws -> [Answer] {
    let output = try PythonOracle.run(Self.script, input: JSONValue.array(cases).text)
    return try JSONValue(parsing: output).array?.map { Answer($0) } ?? []
  }

  private static let script = """
    import json, sys
    import numpy, onnx, onnxruntime

    def ask(case):
        model = onnx.load(case["model"])
        answer = {"complaint": "", "refusal": ""}
        try:
            onnx.checker.check_model(model, full_check=True)
        except Exception as problem:
            answer["complaint"] = str(problem)
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 4
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(model.SerializeToString(), options)
        answer["inputs"] = [f"{v.name} {v.type} {len(v.shape)}" for v in session.get_inputs()]
        answer["outputs"] = [f"{v.name} {v.type} {len(v.shape)}" for v in session.get_outputs()]
        with open(case["parity"], encoding="utf-8") as file:
            expected = json.load(file)
        ranks = {value.name: len(value.shape) for value in session.get_inputs()}
        feeds = {}
        for column in expected["columns"]:
            if column["kind"] == "number":
                values = [numpy.nan if v is None else v for v in column["values"]]
                values = numpy.array(values, numpy.float64)
            else:
                values = numpy.array(["" if v is None else v for v in column["values"]], object)
            feeds[column["name"]] = values if ranks[column["name"]] == 1 else values[:, None]
        try:
            labels, *results = session.run(None, feeds)
        except Exception as problem:
            answer["refusal"] = str(problem)
            return answer
        count = len(expected["classes"])
        if len(results) > 2:
            results = [numpy.stack(results[:count], 1), numpy.stack(results[count:], 1)]
        scores = numpy.array(expected["scores"])
        allowed = 1e-5 * numpy.maximum(1, abs(scores).max(1, keepdims=True))
        allowed = allowed + numpy.array(expected["cosine_rounding"])[:, None]
        answer["wrong_labels"] = sum(a != b for a, b in zip(labels.tolist(), expected["labels"]))
        answer["score_error"] = float((abs(results[0] - scores) / allowed).max())
        answer["probability_error"] = float(abs(results[1] - expected["probabilities"]).max())
        return answer

    print(json.dumps([ask(case) for case in json.load(sys.stdin)]))
    """
}

extension OnnxRuntime.Answer {
  fileprivate init(_ json: JSONValue) {
    complaint = json["complaint"]?.string ?? "no answer"
    refusal = json["refusal"]?.string ?? "no answer"
    wrongLabels = json["wrong_labels"]?.integer ?? -1
    scoreError = json["score_error"]?.number ?? .infinity
    probabilityError = json["probability_error"]?.number ?? .infinity
    inputs = json["inputs"]?.array?.compactMap(\.string) ?? []
    outputs = json["outputs"]?.array?.compactMap(\.string) ?? []
  }
}

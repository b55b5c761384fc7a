import Foundation
import ModelFormats
import PluginKit
import TestSupport
import Testing

/// A graph that has operations which no built-in plugin's model uses together.
private func everyFunction() -> PredictionGraph {
  var graph = ModelGraph()
  let a = graph.append(.numberColumn("a"))
  let b = graph.append(.numberColumn("b"))
  let x = graph.append(.rounded(allowsGaps: false), graph.append(.joined, a, b))
  let positive = graph.append(.clamped(0.5...20), x)
  var parts = ModelGraph.Function.allCases.map { function in
    graph.append(.elementwise(function), function == .log ? positive : x)
  }
  let sums = graph.append(.sum, x, positive)
  parts.append(graph.append(.product, x, sums))
  parts.append(graph.append(.quotient, x, positive))
  parts.append(graph.append(.rescaled(factor: -2.5, offset: 0.25), x))
  parts.append(graph.append(.softmax(inverseTemperature: 3), x))
  parts.append(graph.append(.selected([1, 0, 1]), x))
  parts.append(graph.append(.constant([7, -1]), a))
  let width = parts.reduce(0) { $0 + graph.type(of: $1).width }
  let scores = graph.append(.joined, parts)
  let probabilities = graph.append(.softmax(inverseTemperature: 0.5), scores)
  return PredictionGraph(
    graph: graph, scores: scores, probabilities: probabilities,
    classes: (0..<width).map { "class \($0)" })
}

@Test(.enabled(if: PythonOracle.isAvailable))
func everyOperationIsThatOfThePlainInterpreter() throws {
  let prediction = everyFunction()
  var generator = Seed(11).generator()
  let columns = ["a", "b"].map { name in
    (name, (0..<50).map { _ in 3 * generator.normal() } + [0, 1, -1, 0.5])
  }
  var rows = GraphRows(rowCount: 54)
  for (name, values) in columns { rows.numbers[name] = values }
  let values = try prediction.graph.evaluate(rows)
  guard case .float32(let scores) = values[prediction.scores.node],
    case .float32(let probabilities) = values[prediction.probabilities.node]
  else { throw TrainingFailure("the graph gives no numbers") }
  let labels = (0..<54).map { row in
    let own = Array(scores.row(row))
    return prediction.classes[own.firstIndex(of: own.max() ?? 0) ?? 0]
  }
  func lists(_ matrix: FeatureMatrix) -> JSONValue {
    .array((0..<54).map { .array(matrix.row($0).map { .number(Double($0)) }) })
  }
  let parity = JSONValue.object([
    (
      "columns",
      .array(
        columns.map { name, values in
          .object([
            ("name", .string(name)), ("kind", .string("number")),
            ("values", .array(values.map { .number($0) })),
          ])
        })
    ),
    ("cosine_rounding", .array(Array(repeating: .integer(0), count: 54))),
    ("classes", .array(prediction.classes.map { .string($0) })),
    ("labels", .array(labels.map { .string($0) })), ("scores", lists(scores)),
    ("probabilities", lists(probabilities)),
  ])
  var runtime = try OnnxRuntime()
  let model = try runtime.folder.write(Data(ONNXModel(prediction).encoded()), to: "m.onnx")
  try runtime.add(model, parity)
  let answer = try #require(try runtime.answers().first)
  #expect(answer.complaint + answer.refusal == "")
  #expect(answer.wrongLabels == 0)
  #expect(answer.scoreError <= 1)
  #expect(answer.probabilityError <= 1e-5)
}

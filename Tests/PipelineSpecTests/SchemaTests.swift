import PipelineSpec
import PluginKit
import TestSupport
import Testing

/// Prints `true` or `false` for each document: whether the schema takes it.
private let script = """
  import json, sys
  from jsonschema import Draft7Validator
  request = json.load(sys.stdin)
  Draft7Validator.check_schema(request["schema"])
  validator = Draft7Validator(request["schema"])
  print(json.dumps([validator.is_valid(document) for document in request["documents"]]))
  """

private func verdicts(_ documents: [JSONValue]) throws -> JSONValue {
  let schema = PipelineSchema.json(registry: try toyRegistry(), steps: toySteps)
  let request = JSONValue.object([("schema", schema), ("documents", .array(documents))])
  return try JSONValue(parsing: PythonOracle.run(script, input: request.text))
}

extension JSONValue {
  /// The document with a member of an object, at a path of names, replaced or added.
  fileprivate func setting(_ path: [String], to value: JSONValue) -> JSONValue {
    guard let name = path.first else { return value }
    var members = self.members ?? []
    let rest = Array(path.dropFirst())
    if let position = members.firstIndex(where: { $0.0 == name }) {
      members[position].1 = members[position].1.setting(rest, to: value)
    } else {
      members.append((name, JSONValue.object([]).setting(rest, to: value)))
    }
    return .object(members)
  }
}

/// What the reader takes the schema takes, and what it refuses for its shape the schema refuses.
@Test(.enabled(if: PythonOracle.isAvailable))
func schemaIsClosed() throws {
  let models =
    "[{use: quasi-svm, with: {scale: auto}}, {use: mlp-svm, tune: {hidden: {choices: [[1]]}}}]"
  let text = smallest("search: {time: 300}\npreprocess: [{use: impute}]", models: models)
  let valid = try read(text).resolved
  func model(_ text: String) throws -> JSONValue { .array([try JSONValue(parsing: text)]) }
  let refused = [
    valid.setting(["sed"], to: .integer(1)),
    valid.setting(["search", "trails"], to: .integer(1)),
    valid.setting(["search", "trials"], to: .integer(0)),
    valid.setting(["search", "time"], to: .string("5x")),
    valid.setting(["data", "target"], to: .integer(0)),
    valid.setting(["models"], to: .array([])),
    valid.setting(["models"], to: try model(#"{"use": "baseline"}"#)),
    valid.setting(["models"], to: try model(#"{"use": "linear-svm", "with": {"scale": 1}}"#)),
    valid.setting(["models"], to: try model(#"{"use": "linear-svm", "with": {"l2": -1}}"#)),
    valid.setting(["models"], to: try model(#"{"use": "linear-svm", "tune": {"l2": {"min": 1}}}"#)),
    valid.setting(["preprocess"], to: try model(#"{"use": "impute", "name": "a"}"#)),
  ]
  let accepted = [
    valid,
    valid.setting(["search", "time"], to: .string("1h30m")),
    valid.setting(["data", "target"], to: .integer(-1)),
    valid.setting(["models"], to: try model(#"{"use": "linear-svm", "tune": {}}"#)),
  ]
  let expected = accepted.map { _ in JSONValue.bool(true) } + refused.map { _ in .bool(false) }
  #expect(try verdicts(accepted + refused) == .array(expected))
}

/// PyYAML knows YAML 1.1, where `no` is false and `1e-06` a text.
@Test(.enabled(if: PythonOracle.isAvailable))
func resolvedPipelineMeansTheSameInYAML11() throws {
  let script = """
    import json, sys, yaml
    from jsonschema import Draft7Validator
    request = json.load(sys.stdin)
    document = yaml.safe_load(request["yaml"])
    Draft7Validator(request["schema"]).validate(document)
    print(json.dumps(document == request["json"]))
    """
  let tiny = "[{use: linear-svm, name: no, tune: {l2: {min: 1e-6, max: 1e2, log: true}}}]"
  for text in [everything, smallest("search: {time: 1e20}", models: tiny)] {
    let resolved = try read(text, set: ["data.source=/tables/rooms.csv"]).resolved
    let request = JSONValue.object([
      ("schema", PipelineSchema.json(registry: try toyRegistry(), steps: toySteps)),
      ("yaml", .string(yamlText(resolved))), ("json", resolved),
    ])
    #expect(try PythonOracle.run(script, input: request.text) == "true\n")
  }
}

@Test func schemaNamesEveryModelButTheBaseline() throws {
  let schema = PipelineSchema.json(registry: try toyRegistry(), steps: toySteps)
  let ids = schema["properties"]?["models"]?["items"]?["properties"]?["use"]?["enum"]
  #expect(ids == .array([.string("quasi-svm"), .string("linear-svm"), .string("mlp-svm")]))
}

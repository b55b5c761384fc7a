import Foundation
import ModelExport
import ModelFormats
import PluginKit
import TabularData
import TestSupport
import Testing

@Suite(.enabled(if: PythonOracle.isAvailable)) struct MLflowTests {
  @Test func theSignatureIsThatOfTheGraph() throws {
    var runtime = try OnnxRuntime()
    let train = try runtime.folder.write(oddTable(hasStrangers: false), to: "train.csv")
    let classifier = try SampleModel.all[1].trained(on: train, target: "kind")
    let table = try classifier.bundle.schema.read(train).features
    let paths = try export(
      classifier, as: MLflowFormat(), to: runtime.folder.path("m"), table: table)
    #expect(
      paths.map { $0.replacing(runtime.folder.path("m") + "/", with: "") } == [
        "MLmodel", "model.onnx", "input_example.json", "requirements.txt", "conda.yaml",
        "python_env.yaml", "parity.json",
      ])
    try runtime.add(
      runtime.folder.path("m/model.onnx"),
      JSONValue(parsing: runtime.folder.text("m/parity.json")))
    let answer = try #require(try runtime.answers().first)
    #expect(answer.complaint + answer.refusal == "")
    #expect(answer.wrongLabels == 0)
    #expect(answer.scoreError <= 1)
    let script = """
      import json, sys, yaml
      with open(sys.argv[1], encoding="utf-8") as file:
          model = yaml.safe_load(file)
      signature = model["signature"]
      kinds = {"double": "tensor(double)", "float": "tensor(float)", "string": "tensor(string)"}
      for side in ["inputs", "outputs"]:
          for column in json.loads(signature[side]):
              print(column["name"], kinds[column["type"]], 1)
      print(sorted(model["flavors"]), model["flavors"]["python_function"]["loader_module"])
      """
    let lines = try PythonOracle.run(script, arguments: [paths[0]]).split(separator: "\n")
    #expect(lines.dropLast().map(String.init) == answer.inputs + answer.outputs)
    #expect(lines.last == "['onnx', 'python_function'] mlflow.onnx")
    #expect(
      answer.outputs == [
        "label' tensor(string) 1", "score_001 tensor(float) 1", "score_no tensor(float) 1",
        "score_yes tensor(float) 1", "probability_001 tensor(float) 1",
        "probability_no tensor(float) 1", "probability_yes tensor(float) 1",
      ])
  }
}

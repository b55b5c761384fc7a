import Foundation
import PluginKit
import SVMCheck
import TestSupport
import Testing

/// The preset and the pipeline of the same question have the same models.
@Test(.enabled(if: PythonOracle.isAvailable))
func thePresetIsThePipelineOfTheQuestion() throws {
  let path = packageRoot.appending(path: "pipelines/reference/question.yaml")
  let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)['models']))"
  let models = try JSONValue(
    parsing: PythonOracle.run(script, input: String(contentsOf: path, encoding: .utf8))
  ).array
  #expect(models?.count == 3)
  for (model, preset) in zip(models ?? [], PresetModel.kerasQuestion) {
    #expect(model["name"]?.string == preset.name)
    #expect(model["use"]?.string == preset.plugin)
    let written = model["with"]?.members ?? []
    #expect(Set(written.map(\.0)) == Set(preset.parameters.keys))
    for (name, value) in written {
      let expected = try #require(preset.parameters[name]?.json)
      #expect(
        value == expected || value.number == expected.number && value.number != nil, "\(name)")
    }
  }
}

import BuiltInPlugins
import Foundation
import ModelExport
import PluginKit
import TabularData
import TestSupport
import Testing

private let golden = packageRoot.appending(path: "Tests/ModelExportTests/Golden")
private let writesGolden = ProcessInfo.processInfo.environment["AUTOML_WRITE_GOLDEN"] == "1"

/// The arithmetic that scores depend on in their last bits.
private var cpu: JSONValue {
  .object([
    ("path", .string(CPUPath.current.rawValue))
  ])
}

/// The scores of the golden table's rows.
private func scores(_ bundle: ModelBundle) throws -> [Float] {
  let path = golden.appending(path: "table.csv").path(percentEncoded: false)
  let rows = try bundle.schema.read(path).features
  return try TabularClassifier(bundle, registry: builtInPlugins()).predict(rows).scores.values
}

/// Models that earlier programs wrote load, and score as they did.
@Test(.serialized, arguments: smallSettings.map(\.plugin) + [ModelBundle.ensemblePlugin])
func goldenModelsScoreAsTheyDid(id: String) throws {
  let file = golden.appending(path: "\(id).safetensors")
  if writesGolden { try writeGolden(id) }
  let bundle = try ModelBundle(decoding: Array(Data(contentsOf: file)))
  #expect(bundle.pluginID == id)
  let committed = try JSONValue(
    parsing: Array(Data(contentsOf: golden.appending(path: "\(id).scores.json"))))
  let expected = (committed["scores"]?.array ?? []).compactMap { $0.number.map { Float($0) } }
  let found = try scores(bundle)
  #expect(found.count == expected.count && !expected.isEmpty)
  if committed["cpu"] == cpu {
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
  } else {
    let scale = expected.reduce(1) { max($0, abs($1)) }
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-6 * scale })
  }
}

private func writeGolden(_ id: String) throws {
  let table = golden.appending(path: "table.csv")
  try Data(smallTable().utf8).write(to: table)
  let path = table.path(percentEncoded: false)
  let bundle =
    try id == ModelBundle.ensemblePlugin ? smallEnsemble(table: path) : smallBundle(id, table: path)
  try Data(bundle.encoded()).write(to: golden.appending(path: "\(id).safetensors"))
  let document = JSONValue.object([
    ("cpu", cpu), ("scores", .array(try scores(bundle).map { .number(Double($0)) })),
  ])
  try Data(document.indentedText.utf8).write(to: golden.appending(path: "\(id).scores.json"))
  Issue.record("the golden files of \(id) were written: look at them and commit them")
}

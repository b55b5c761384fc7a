import BuiltInPlugins
import Evaluation
import Foundation
import ModelExport
import PluginKit
import TabularData
import TestSupport
import Testing

/// Three small models as one; none of the weights is a fraction of two.
func smallEnsemble(table path: String) throws -> ModelBundle {
  let parts = [("linear-svm", 0.6), ("kernel-svm", 0.3), ("mlp-svm", 0.1)]
  return ModelBundle(
    ensembleOf: try parts.map { id, weight in
      ModelBundle.Member(weight: weight, bundle: try smallBundle(id, table: path))
    }, calibration: .temperature(TemperatureScaling(beta: 1.25)),
    pipeline: .object([("seed", .integer(1)), ("target", .string("kind"))]))
}

private func smallEnsemble() throws -> ModelBundle {
  let folder = try TemporaryFolder()
  return try smallEnsemble(table: folder.write(smallTable(), to: "table.csv"))
}

@Test func anEnsembleIsReadBackToTheBit() throws {
  let bundle = try smallEnsemble()
  let bytes = bundle.encoded()
  let read = try ModelBundle(decoding: bytes)
  #expect(read == bundle)
  #expect(read.encoded() == bytes)
  let metadata = try #require(try header(of: bytes)["__metadata__"])
  // Programs that know single models only say that a newer one is needed.
  #expect(metadata["format_version"] == .string("2"))
}

@Test func anEnsemblePredictsTheMeanOfItsMembers() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(smallTable(), to: "table.csv")
  let bundle = try smallEnsemble(table: path)
  let registry = try builtInPlugins()
  let rows = try bundle.schema.read(path).features
  let found = try TabularClassifier(bundle, registry: registry).predict(rows)
  var mean = [Double](repeating: 0, count: 3 * rows.rowCount)
  for member in bundle.members {
    let own = try TabularClassifier(member.bundle, registry: registry).predict(rows)
    for place in mean.indices { mean[place] += member.weight * own.probabilities[place] }
  }
  #expect(found.scores.values == mean.map { Float(log($0)) })
  for row in 0..<rows.rowCount {
    let powers = mean[3 * row..<3 * row + 3].map { pow($0, 1.25) }
    for (kind, power) in powers.enumerated() {
      let expected = power / powers.reduce(0, +)
      #expect(abs(found.probabilities[3 * row + kind] - expected) < 1e-6)
    }
    #expect(Int(found.predicted[row]) == powers.firstIndex(of: powers.max() ?? 0))
  }
}

@Test(.enabled(if: PythonOracle.isAvailable))
func theArraysOfTheMembersHaveNamesOfTheirOwn() throws {
  let folder = try TemporaryFolder()
  let bundle = try smallEnsemble()
  let path = folder.path("ensemble.safetensors")
  try Data(bundle.encoded()).write(to: URL(filePath: path))
  let names = try PythonOracle.run(
    """
    import sys
    from safetensors.numpy import load_file
    arrays = load_file(sys.argv[1])
    print("\\n".join(f"{name} {arrays[name].sum():.6g}" for name in sorted(arrays)))
    """, arguments: [path])
  let expected = bundle.members.enumerated().flatMap { place, member in
    member.bundle.state.tensors.map { "members.\(place).\($0.name)" }
      + member.bundle.state.buffers.map { "members.\(place).\($0.name)" }
  }
  #expect(
    names.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
      == expected.sorted())
}

@Test func aDamagedMemberIsFound() throws {
  var bundle = try smallEnsemble()
  bundle.members[1] = .init(weight: 0, bundle: bundle.members[1].bundle)
  #expect(throws: ModelFileError.damaged("a member of the ensemble has no weight")) {
    try ModelBundle(decoding: bundle.encoded())
  }
  bundle = try smallEnsemble()
  var other = bundle.members[2].bundle
  other.state.tensors.removeFirst()
  bundle.members[2] = .init(weight: 0.1, bundle: other)
  #expect(throws: ModelFileError.self) {
    try TabularClassifier(ModelBundle(decoding: bundle.encoded()), registry: builtInPlugins())
  }
}

@Test func aMembersPluginThatIsMissingIsNamed() throws {
  let bundle = try smallEnsemble()
  var registry = PluginRegistry()
  try registry.register(smallPlugin("linear-svm"))
  #expect(
    throws: ModelFileError.unusable(
      "the model needs the plugin 'kernel-svm' (version 1): --plugin-path FOLDER says where it is; "
        + "without it there are: linear-svm")
  ) { try TabularClassifier(bundle, registry: registry) }
}

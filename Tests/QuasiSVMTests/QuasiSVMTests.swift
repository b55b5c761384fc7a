#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import PluginKit
import QuasiSVM
import Testing

private let plugin = QuasiSVMPlugin()

private func normalRows(_ rows: Int, _ columns: Int, seed: UInt64) -> FeatureMatrix {
  var generator = SeededGenerator(seed: seed)
  return FeatureMatrix(
    rowCount: rows, columnCount: columns,
    values: (0..<rows * columns).map { _ in Float(generator.normal()) })
}

/// A disc inside a ring: no linear classifier of the columns tells them apart.
private func ring(rows: Int, seed: UInt64) -> TrainingData {
  let features = normalRows(rows, 2, seed: seed)
  let labels = (0..<rows).map { row -> Int32 in
    features.row(row).reduce(0) { $0 + $1 * $1 } > 1.4 ? 1 : 0
  }
  return TrainingData(features: features, labels: labels, classCount: 2)
}

private func train(
  _ data: TrainingData, _ chosen: [String: ParameterValue], threads: Int = 1
) throws -> TrainingOutcome {
  try plugin.train(
    data, parameters: ParameterValues(plugin.manifest.parameters, chosen),
    context: TrainingContext(studySeed: Seed(1), trialSeed: Seed(2), threads: threads))
}

private func tensor(_ model: any TrainedModel, _ name: String) -> [Float] {
  model.state().tensors.first { $0.name == name }?.values ?? []
}

@Suite struct QuasiSVMTests {
  @Test func learnsARing() throws {
    let data = ring(rows: 300, seed: 1)
    let outcome = try train(data, ["output_dim": .integer(128), "l2": .real(1e-3)])
    let test = ring(rows: 300, seed: 2)
    let scores = try outcome.model.scores(for: test.features)
    let correct = (0..<300).filter { (scores[$0, 1] > scores[$0, 0]) == (test.labels[$0] == 1) }
    #expect(correct.count > 275)
    #expect(outcome.report.stopping == .converged)
    #expect(outcome.report.warnings == [])
  }

  /// 40,970 = 4096 · 10 + 10: the random features are not trainable.
  @Test func countsTheParametersOfTheReference() throws {
    let features = normalRows(20, 784, seed: 3)
    let data = TrainingData(
      features: features, labels: (0..<20).map { Int32($0 % 10) }, classCount: 10)
    let outcome = try train(
      data, ["output_dim": .integer(4096), "scale": .real(10), "l2": .real(0.1)])
    #expect(outcome.model.trainableParameterCount == 40_970)
  }

  @Test(arguments: ["gaussian", "laplacian", "glorot-normal", "random-normal"], [31, 64])
  func modelsSurviveTheirStateBitForBit(kernel: String, outputDim: Int) throws {
    let data = ring(rows: 60, seed: 4)
    let model = try train(
      data,
      ["kernel": .text(kernel), "output_dim": .integer(outputDim), "scale": .real(0.7)]
    ).model
    let text = model.state().attributes.text
    let state = ModelState(
      tensors: model.state().tensors, attributes: try JSONValue(parsing: text))
    let loaded = try plugin.load(state)
    #expect(try loaded.scores(for: data.features) == model.scores(for: data.features))
    #expect(loaded.state() == model.state())
  }

  @Test func rowsAreScoredTheSameAloneAndTogether() throws {
    let data = ring(rows: 77, seed: 5)
    let model = try train(data, ["output_dim": .integer(333)]).model
    let together = try model.scores(for: data.features)
    for row in 0..<77 {
      let alone = try model.scores(for: data.features.selecting(rows: row..<row + 1))
      #expect(alone.values == Array(together.row(row)))
    }
  }

  @Test func smallerDrawsAreTheFirstOfLargerOnes() throws {
    for draw in ["plain", "orthogonal"] {
      let data = ring(rows: 30, seed: 6)
      let small = try train(data, ["output_dim": .integer(20), "draw": .text(draw)]).model
      let large = try train(
        data, ["output_dim": .integer(50), "draw": .text(draw), "scale": .real(3)]
      ).model
      let first = tensor(small, "features.weight")
      #expect(first.count == 20)
      #expect(Array(tensor(large, "features.weight").prefix(20)) == first)
    }
  }

  @Test func orthogonalDrawsAreOrthogonalInBlocks() throws {
    let features = normalRows(10, 5, seed: 7)
    let data = TrainingData(
      features: features, labels: (0..<10).map { Int32($0 % 2) }, classCount: 2)
    let model = try train(data, ["output_dim": .integer(20), "draw": .text("orthogonal")]).model
    let weights = FeatureMatrix(
      rowCount: 10, columnCount: 5, values: tensor(model, "features.weight"))
    for a in 0..<10 {
      for b in 0..<a where a / 5 == b / 5 {
        let product = zip(weights.row(a), weights.row(b)).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs(product) < 1e-4)
      }
    }
  }

  @Test func sameSeedGivesTheSameModelWhateverTheThreads() throws {
    let data = ring(rows: 90, seed: 8)
    let one = try train(data, ["output_dim": .integer(100)], threads: 1)
    let two = try train(data, ["output_dim": .integer(100)], threads: 2)
    #expect(one.model.state() == two.model.state())
  }

  @Test func adamTrainsTheSameKindOfModel() throws {
    let data = ring(rows: 200, seed: 9)
    let outcome = try train(
      data,
      [
        "output_dim": .integer(64), "solver": .text("adam"), "loss": .text("categorical-hinge"),
        "output": .text("softmax"), "epochs": .integer(5), "l2": .real(0),
      ])
    #expect(outcome.report.iterations == 5)
    #expect(try outcome.model.scores(for: data.features).values.allSatisfy { $0.isFinite })
  }

  @Test func constantKernelIsSaid() throws {
    let data = ring(rows: 50, seed: 10)
    let report = try train(data, ["scale": .real(1000), "output_dim": .integer(16)]).report
    #expect(
      report.warnings == [
        "The kernel is almost constant: nine tenths of its values between pairs of training rows lie "
          + "in 1.0 to 1.0; a smaller scale would tell rows apart."
      ])
  }

  @Test func identityKernelIsSaid() throws {
    let data = ring(rows: 50, seed: 11)
    let report = try train(data, ["scale": .real(1e-4), "output_dim": .integer(16)]).report
    #expect(
      report.warnings == [
        "The kernel is almost the identity: nineteen twentieths of its values between different "
          + "training rows lie below 0.01; a larger scale would relate rows to each other."
      ])
  }

  /// Features that are computed for each batch are the same to the bit, and so is what Adam makes of them.
  @Test func adamLearnsTheSameFromFeaturesThatAreNotStored() throws {
    let data = ring(rows: 300, seed: 12).monitoring(
      LabelledRows(
        features: ring(rows: 40, seed: 13).features, labels: ring(rows: 40, seed: 13).labels))
    let parameters = ParameterValues(
      plugin.manifest.parameters,
      ["solver": .text("adam"), "epochs": .integer(3), "output_dim": .integer(33)])
    let context = TrainingContext(studySeed: Seed(1), trialSeed: Seed(2))
    let stored = try plugin.train(data, parameters: parameters, context: context)
    let streamed = try QuasiSVMPlugin(mostStoredBytes: 0).train(
      data, parameters: parameters, context: context)
    #expect(streamed.model.state() == stored.model.state())
    #expect(streamed.report == stored.report)
  }

  @Test func featuresThatAreNotStoredGiveTheSamePredictions() throws {
    let data = ring(rows: 3_000, seed: 14)
    let parameters = ParameterValues(
      plugin.manifest.parameters, ["output_dim": .integer(65), "l2": .real(1e-4)])
    let context = TrainingContext(studySeed: Seed(1), trialSeed: Seed(2))
    let stored = try plugin.train(data, parameters: parameters, context: context)
    let streamed = try QuasiSVMPlugin(mostStoredBytes: 0).train(
      data, parameters: parameters, context: context)
    #expect(streamed.report.stopping == .converged)
    let objective = try #require(stored.report.objective)
    #expect(try #require(streamed.report.objective) < 1.002 * objective)
    let mine = try streamed.model.scores(for: data.features).values
    let others = try stored.model.scores(for: data.features).values
    #expect(zip(mine, others).filter { ($0 > 0) == ($1 > 0) }.count > mine.count * 995 / 1000)
  }

  @Test func conflictsAreNamed() {
    let parameters = ParameterValues(
      plugin.manifest.parameters,
      ["kernel": .text("laplacian"), "draw": .text("orthogonal"), "l2": .real(0)])
    #expect(
      plugin.conflicts(in: parameters) == [
        ParameterConflict("l2", "l2: 0 needs solver: adam"),
        ParameterConflict("draw", "draw: orthogonal needs kernel: gaussian"),
      ])
  }
}

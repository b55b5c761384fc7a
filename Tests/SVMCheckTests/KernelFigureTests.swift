import BuiltInPlugins
import PluginKit
import SVMCheck
import Testing

private func check(
  _ parameters: [String: ParameterValue], on data: TrainingData = ringData(classCount: 3),
  studySeed: Seed = Seed(7)
) throws -> ModelCheck {
  let rows = CheckedRows(
    data, classes: (0..<data.classCount).map { "\($0)" }, limit: 2_000, seed: Seed(1))
  let plugin = try #require(try builtInPlugins()["quasi-svm"])
  return try MachineCheck(rows, seed: Seed(1)).check(
    CheckedModel(
      name: "model", plugin: plugin,
      parameters: ParameterValues(plugin.manifest.parameters, parameters), studySeed: studySeed))
}

/// The error of a mean over D/2 independent directions has the standard deviation √((1 + k² - 2k²)/D) or
/// so: it halves from D to 4D.
@Test(arguments: ["gaussian", "laplacian", "random-normal"])
func theKernelsErrorFallsWithTheRootOfD(kernel: String) throws {
  let scale = kernel == "random-normal" ? 0.05 : 1
  let figures = try #require(
    check(["kernel": .text(kernel), "output_dim": .integer(256), "scale": .real(scale)]).kernel)
  #expect(figures.errors.map(\.featureCount) == [256, 512, 1_024])
  let errors = figures.errors.map(\.rootMeanSquare)
  #expect(errors[0] < 0.12 && errors[0] > 0.02)
  #expect((1.4...2.9).contains(errors[0] / errors[2]), "\(errors)")
  for error in figures.errors { #expect(error.largest >= error.rootMeanSquare) }
}

@Test func glorotNormalHasTheKernelOfItsNumberOfFeatures() throws {
  let figures = try #require(
    check(["kernel": .text("glorot-normal"), "output_dim": .integer(254), "scale": .real(1)])
      .kernel)
  // √((2 + 254)/2)
  #expect(abs(figures.width - 11.313_708) < 1e-6)
  #expect(figures.form == "gaussian")
  // The kernel stays that of D at 2D and 4D, so that the error falls there, too.
  #expect(figures.errors[2].rootMeanSquare < figures.errors[0].rootMeanSquare)
}

/// At distances of about s, where k is about exp(-1/2), orthogonal blocks of 8 have about a fifth of the
/// variance (Yu et al., "Orthogonal random features", theorem 1): less than half of the error.
@Test func orthogonalDirectionsErrLess() throws {
  var generator = Seed(4).keyed("cloud").generator()
  let cloud = TrainingData(
    features: FeatureMatrix(
      rowCount: 60, columnCount: 8, values: (0..<480).map { _ in Float(generator.normal()) }),
    labels: (0..<60).map { Int32($0 % 2) }, classCount: 2)
  func meanSquare(_ draw: String) throws -> Double {
    let squares = try (0..<4).map { seed -> Double in
      let figures = try #require(
        check(
          ["draw": .text(draw), "output_dim": .integer(256), "scale": .real(4)], on: cloud,
          studySeed: Seed(UInt64(seed))
        ).kernel)
      return figures.errors[0].rootMeanSquare * figures.errors[0].rootMeanSquare
    }
    return squares.reduce(0, +) / 4
  }
  #expect(try meanSquare("orthogonal") < 0.5 * meanSquare("plain"))
}

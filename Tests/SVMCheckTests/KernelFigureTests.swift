import BuiltInPlugins
import PluginKit
import SVMCheck
import Testing

private func check(_ parameters: [String: ParameterValue]) throws -> ModelCheck {
  let rows = CheckedRows(
    ringData(classCount: 3), classes: ["a", "b", "c"], limit: 2_000, seed: Seed(1))
  let plugin = try #require(try builtInPlugins()["quasi-svm"])
  return try MachineCheck(rows, seed: Seed(1)).check(
    CheckedModel(
      name: "model", plugin: plugin,
      parameters: ParameterValues(plugin.manifest.parameters, parameters), studySeed: Seed(7)))
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

@Test func orthogonalDirectionsErrLess() throws {
  let settings: [String: ParameterValue] = ["output_dim": .integer(256), "scale": .real(1)]
  let plain = try #require(check(settings).kernel)
  let orthogonal = try #require(
    check(settings.merging(["draw": .text("orthogonal")]) { $1 }).kernel)
  #expect(orthogonal.quantiles == plain.quantiles)
  #expect(orthogonal.errors[0].rootMeanSquare < plain.errors[0].rootMeanSquare)
}

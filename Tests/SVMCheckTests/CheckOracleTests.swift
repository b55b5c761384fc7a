import BuiltInPlugins
import Foundation
import MarginHeads
import PluginKit
import SVMCheck
import TestSupport
import Testing

/// Figures that scikit-learn, SciPy and NumPy find, too.
@Suite(.enabled(if: PythonOracle.isAvailable))
struct CheckOracleTests {
  @Test func theReferenceDecidesAsSVC() throws {
    // A setting of libsvm's own: hinge loss, so that its SVC can be asked.
    let data = ringData(classCount: 3)
    let rows = CheckedRows(data, classes: ["a", "b", "c"], limit: 1_000, seed: Seed(1))
    let plugin = try #require(try builtInPlugins()["quasi-svm"])
    let check = try MachineCheck(rows, seed: Seed(1)).check(
      CheckedModel(
        name: "model", plugin: plugin,
        parameters: ParameterValues(
          plugin.manifest.parameters,
          [
            "loss": .text("hinge"), "l2": .real(0.003), "scale": .real(0.7),
            "output_dim": .integer(512),
          ]), studySeed: Seed(2)))
    let agreement = try #require(check.agreement)
    let input = JSONValue.object([
      ("x", .array(data.features.values.map { .number(Double($0)) })),
      ("y", .array(data.labels.map { .integer(Int($0)) })),
      ("folds", .array(rows.folds.map { .array($0.map { .integer($0) }) })),
    ])
    let answer = try JSONValue(parsing: PythonOracle.run(Self.svc, input: input.text))
    let expected = try #require(answer["accuracy"]?.number)
    // Solutions have a gap of 10⁻⁴: a row between two classes may fall to either.
    #expect(abs(agreement.otherAccuracy - expected) * Double(rows.count) < 1.5)
  }

  @Test func testsAndQuantilesAreThoseOfSciPy() throws {
    let pairs = [(0, 0), (1, 0), (3, 9), (10, 10), (40, 15), (300, 350), (2_000, 1_900)]
    let values = (0..<37).map { Double(($0 * 7919) % 101) / 7 }
    let input = JSONValue.object([
      ("pairs", .array(pairs.map { .array([.integer($0.0), .integer($0.1)]) })),
      ("values", .array(values.map { .number($0) })),
    ])
    let answer = try JSONValue(parsing: PythonOracle.run(Self.figures, input: input.text))
    let expected = answer["tests"]?.array?.compactMap(\.number) ?? []
    #expect(expected.count == pairs.count)
    for (pair, value) in zip(pairs, expected) {
      #expect(abs(mcNemarTest(pair.0, pair.1) - value) < 1e-9, "\(pair)")
    }
    let shares = [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]
    let found = quantiles(of: values, at: shares)
    for (value, other) in zip(found, answer["quantiles"]?.array?.compactMap(\.number) ?? []) {
      #expect(abs(value - other) < 1e-12)
    }
  }

  private static let svc = """
    import json, sys
    import numpy as np
    from sklearn.svm import SVC
    q = json.load(sys.stdin)
    y = np.array(q["y"])
    x = np.array(q["x"]).reshape(len(y), -1)
    right = 0
    for fold in q["folds"]:
        held = np.isin(np.arange(len(y)), fold)
        n = (~held).sum()
        scores = [SVC(C=1 / (2 * 0.003 * n), gamma=1 / (2 * 0.7**2), tol=1e-8)
                  .fit(x[~held], y[~held] == k).decision_function(x[held]) for k in range(3)]
        right += (np.argmax(scores, axis=0) == y[held]).sum()
    print(json.dumps({"accuracy": float(right / len(y))}))
    """

  private static let figures = """
    import json, sys
    import numpy as np
    from scipy.stats import binomtest
    q = json.load(sys.stdin)
    print(json.dumps({
        "tests": [binomtest(b, b + c).pvalue if b + c else 1.0 for b, c in q["pairs"]],
        "quantiles": list(np.quantile(q["values"], [0, 0.05, 0.25, 0.5, 0.75, 0.95, 1]))}))
    """
}

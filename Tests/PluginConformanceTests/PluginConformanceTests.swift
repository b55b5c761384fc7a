import PluginConformance
import PluginKit
import Testing

@Test func aPluginThatKeepsItsPromisesIsToldSo() async {
  let report = await ConformanceReport(checking: ToyPlugin(nil))
  #expect(report.findings.filter { $0.verdict.word != "kept" }.map(\.description) == [])
  #expect(report.findings.map(\.promise) == PluginPromise.all.map(\.name))
}

@Test func everyPromiseHasANameOfItsOwnAndAdviceWithoutAFullStop() {
  let names = PluginPromise.all.map(\.name)
  #expect(Set(names).count == names.count)
  #expect(names.allSatisfy { isName($0, separator: "-") })
  #expect(PluginPromise.all.allSatisfy { !$0.advice.isEmpty && !$0.advice.hasSuffix(".") })
}

/// The one promise that each fault breaks.
private let promises: [(fault: ToyPlugin.Fault, promise: String)] = [
  (.idInCapitals, "id-is-kebab-case"),
  (.conflictOfNothing, "conflicts-name-a-parameter-and-a-reason"),
  (.searchBeyondTheRange, "searched-values-are-allowed"),
  (.systemsRandomness, "the-same-seed-gives-the-same-bytes"),
  (.memoryOfTrainings, "earlier-trainings-change-no-byte"),
  (.sumByThread, "threads-change-no-byte"),
  (.watchedRowsLearnt, "rows-to-watch-change-no-byte"),
  (.incompleteCacheKey, "the-cache-changes-no-byte"),
  (.errorInACorner, "every-corner-trains-or-says-why-not"),
  (.interruptionSwallowed, "an-interruption-ends-training-as-it-is"),
  (.neverAsking, "long-trainings-ask-whether-to-go-on"),
  (.columnsOfPresentClasses, "an-absent-class-trains-or-says-why-not"),
  (.spreadOfZero, "a-constant-column-trains-or-says-why-not"),
  (.missingValuesSpread, "missing-values-are-understood"),
  (.lossOfNaN, "epochs-are-reported-in-order"),
  (.deafToStop, "training-stops-when-it-is-told-to"),
  (.ownNumberOfEpochs, "a-refit-runs-exactly-its-epochs"),
  (.weightsCapped, "a-weight-of-two-is-a-row-twice"),
  (.weightlessRowsCounted, "a-weight-of-zero-is-no-row"),
  (.classesSwapped, "class-order-is-kept"),
  (.centredBatches, "a-rows-scores-do-not-depend-on-its-batch"),
  (.scoredRowsCounted, "scoring-changes-nothing"),
  (.stateRounded, "a-loaded-model-gives-the-same-scores"),
  (.damageRepaired, "a-damaged-state-is-refused"),
  (.tensorsOfOneName, "tensors-have-different-names"),
]

@Test func everyFaultIsTried() {
  #expect(promises.map(\.fault) == ToyPlugin.Fault.allCases)
}

@Test(arguments: promises)
func aBrokenPromiseIsNamedAndNoOther(fault: ToyPlugin.Fault, promise: String) async {
  let report = await ConformanceReport(checking: ToyPlugin(fault))
  #expect(report.findings.filter(\.isBroken).map(\.promise) == [promise])
}

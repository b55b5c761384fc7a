import PluginKit

/// What a model promises.
let modelChecks = [
  PluginCheck(name: "a-rows-scores-do-not-depend-on-its-batch") { plugin in
    let model = try Trial(plugin).run().model
    let rows = blobs(rows: 301, seed: 9).features
    let whole = try model.scores(for: rows)
    var generator = Seed(4).keyed("batches").generator()
    var findings: [Finding] = []
    for _ in 0..<40 {
      let batch = (0..<1 + generator.index(below: 70)).map { _ in generator.index(below: 301) }
      let scores = try model.scores(for: rows.selecting(rows: batch))
      for (place, row) in batch.enumerated()
      where scores.row(place).map(\.bitPattern) != whole.row(row).map(\.bitPattern) {
        findings.append(Finding("row \(row) in a batch of \(batch.count)"))
      }
    }
    return findings
  },
  PluginCheck(name: "no-rows-give-no-scores") { plugin in
    let scores = try Trial(plugin).run().model.scores(
      for: FeatureMatrix(rowCount: 0, columnCount: 3))
    return scores.rowCount == 0 && scores.columnCount == 3 ? [] : [Finding("\(scores)")]
  },
  PluginCheck(name: "a-loaded-model-is-the-same-to-the-bit") { plugin in
    let outcome = try Trial(plugin).run()
    let state = outcome.model.state()
    let loaded = try plugin.load(state)
    let rows = blobs(rows: 50, seed: 9).features
    var findings: [Finding] = []
    if !outcome.model.isIdentical(to: loaded) { findings.append(Finding("the state differs")) }
    if try loaded.scores(for: rows) != outcome.model.scores(for: rows) {
      findings.append(Finding("the scores differ"))
    }
    if loaded.trainableParameterCount != outcome.model.trainableParameterCount {
      findings.append(Finding("the number of parameters differs"))
    }
    if TrainingReport(json: outcome.report.json) != outcome.report {
      findings.append(Finding("the report does not survive as JSON"))
    }
    return findings
  },
  PluginCheck(name: "tensors-have-different-names") { plugin in
    let names = try Trial(plugin).run().model.state().tensors.map(\.name)
    return Set(names).count == names.count ? [] : [Finding("\(names)")]
  },
  PluginCheck(name: "an-empty-state-is-refused") { plugin in
    do {
      _ = try plugin.load(ModelState(tensors: []))
      return [Finding("a state without anything was loaded")]
    } catch {
      return "\(error)".isEmpty ? [Finding("refused without a reason")] : []
    }
  },
]

extension TrainedModel {
  /// Whether two models have the same state, to the bit.
  func isIdentical(to other: any TrainedModel) -> Bool {
    let (mine, theirs) = (state(), other.state())
    return mine.attributes == theirs.attributes
      && mine.tensors.elementsEqual(theirs.tensors) {
        $0.name == $1.name && $0.shape == $1.shape
          && $0.values.map(\.bitPattern) == $1.values.map(\.bitPattern)
      }
  }

  /// The largest difference of scores, divided by the largest score; infinite where one is not finite.
  func largestDifference(to other: any TrainedModel, on rows: FeatureMatrix) throws -> Float {
    let (mine, theirs) = try (scores(for: rows).values, other.scores(for: rows).values)
    guard (mine + theirs).allSatisfy(\.isFinite) else { return .infinity }
    let scale = mine.reduce(1e-30) { max($0, abs($1)) }
    return zip(mine, theirs).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
  }
}

import ExternalPlugins
import Foundation
import PipelineSpec
import PluginKit
import Synchronization
import TestSupport
import Testing

@Test func aPluginInAnotherLanguageFindsTheCentres() throws {
  let sample = try SamplePlugin()
  let data = clouds()
  let outcome = try sample.train(data)
  #expect(try outcome.model.scores(for: data.features).predictions == data.labels)
  #expect(outcome.model.classCount == 3)
  #expect(outcome.model.featureCount == 2)
  #expect(outcome.model.trainableParameterCount == 6)
  #expect(outcome.report == TrainingReport(stopping: .converged, bestEpoch: 2))
}

@Test func scoresAreThoseOfTheFormula() throws {
  let sample = try SamplePlugin()
  let data = TrainingData(
    features: FeatureMatrix(rowCount: 3, columnCount: 1, values: [1, 2, 6]), labels: [0, 0, 1],
    classCount: 2, weights: [1, 3, 1])
  let model = try sample.train(data, ["shrinkage": .real(0), "metric": .text("cityblock")]).model
  let scores = try model.scores(for: FeatureMatrix(rowCount: 2, columnCount: 1, values: [0, 10]))
  #expect(scores.values == [-1.75, -6, -8.25, -4])
}

@Test func aModelComesBackFromItsState() throws {
  let sample = try SamplePlugin()
  let data = clouds()
  let model = try sample.train(data).model
  let state = model.state()
  #expect(state.tensors.map(\.name) == ["centres"])
  #expect(state.attributes["state"]?["metric"]?.string == "euclidean")
  let other = try SamplePlugin()
  let loaded = try other.plugin.load(state)
  #expect(try loaded.scores(for: data.features) == (try model.scores(for: data.features)))
  #expect(loaded.state() == state)
}

@Test func arraysOfEveryTypeComeBackAsTheyWere() throws {
  // It saves an array of each type, and takes only these back.
  let sample = try SamplePlugin(
    habit: """
      content = {"a": ("u8", [3], b"\\x01\\x02\\xff"), "b": ("i64", [1], b"\\x07" + bytes(7)),
                 "c": ("f64", [1, 1], struct.pack("<d", float("nan"))),
                 "d": ("i32", [2], bytes(8)), "e": ("f32", [1], struct.pack("<f", 1.5))}
      if verb == "save":
          described = [{"name": n, "type": t, "shape": s} for n, (t, s, _) in content.items()]
          sink.write(json.dumps({"ok": "save", "arrays": described}).encode() + b"\\n")
          for _, _, values in content.values():
              sink.write(struct.pack("<Q", len(values)) + values)
          sink.flush()
          return True
      if verb == "load":
          same = all(arrays[n][0].tobytes() == v for n, (_, _, v) in content.items())
          send({"ok": "load"} if same else {"error": "another state"})
          return True
      """)
  let state = try sample.train().model.state()
  #expect(state.tensors == [NamedTensor("e", shape: [1], values: [1.5])])
  #expect(state.buffers.map(\.elementType) == [.u8, .i64, .f64, .i32])
  #expect(state.buffers[0].bytes == [1, 2, 255])
  _ = try sample.plugin.restored(state)
  var damaged = state
  damaged.buffers[0] = NamedBuffer("a", .u8, shape: [3], bytes: [1, 2, 3])
  #expect(throws: ModelStateError("another state")) { try sample.plugin.load(damaged) }
}

@Test func theSameRequestGivesTheSameBytesInOneProcessAndInAnother() throws {
  let sample = try SamplePlugin()
  let (first, second) = (clouds(), clouds(rows: 12, columns: 4, classes: 2))
  let before = try sample.train(first).model.state()
  _ = try sample.train(second)
  #expect(try sample.train(first).model.state() == before)
  let other = try SamplePlugin()
  #expect(try other.train(first).model.state() == before)
}

@Test func aMatrixIsSentOnceToAProcess() throws {
  let sample = try SamplePlugin(habit: "print(verb, file=sys.stderr, flush=True)")
  let log = Log()
  let rows = clouds()
  let data = rows.monitoring(
    LabelledRows(features: clouds(rows: 9).features, labels: Array(0..<9).map { $0 % 3 }))
  for shrinkage in [0.1, 0.2] {
    let model = try sample.train(data, ["shrinkage": .real(shrinkage)], context: log.context).model
    _ = try model.scores(for: try #require(data.monitor).features)
    _ = try model.scores(for: try #require(data.monitor).features)
  }
  _ = try sample.train(rows, context: log.context)
  // The monitor rows were there when they were scored, and each model was loaded once.
  let words = log.text.split(separator: "\n")
  let round: [Substring] = ["fit", "save", "load", "scores", "scores"]
  #expect(words == ["hello", "data", "data"] + round + round + ["fit", "save"])
}

@Test func epochsAreReportedAndCanBeEnded() throws {
  let sample = try SamplePlugin()
  let reports = Mutex<[EpochReport]>([])
  func train(exactly epochs: Int?, stopAt last: Int) throws {
    reports.withLock { $0 = [] }
    _ = try sample.train(
      context: TrainingContext(
        studySeed: Seed(1), trialSeed: Seed(2), exactEpochs: epochs,
        observer: { report in
          reports.withLock { $0.append(report) }
          return report.epoch == last ? .stop : .proceed
        }))
  }
  try train(exactly: nil, stopAt: 99)
  #expect(reports.withLock { $0.map(\.epoch) } == [1, 2])
  #expect(reports.withLock { $0.map(\.trainingLoss) } == [1, 0.5])
  try train(exactly: 5, stopAt: 99)
  #expect(reports.withLock { $0.count } == 5)
  try train(exactly: 5, stopAt: 3)
  #expect(reports.withLock { $0.count } == 3)
}

@Test func aRefusalIsNoFaultAndTheProcessStays() throws {
  let sample = try SamplePlugin(
    habit: """
      print(os.getpid(), file=sys.stderr)
      if verb == "fit" and request["parameters"]["shrinkage"] == 1:
          send({"error": "nothing remains\\nof the rest"})
          return True
      """)
  let log = Log()
  #expect(throws: TrainingFailure("nothing remains")) {
    try sample.train(clouds(), ["shrinkage": .real(1)], context: log.context)
  }
  _ = try sample.train(context: log.context)
  #expect(Set(log.text.split(separator: "\n")).count == 1)
}

@Test func manyThreadsHaveProcessesOfTheirOwn() async throws {
  let sample = try SamplePlugin(habit: "print(os.getpid(), file=sys.stderr)\ntime.sleep(0.05)")
  let log = Log()
  let states = try await withThrowingTaskGroup(of: ModelState.self) { group in
    for _ in 0..<3 {
      group.addTask { try sample.train(context: log.context).model.state() }
    }
    return try await group.reduce(into: []) { $0.append($1) }
  }
  #expect(states.allSatisfy { $0 == states[0] })
  let processes = Set(log.text.split(separator: "\n"))
  #expect((1...3).contains(processes.count))
}

@Test func noRowsHaveNoScores() throws {
  let sample = try SamplePlugin()
  let model = try sample.train().model
  let none = FeatureMatrix(rowCount: 0, columnCount: 2)
  #expect(try model.scores(for: none) == ScoreMatrix(rowCount: 0, columnCount: 3))
}

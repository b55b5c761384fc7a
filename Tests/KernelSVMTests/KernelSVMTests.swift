import KernelSVM
import PluginKit
import Testing

private let schemes = ["one-vs-rest", "one-vs-one"]

@Suite struct KernelSVMTests {
  /// Four rows at the corners of a square, each class at two opposite ones.
  @Test(arguments: ["hinge", "squared-hinge"], ["gaussian", "laplacian"])
  func learnsExclusiveOr(loss: String, kernel: String) throws {
    let data = TrainingData(
      features: FeatureMatrix(rowCount: 4, columnCount: 2, values: [0, 0, 1, 1, 0, 1, 1, 0]),
      labels: [0, 0, 1, 1], classCount: 2)
    let outcome = try train(
      data, ["loss": .text(loss), "kernel": .text(kernel), "scale": .real(0.7)])
    #expect(try labels(outcome.model.scores(for: data.features)) == [0, 0, 1, 1])
    #expect(outcome.report.stopping == .converged)
    #expect(outcome.report.warnings == [])
  }

  /// Rows far from each other have β = t/(1 + λn) with squared hinge and equally many rows of both
  /// classes, and with hinge β = t as long as C = 1/(2λn) allows it: the scores are those, with b = 0.
  @Test(arguments: [("squared-hinge", 0.05, 0.5), ("hinge", 0.005, 1), ("hinge", 0.05, 0.5)])
  func rowsThatAreFarApartHaveKnownScores(setting: (String, Double, Float)) throws {
    let data = TrainingData(
      features: FeatureMatrix(rowCount: 20, columnCount: 1, values: (0..<20).map { Float($0) }),
      labels: (0..<20).map { Int32($0 % 2) }, classCount: 2)
    let outcome = try train(
      data, ["loss": .text(setting.0), "l2": .real(setting.1), "scale": .real(0.01)])
    let scores = try outcome.model.scores(for: data.features)
    for row in 0..<20 {
      let sign: Float = row % 2 == 0 ? 1 : -1
      #expect(abs(scores[row, 0] - sign * setting.2) < 0.01)
      #expect(scores[row, 1] == -scores[row, 0])
    }
    #expect(outcome.model.trainableParameterCount == 21)
  }

  @Test(arguments: schemes)
  func onlySupportVectorsAreKept(multiclass: String) throws {
    let data = clouds(rows: 150, classes: 3, seed: 3)
    let outcome = try train(
      data, ["loss": .text("hinge"), "scale": .real(3), "multiclass": .text(multiclass)])
    let state = outcome.model.state()
    let width = multiclass == "one-vs-rest" ? 3 : 2
    let coefficients = tensor(state, "support.coefficients")
    let rows = tensor(state, "support.rows")
    let count = coefficients.count / width
    #expect(count > 10 && count < 140)
    for place in 0..<count {
      #expect(coefficients[place * width..<(place + 1) * width].contains { $0 != 0 })
      let row = Array(rows[place * 4..<(place + 1) * 4])
      #expect((0..<150).contains { Array(data.features.row($0)) == row })
    }
    #expect(
      outcome.model.trainableParameterCount == coefficients.count { $0 != 0 } + 3)
  }

  @Test(arguments: schemes)
  func absentClassesAreNeverPredicted(multiclass: String) throws {
    let known = clouds(rows: 90, classes: 3, seed: 4)
    // Of classes 0 to 5, class 0 and the last two have no rows.
    let data = TrainingData(
      features: known.features, labels: known.labels.map { $0 + 1 }, classCount: 6)
    let outcome = try train(data, ["multiclass": .text(multiclass)])
    let found = try labels(
      outcome.model.scores(for: clouds(rows: 300, classes: 3, seed: 5).features))
    #expect(Set(found) == [1, 2, 3])
    #expect(outcome.report.stopping == .converged)
  }

  @Test(arguments: schemes)
  func oneClassAloneIsPredicted(multiclass: String) throws {
    let data = TrainingData(
      features: clouds(rows: 10, classes: 2, seed: 6).features,
      labels: Array(repeating: 2, count: 10), classCount: 4)
    let outcome = try train(data, ["multiclass": .text(multiclass)])
    #expect(try labels(outcome.model.scores(for: data.features)) == Array(repeating: 2, count: 10))
    #expect(outcome.report.objective == 0)
  }

  /// Exchanging two classes exchanges their scores.
  @Test func theOrderOfClassesDoesNotMatter() throws {
    let data = clouds(rows: 80, classes: 2, seed: 7)
    let exchanged = TrainingData(
      features: data.features, labels: data.labels.map { 1 - $0 }, classCount: 2)
    let settings: [String: ParameterValue] = ["l2": .real(0.01)]
    let scores = try train(data, settings).model.scores(for: data.features)
    let others = try train(exchanged, settings).model.scores(for: data.features)
    for row in 0..<80 { #expect(abs(scores[row, 0] - others[row, 1]) < 0.01) }
  }

  @Test(arguments: ["gaussian", "laplacian"], schemes)
  func modelsSurviveTheirStateBitForBit(kernel: String, multiclass: String) throws {
    let data = clouds(rows: 70, classes: 4, seed: 8)
    let model = try train(
      data, ["kernel": .text(kernel), "multiclass": .text(multiclass), "scale": .real(0.7)]
    ).model
    let text = model.state().attributes.text
    let state = ModelState(
      tensors: model.state().tensors, attributes: try JSONValue(parsing: text))
    let loaded = try plugin.load(state)
    #expect(try loaded.scores(for: data.features) == model.scores(for: data.features))
    #expect(loaded.state() == model.state())
  }

  @Test func damagedStatesAreRefusedWithAReason() throws {
    let state = try train(clouds(rows: 30, classes: 3, seed: 9), [:]).model.state()
    func refusal(_ name: String, _ value: JSONValue) -> String {
      var members = state.attributes.members ?? []
      for place in members.indices where members[place].0 == name { members[place].1 = value }
      do {
        _ = try plugin.load(ModelState(tensors: state.tensors, attributes: .object(members)))
        return "loaded"
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal("kernel", .string("cubic")) == "the model's kernel 'cubic' is not known")
    #expect(
      refusal("multiclass", .string("all")) == "the model's multiclass scheme 'all' is not known")
    #expect(
      refusal("scale", .number(0)) == "the model's 'scale' is missing or is no positive number")
    #expect(
      refusal("support_counts", .array([])) == "the model's 'support_counts' are not 1 counts")
    #expect(refusal("classes", .integer(1)) == "the model has 1 classes")
    #expect(
      refusal("features", .integer(3)).hasPrefix("the tensor 'support.rows' has shape ["))
  }

  @Test func kernelsThatTellNothingApartAreSaid() throws {
    let data = clouds(rows: 50, classes: 2, seed: 10)
    #expect(
      try train(data, ["scale": .real(1000)]).report.warnings == [
        "The kernel is almost constant: nine tenths of its values between pairs of training rows lie "
          + "in 1.0 to 1.0; a smaller scale would tell rows apart."
      ])
    #expect(
      try train(data, ["scale": .real(1e-4)]).report.warnings == [
        "The kernel is almost the identity: nineteen twentieths of its values between different "
          + "training rows lie below 0.01; a larger scale would relate rows to each other."
      ])
  }

  @Test func excessiveTablesAreRefusedWithFigures() {
    let data = TrainingData(
      features: FeatureMatrix(rowCount: 40_000, columnCount: 1),
      labels: Array(repeating: 0, count: 40_000), classCount: 2)
    #expect(
      throws: TrainingFailure(
        "the kernel between 40000 rows takes 6.0 GiB, and at most 2 GiB are held, enough for "
          + "23168 rows; quasi-svm has no such limit")
    ) { try train(data, [:]) }
  }
}

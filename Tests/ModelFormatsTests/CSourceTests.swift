import ModelExport
import ModelFormats
import PluginKit
import TabularData
import TestSupport
import Testing

private func source(_ whole: WholeGraph) -> CSource {
  CSource(
    PredictionGraph(
      graph: whole.graph, scores: whole.scores, probabilities: whole.probabilities,
      classes: whole.classes), name: "model")
}

private func cells(_ rows: GraphRows) -> [[CProgram.Cell]] {
  (0..<rows.rowCount).map { row in
    WholeGraph.numbers.map { .number(rows.numbers[$0]?[row]) }
      + WholeGraph.texts.map { .text(rows.texts[$0]?[row]) }
  }
}

@Test(arguments: CProgram.compilers)
func allOperationsGiveWhatTheGraphGives(compiler: String) throws {
  let whole = WholeGraph()
  let rows = WholeGraph.rows(60)
  let values = try whole.graph.evaluate(rows)
  guard case .float32(let scores) = values[whole.scores.node],
    case .float32(let probabilities) = values[whole.probabilities.node]
  else { throw CompilerError(description: "the graph gives no scores") }

  let export = source(whole)
  let program = try CProgram(
    header: export.header, source: export.source, rows: cells(rows),
    compiler: compiler)
  let answers = try program.answers()
  #expect(answers.count == 60)
  for (row, answer) in answers.enumerated() {
    let answer = try #require(answer)
    let expected = scores.row(row)
    let scale = expected.reduce(1) { max($0, abs($1)) }
    for (found, value) in zip(answer.scores, expected) {
      #expect(abs(found - Double(value)) <= 1e-5 * Double(scale))
    }
    for (found, value) in zip(answer.probabilities, probabilities.row(row)) {
      #expect(abs(found - Double(value)) <= 1e-5)
    }
    let best = expected.indices.reduce(expected.startIndex) {
      expected[$1] > expected[$0] ? $1 : $0
    }
    #expect(answer.place == best - expected.startIndex)
    #expect(answer.label == whole.classes[answer.place])
  }
}

@Test func rowsThatTheModelRefusesHaveNoAnswer() throws {
  var graph = ModelGraph()
  let number = graph.append(.numberColumn("x"))
  let encoding = ModelGraph.CategoryEncoding(
    categories: [.init("a", .column(0)), .init("rare", .zeros)], missingTexts: ["", "NA"],
    missing: .missing, unseen: .refused, width: 1)
  let text = graph.append(.encodedCategory(encoding), graph.append(.textColumn("t")))
  let features = graph.append(.rounded(allowsGaps: false), graph.append(.joined, number, text))
  let scores = graph.append(
    .affine(
      weights: FeatureMatrix(rowCount: 2, columnCount: 2, values: [1, -1, 2, 0]), biases: [0, 0.5]),
    features)
  let probabilities = graph.append(.softmax(inverseTemperature: 1), scores)
  let export = CSource(
    PredictionGraph(
      graph: graph, scores: scores, probabilities: probabilities, classes: ["p", "q"]),
    name: "model")
  let rows: [[CProgram.Cell]] = [
    [.number(1), .text("a")], [.number(1), .text("b")], [.number(nil), .text("a")],
    [.number(1), .text(nil)], [.number(1), .text("NA")], [.number(3.5e38), .text("a")],
    [.number(-1e39), .text("rare")], [.number(-1), .text("rare")],
  ]
  let program = try CProgram(
    header: export.header, source: export.source, rows: rows, compiler: "cc")
  let answers = try program.answers()
  #expect(answers.map { $0?.label } == ["p", nil, nil, nil, nil, nil, nil, "q"])
  #expect(answers[0]?.scores == [3, -0.5])
}

@Test(arguments: SampleModel.all)
func theCExportSaysWhatTheProgramSays(sample: SampleModel) throws {
  let folder = try TemporaryFolder()
  let train = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let test = try folder.write(oddTable(hasStrangers: true), to: "test.csv")
  let classifier = try sample.trained(on: train, target: "kind")
  let table = try classifier.bundle.schema.read(test).features
  let expected = try ParityRows(classifier, rows: table)
  let answers = try CProgram(exporting: classifier, expected).answers()
  #expect(answers.map { $0?.label } == expected.labels)
  for (row, answer) in answers.enumerated() {
    let own = expected.scores.row(row)
    let scale = own.reduce(1) { max($0, abs($1)) }
    for (found, score) in zip(answer?.scores ?? [], own) {
      let allowed = ParityRows.tolerance * Double(scale) + expected.cosineRounding[row]
      #expect(abs(found - Double(score)) <= allowed, "row \(row)")
    }
    let probabilities = expected.probabilities[3 * row..<3 * row + 3]
    for (found, probability) in zip(answer?.probabilities ?? [], probabilities) {
      #expect(abs(found - probability) <= 1e-4, "row \(row)")
    }
  }
}

extension CProgram {
  /// The C export of a model, with the rows that it has to predict.
  init(exporting classifier: TabularClassifier, _ rows: ParityRows) throws {
    let files = try CFormat().files(for: classifier, rows: rows, named: "model.c")
    #expect(files.map(\.path) == ["model.c", "model.h", "model.parity.json"])
    try self.init(
      header: String(decoding: files[1].bytes, as: UTF8.self),
      source: String(decoding: files[0].bytes, as: UTF8.self), rows: Self.cells(rows.table),
      compiler: "cc")
  }

  private static func cells(_ table: Table) -> [[Cell]] {
    (0..<table.rowCount).map { row in
      table.columns.map { column in
        switch column.values {
        case .numeric(let numbers): .number(numbers[row])
        case .categorical(let codes, let categories):
          .text(codes[row] < 0 ? nil : categories[Int(codes[row])])
        }
      }
    }
  }
}

@Test func aNameThatNoIncludeCanHoldIsRefused() throws {
  let folder = try TemporaryFolder()
  let train = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  let classifier = try SampleModel.all[0].trained(on: train, target: "kind")
  let rows = try ParityRows(drawnFor: classifier)
  let error = #expect(throws: ModelFormatError.self) {
    try CFormat().files(for: classifier, rows: rows, named: "my \"best\" model.c")
  }
  #expect(
    error?.description
      == "'my \"best\" model.h' can't be named in an #include of C: choose a name without quotes, "
      + "backslashes, question marks and control characters")
  let odd = try CFormat().files(for: classifier, rows: rows, named: "2nd größe.model.c")
  #expect(
    odd.map(\.path) == ["2nd größe.model.c", "2nd größe.model.h", "2nd größe.model.parity.json"])
  let header = String(decoding: odd[1].bytes, as: UTF8.self)
  #expect(header.contains("int c_2nd_gr_e_model_predict("))
}

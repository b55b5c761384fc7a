import Foundation
import ModelExport
import ModelFormats
import PluginKit
import TabularData
import TestSupport
import Testing

@Suite(.enabled(if: PythonOracle.isAvailable)) struct ONNXTests {
  @Test func onnxruntimeSaysWhatTheProgramSaysFromRawColumns() throws {
    var runtime = try OnnxRuntime()
    let train = try runtime.folder.write(oddTable(hasStrangers: false), to: "train.csv")
    let test = try runtime.folder.write(oddTable(hasStrangers: true), to: "test.csv")
    for sample in SampleModel.all {
      let classifier = try sample.trained(on: train, target: "kind")
      let table = try classifier.bundle.schema.read(test).features
      try runtime.add(classifier, ParityRows(classifier, rows: table))
    }
    let answers = try runtime.answers()
    #expect(answers.count == SampleModel.all.count)
    for (sample, answer) in zip(SampleModel.all, answers) {
      let name = sample.testDescription
      #expect(answer.complaint == "", "\(name)")
      #expect(answer.refusal == "", "\(name)")
      #expect(answer.wrongLabels == 0, "\(name)")
      #expect(answer.scoreError <= 1, "\(name)")
      #expect(answer.probabilityError <= 1e-4, "\(name)")
      #expect(
        answer.inputs == [
          "a \"b\" 'c' tensor(double) 1", "dots.x tensor(double) 1", "Größe µ tensor(double) 1",
          "label tensor(string) 1", "scores tensor(string) 1", "value_1 tensor(double) 1",
          "x,y tensor(double) 1",
        ], "\(name)")
      #expect(
        answer.outputs == [
          "label' tensor(string) 1", "scores' tensor(float) 2", "probabilities tensor(float) 2",
        ], "\(name)")
    }
  }

  @Test func theRoomsOfTheRepositoryArePredictedAlike() throws {
    var runtime = try OnnxRuntime()
    let rooms = packageRoot.appending(path: "pipelines/data/rooms.csv")
      .path(percentEncoded: false)
    let samples = [
      SampleModel(
        plugin: "quasi-svm", values: ["output_dim": .integer(512)], steps: ["impute", "scale"]),
      SampleModel(plugin: "kernel-svm", steps: ["impute", "scale"]),
      SampleModel(plugin: "nearest-neighbours", steps: ["impute", "scale"]),
      SampleModel(plugin: "extra-trees", values: ["trees": .integer(20)], steps: []),
    ]
    let text = try String(contentsOfFile: rooms, encoding: .utf8)
    let lines = text.split(separator: "\n")
    let target = lines[0].split(separator: ",").last.map(String.init) ?? ""
    let some = try runtime.folder.write(
      ([lines[0]] + lines.dropFirst().enumerated().filter { $0.offset % 4 == 0 }.map(\.element))
        .joined(separator: "\n") + "\n", to: "some.csv")
    for sample in samples {
      let classifier = try sample.trained(on: some, target: target)
      let table = try classifier.bundle.schema.read(rooms).features
      try runtime.add(classifier, ParityRows(classifier, rows: table))
    }
    for (sample, answer) in zip(samples, try runtime.answers()) {
      #expect(answer.complaint + answer.refusal == "", "\(sample.plugin)")
      #expect(answer.wrongLabels == 0, "\(sample.plugin)")
      #expect(answer.scoreError <= 1, "\(sample.plugin)")
    }
  }

  @Test func rowsThatTheProgramRefusesAreRefused() throws {
    var runtime = try OnnxRuntime()
    let text = "x,tint,kind\n1,red,a\n2,blue,b\n3,red,a\n4,blue,b\n"
    let path = try runtime.folder.write(text, to: "train.csv")
    let strict = try SampleModel(
      plugin: "linear-svm", steps: ["one-hot"], stepValues: ["one-hot.unseen": .text("error")]
    ).trained(on: path, target: "kind")
    let good = try ParityRows(strict, rows: row(1, "red"))
    let model = try ONNXFormat().files(for: strict, rows: good, named: "m.onnx")[0]
    let file = try runtime.folder.write(Data(model.bytes), to: "m.onnx")
    for (x, tint) in [(1.0, "red"), (.nan, "red"), (1, nil), (1, "green"), (1e39, "red")] {
      let members = (good.json.members ?? []).map { name, value in
        (name, name == "columns" ? columns(x, tint) : value)
      }
      try runtime.add(file, .object(members))
    }
    let refusals = try runtime.answers().map(\.refusal)
    #expect(refusals[0] == "")
    for refusal in refusals.dropFirst() {
      #expect(refusal.contains("indices element out of data bounds"))
    }
  }

  private func row(_ x: Double, _ tint: String) -> Table {
    Table(
      rowCount: 1,
      columns: [
        Column(name: "x", values: .numeric([x])),
        Column(name: "tint", values: .categorical(codes: [0], categories: [tint])),
      ])
  }

  private func columns(_ x: Double, _ tint: String?) -> JSONValue {
    .array([
      .object([
        ("name", .string("x")), ("kind", .string("number")), ("values", .array([.number(x)])),
      ]),
      .object([
        ("name", .string("tint")), ("kind", .string("text")),
        ("values", .array([tint.map { .string($0) } ?? .null])),
      ]),
    ])
  }
}

@Test func equalModelsGiveEqualBytes() throws {
  let folder = try TemporaryFolder()
  let path = try folder.write(oddTable(hasStrangers: false), to: "train.csv")
  for format in modelFormats {
    let files = try (0..<2).map { _ in
      let classifier = try SampleModel.all[4].trained(on: path, target: "kind")
      return try format.files(
        for: classifier, rows: ParityRows(drawnFor: classifier), named: "model")
    }
    #expect(files[0] == files[1])
  }
}

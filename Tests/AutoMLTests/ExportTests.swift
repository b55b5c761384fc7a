import Foundation
import PluginKit
import TestSupport
import Testing

@Suite struct ExportTests {
  @Test(.enabled(if: PythonOracle.isAvailable), arguments: ["m.onnx", "folder/m"])
  func anExportIsWrittenAndVerified(output: String) throws {
    let sample = try SampleRun.shared.get()
    let workplace = try Workplace()
    let run = try workplace.automl(
      "export", sample.workplace.folder.path("runs/points"), "--format",
      output == "m.onnx" ? "onnx" : "mlflow", "--output", output, "--verify", "--table",
      "points.csv", "--python", PythonOracle.program)
    #expect(run.exitCode == 0)
    #expect(run.output == "")
    let lines = run.messages.lines
    #expect(
      lines[0]
        == (output == "m.onnx"
          ? "wrote m.onnx and m.parity.json"
          : "wrote folder/m/MLmodel, folder/m/model.onnx, folder/m/input_example.json and 4 more"))
    #expect(
      lines[1].hasPrefix("verified: onnxruntime ")
        && lines[1].contains(" on 60 rows: no labels differ, scores by "))
    let parity = output == "m.onnx" ? "m.parity.json" : "folder/m/parity.json"
    let rows = try JSONValue(parsing: workplace.folder.text(parity))
    #expect(rows["labels"]?.array?.count == 60)
    #expect(rows["classes"]?.array?.compactMap(\.string) == ["hill", "lake", "wood"])
  }

  @Test func withoutATableTheParityFileHas100DrawnRows() throws {
    let sample = try SampleRun.shared.get()
    let workplace = try Workplace()
    let run = try workplace.automl(
      "export", sample.workplace.folder.path(sample.model), "--format", "onnx", "--output",
      "m.onnx")
    #expect(run.exitCode == 0)
    #expect(run.messages == "wrote m.onnx and m.parity.json\n")
    let rows = try JSONValue(parsing: workplace.folder.text("m.parity.json"))
    #expect(rows["labels"]?.array?.count == 100)
    #expect(Set(rows["labels"]?.array?.compactMap(\.string) ?? []) == ["hill", "lake", "wood"])
  }

  @Test func whereOnnxruntimeIsMissingItIsSaid() throws {
    let sample = try SampleRun.shared.get()
    let workplace = try Workplace()
    let model = sample.workplace.folder.path(sample.model)
    try workplace.folder.write("#!/bin/sh\necho No module named onnxruntime\nexit 3\n", to: "bare")
    try workplace.folder.write("#!/bin/sh\necho 2 labels differ\nexit 1\n", to: "other")
    _ = try workplace.shell("chmod +x bare other")
    func messages(_ python: String) throws -> String {
      let run = try workplace.automl(
        "export", model, "--format", "onnx", "--output", "m.onnx", "--verify", "--python", python)
      #expect(run.exitCode == 1)
      return run.messages
    }
    let wrote = "wrote m.onnx and m.parity.json\n"
    #expect(
      try messages("./bare") == wrote
        + "error: not verified, since './bare' has no onnxruntime (No module named onnxruntime); to "
        + "install it: ./bare -m pip install onnxruntime\n")
    #expect(
      try messages("./other") == wrote
        + "error: the export differs from the program: 2 labels differ\n")
    #expect(
      try messages("./absent").hasSuffix(
        "error: not verified, since './absent' could not be run; name a Python that has "
          + "onnxruntime with --python\n"))
  }

  @Test(arguments: ["c", "coreml", "safetensors"])
  func otherFormatsAreWrittenWithTheirParityFile(format: String) throws {
    let sample = try SampleRun.shared.get()
    let workplace = try Workplace()
    let model = sample.workplace.folder.path(sample.model)
    let output = ["c": "best model.c", "coreml": "m.mlmodel"][format] ?? "copy.safetensors"
    let run = try workplace.automl(
      "export", model, "--format", format, "--output", "out/\(output)", "--table", "points.csv")
    #expect(run.exitCode == 0)
    switch format {
    case "c":
      #expect(
        run.messages
          == "wrote 'out/best model.c', 'out/best model.h' and 'out/best model.parity.json'\n")
      let flags = "-std=c99 -pedantic -Wall -Wextra -Werror"
      #expect(try workplace.shell("cc \(flags) -c 'out/best model.c' -o m.o").messages == "")
    case "coreml":
      #expect(run.messages == "wrote out/m.mlmodel and out/m.parity.json\n")
    default:
      #expect(run.messages == "wrote out/copy.safetensors and out/copy.parity.json\n")
      #expect(
        try workplace.folder.data("out/copy.safetensors") == Data(contentsOf: URL(filePath: model)))
    }
    let parity = "out/\(output.split(separator: ".")[0]).parity.json"
    let rows = try JSONValue(parsing: workplace.folder.text(parity))
    #expect(rows["labels"]?.array?.count == 60)
    let verified = try workplace.automl(
      "export", model, "--format", format, "--output", "x", "--verify")
    #expect(
      verified.messages
        == "error: --verify runs ONNX graphs, and the format '\(format)' has none\n")
    #expect(!workplace.folder.contains("x"))
  }

  @Test func aModelThatDescribesNothingIsRefusedByThePluginsName() throws {
    let workplace = try Workplace()
    try PluginSample.write(to: workplace.folder, "plugins/centre")
    let run = try workplace.automl(
      "run", "points.csv", "--target", "kind", "--plugin-path", "plugins", "--set",
      "models=[{use: centre, tune: {}}]", "--set", "search.trials=1")
    #expect(run.exitCode == 0, "\(run.messages)")
    let exported = try workplace.automl(
      "export", "runs/points", "--format", "onnx", "--output", "m.onnx", "--plugin-path", "plugins")
    #expect(exported.exitCode == 2)
    #expect(
      exported.messages == "error: the plugin 'centre' does not describe its models as operations, "
        + "so only automl can run them\n")
    #expect(!FileManager.default.fileExists(atPath: workplace.folder.path("m.onnx")))
  }

  @Test func aFormatThatIsNotThereIsRefusedWithThoseThatAre() throws {
    let sample = try SampleRun.shared.get()
    let run = try sample.workplace.automl(
      "export", sample.model, "--format", "onyx", "--output", "m.onnx")
    #expect(run.exitCode == 2)
    #expect(
      run.messages.lines.first
        == "error: there is no format 'onyx'; there are: onnx, mlflow, coreml, c, safetensors")
  }

  @Test func aPipelineThatAsksForExportsHasThemInItsRunFolder() throws {
    let workplace = try Workplace()
    let arguments = [
      "run", "points.csv", "--target", "kind", "--set", "search.trials=2", "--set",
      "output.export=[{use: onnx}, {use: mlflow}]",
    ]
    func run(_ more: String...) throws -> ChildProcess.Outcome {
      try ProgramRun.start(arguments + more, directory: workplace.folder.path)
        .finish(timeLimit: 120)
    }
    let first = try run()
    #expect(first.exitCode == 0, "\(first.messages)")
    #expect(
      first.messages.lines.last
        == "It is exported as runs/points/best.onnx and runs/points/best.mlflow/MLmodel.")
    let names = ["best.onnx", "best.parity.json", "best.mlflow/model.onnx"]
    for name in names {
      #expect(FileManager.default.fileExists(atPath: workplace.folder.path("runs/points/" + name)))
    }
    _ = try workplace.shell("rm -r runs/points/best.onnx runs/points/best.mlflow")
    #expect(try run().messages.lines.last == first.messages.lines.last)
    let plain = try workplace.automl(
      "run", "points.csv", "--target", "kind", "--set", "search.trials=2", "--fresh")
    #expect(plain.exitCode == 0)
    #expect(
      try workplace.shell("ls -d runs/points/best.*").output == "runs/points/best.safetensors\n")
  }

  @Test func aFormatThatIsNotThereIsFoundInThePipeline() throws {
    let workplace = try Workplace()
    _ = try workplace.automl("init", "points.csv", "--target", "kind")
    let run = try workplace.automl(
      "check", "points.yaml", "--set", "output.export=[{use: onx}]")
    #expect(run.exitCode == 2)
    #expect(
      run.messages.contains(
        "error: output.export[0].use must be one of onnx, mlflow, coreml, c, safetensors, got 'onx'"
      ))
    #expect(run.messages.contains("did you mean 'onnx'?"))
  }
}

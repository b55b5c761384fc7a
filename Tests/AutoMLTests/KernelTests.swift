import PluginKit
import TestSupport
import Testing

/// Every word that a pipeline may have for `kernel-svm`, from the file to predictions.
@Test(arguments: ["gaussian", "laplacian"], ["one-vs-rest", "one-vs-one"])
func kernelMachinesAreRunAndPredict(kernel: String, multiclass: String) throws {
  let workplace = try Workplace()
  try workplace.folder.write(
    """
    version: 1
    data: {source: points.csv, target: kind}
    split: {method: stratified, validation: 0.2, test: 0.2}
    models:
      - use: kernel-svm
        with: {kernel: \(kernel), multiclass: \(multiclass)}
        tune:
          loss: {choices: [hinge, squared-hinge]}
          scale: {min: 0.5, max: 5, log: true}
          l2: {min: 1.0e-4, max: 1.0e-1, log: true}
    search: {trials: 6}
    output: {dir: run}
    """, to: "kernel.yaml")
  let run = try workplace.automl("run", "kernel.yaml", "--workers", "1")
  #expect(run.exitCode == 0)
  let board = try JSONValue(
    parsing: workplace.automl("leaderboard", "run", "--format", "json").output)
  let entries = board["entries"]?.array ?? []
  #expect(entries.count == 7)
  #expect(entries.allSatisfy { $0["status"]?.string == "complete" })
  let winner = try #require(entries.first)
  #expect(winner["plugin"]?.string == "kernel-svm")
  #expect(winner["parameters"]?["multiclass"]?.string == multiclass)
  let predicted = try workplace.automl(
    "predict", "run/best.safetensors", "-", input: "x,y\n0,0\n6,0\n0,6\n")
  #expect(predicted.output.lines == ["prediction", "hill", "lake", "wood"])
}

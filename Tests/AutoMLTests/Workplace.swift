import Foundation
import PluginKit
import TestSupport

/// A folder in which the program runs as a person would run it.
struct Workplace {
  let folder: TemporaryFolder

  /// Makes a folder with the table `points.csv`, whose labels are in the column `kind`.
  init() throws {
    folder = try TemporaryFolder()
    try folder.write(pointTable(), to: "points.csv")
  }

  /// Runs the program in the folder to its end.
  func automl(
    _ arguments: String..., input: String = "", environment: [String: String] = [:]
  ) throws -> ChildProcess.Outcome {
    try ProgramRun.start(
      arguments, input: Data(input.utf8), environment: environment, directory: folder.path
    ).finish(timeLimit: 120)
  }

  /// Runs a line of the shell in the folder, in which `$automl` is the program.
  func shell(_ line: String) throws -> ChildProcess.Outcome {
    try ChildProcess(
      executable: "/bin/sh", arguments: ["-c", line],
      environment: ["automl": try ProgramRun.program("automl")], directory: folder.path
    ).finish(timeLimit: 120)
  }
}

/// The result of `automl run points.csv --target kind`, which many tests look at and none changes.
struct SampleRun {
  static let shared = Result { try SampleRun() }

  let workplace: Workplace
  let outcome: ChildProcess.Outcome
  /// Where the model is, seen from the workplace.
  let model = "runs/points/best.safetensors"

  private init() throws {
    workplace = try Workplace()
    outcome = try workplace.automl(
      "run", "points.csv", "--target", "kind", "--set", "search.trials=6")
  }
}

/// A table of points around three centres that lie six standard deviations apart, 20 of each kind.
func pointTable(labels: [String] = ["hill", "lake", "wood"], rowsOfEach: Int = 20) -> String {
  var generator = Seed(7).keyed("points").generator()
  let centres = [(0.0, 0.0), (6.0, 0.0), (0.0, 6.0)]
  let rows = (0..<rowsOfEach * labels.count).map { row in
    let kind = row % labels.count
    let x = rounded(centres[kind].0 + generator.normal())
    let y = rounded(centres[kind].1 + generator.normal())
    return "\(x),\(y),\(labels[kind])\n"
  }
  return "x,y,kind\n" + rows.joined()
}

private func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }

extension String {
  /// The lines of a text, without their line feeds.
  var lines: [String] {
    var lines = split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }
}

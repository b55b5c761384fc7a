import Foundation
import PluginKit
import TestSupport
import Testing

/// A study that is quick to run, and ways to disturb it.
///
/// Nothing in the program knows of faults: a library that is loaded before the system's makes it fail.
private struct FaultyStudy {
  let workplace: Workplace
  private let library: String

  /// Compiles the library, and runs the study undisturbed.
  init() throws {
    workplace = try Workplace()
    library = workplace.folder.path("faults.so")
    let source = packageRoot.appending(path: "Tests/Faults/faults.c").path(percentEncoded: false)
    let compiler = try workplace.shell(
      "cc -shared -fPIC -O1 -o '\(library)' '\(source)' -ldl || clang -shared -fPIC -O1 -o '\(library)' '\(source)' -ldl"
    )
    try #require(compiler.exitCode == 0, "\(compiler.messages)")
    try workplace.folder.write(
      """
      version: 1
      data: {source: points.csv, target: kind}
      split: {validation: 0.25, test: 0.25}
      models:
        - {use: linear-svm, tune: {l2: {min: 1.0e-4, max: 1.0, log: true}}}
        - {use: mlp-svm, with: {hidden: [4], epochs: 3}, tune: {l2: {min: 1.0e-4, max: 1.0, log: true}}}
      search: {use: tpe, trials: 12, parallel: 4}

      """, to: "study.yaml")
    let whole = try start("whole").finish(timeLimit: 60)
    try #require(whole.exitCode == 0, "\(whole.messages)")
  }

  /// Starts the study in a folder.
  func start(_ folder: String, faults: [String: String] = [:], workers: Int = 2) throws
    -> ChildProcess
  {
    var environment = faults
    if !faults.isEmpty { environment["LD_PRELOAD"] = library }
    return try ProgramRun.start(
      ["run", "study.yaml", "--output", folder, "--workers", "\(workers)"],
      environment: environment, directory: workplace.folder.path)
  }

  /// How many calls change files in a run from beginning to end.
  func callCount() throws -> Int {
    let count = workplace.folder.path("count")
    let run = try start("counted", faults: ["FAULT_COUNT": count], workers: 1).finish(timeLimit: 60)
    #expect(run.exitCode == 0)
    return Int(try workplace.folder.text("count").lines[0]) ?? 0
  }

  /// Expects that a run came to the same end as the undisturbed one.
  func expectSame(_ folder: String, _ comment: Comment) throws {
    let names: Set = ["fit_seconds", "predict_microseconds_per_row"]
    let boards = try ["whole", folder].map { name in
      try JSONValue(parsing: workplace.folder.text("\(name)/leaderboard.json")).without(names)
    }
    #expect(boards[0] == boards[1], comment)
    let trials = (boards[1]["entries"]?.array ?? []).compactMap { $0["trial"]?.integer }
    #expect(trials.sorted() == Array(0...12), comment)
    for file in ["best.safetensors", "split.csv", "curves.csv"] {
      #expect(
        try workplace.folder.data("whole/\(file)") == workplace.folder.data("\(folder)/\(file)"),
        comment)
    }
    #expect(try files("whole") == files(folder), comment)
  }

  /// All that lies in a run folder.
  private func files(_ folder: String) throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: workplace.folder.path(folder)).sorted()
  }
}

/// The first calls, which make the folder and the store, one by one; of the others one of fourteen.
@Test func aRunThatIsKilledAtAnyWriteComesToTheSameEnd() throws {
  let study = try FaultyStudy()
  let count = try study.callCount()
  #expect(count > 100)
  var generator = Seed(11).keyed("writes").generator()
  for call in 1...count where call <= 20 || generator.index(below: 14) == 0 {
    let folder = "killed-\(call)"
    let killed = try study.start(folder, faults: ["FAULT_AT": "\(call)"], workers: 1)
      .finish(timeLimit: 60)
    #expect(killed.exitCode == 128 + SIGKILL, "call \(call)")
    let whole = try study.start(folder).finish(timeLimit: 60)
    #expect(whole.exitCode == 0, "call \(call): \(whole.messages)")
    try study.expectSame(folder, "killed at call \(call) of \(count)")
  }
}

@Test func aRunThatIsKilledAgainAndAgainComesToTheSameEnd() throws {
  let study = try FaultyStudy()
  var generator = Seed(12).keyed("moments").generator()
  for round in 0..<12 {
    let folder = "round-\(round)"
    for _ in 0..<10 {
      let run = try study.start(folder, workers: [1, 2, 4][round % 3])
      usleep(UInt32(2_000 + generator.index(below: 60_000)))
      run.send(signal: SIGKILL)
      _ = try run.finish(timeLimit: 60)
    }
    let whole = try study.start(folder).finish(timeLimit: 60)
    #expect(whole.exitCode == 0, "round \(round): \(whole.messages)")
    try study.expectSame(folder, "round \(round)")
  }
}

@Test func aFullDiskLosesNothingThatIsFinished() throws {
  let study = try FaultyStudy()
  let count = try study.callCount()
  var generator = Seed(13).keyed("full").generator()
  for round in 0..<15 {
    let call = 1 + generator.index(below: count)
    let folder = "full-\(round)"
    let faults = ["FAULT_AT": "\(call)", "FAULT_KIND": "full"]
    let full = try study.start(folder, faults: faults, workers: 1).finish(timeLimit: 60)
    // The last calls may be such as need no room.
    if full.exitCode != 0 {
      #expect(full.exitCode == 1, "call \(call): \(full.messages)")
      let message = full.messages.lines.last ?? ""
      #expect(
        message.contains("No space left on device") || message.contains("the disk is full"),
        "call \(call): \(message)")
    }
    let whole = try study.start(folder).finish(timeLimit: 60)
    #expect(whole.exitCode == 0, "call \(call): \(whole.messages)")
    try study.expectSame(folder, "full from call \(call) of \(count) on")
  }
}

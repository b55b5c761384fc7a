import Evaluation
package import PipelineSpec
package import PluginKit
import StudyStore
import SystemFiles

/// A run that is run again, from its folder alone, to see whether the same comes out.
package struct Reproduction: Sendable {
  /// What came of it.
  package struct Outcome: Sendable {
    /// Whether the leaderboard, but for timings, and the bytes of the model are the same.
    package let isSame: Bool
    /// A sentence, or several lines that say what differs.
    package let description: String
  }

  private let folder: RunFolder
  private let pipeline: Pipeline
  private let registry: PluginRegistry
  private let options: RunOptions
  private let limits: RunLimits
  private let report: @Sendable (RunEvent) -> Void

  /// Prepares to run a complete run again.
  ///
  /// - Parameters:
  ///   - path: The run folder, of which nothing is changed.
  ///   - pipeline: What ``pipelineFile(ofRun:)`` says.
  ///   - registry: The plugins.
  ///   - options: How many trials run at once; the rest is found in the folder.
  ///   - limits: Through which a person can stop it.
  ///   - report: Told of everything that happens; called from any thread.
  package init(
    run path: String, pipeline: Pipeline, registry: PluginRegistry, options: RunOptions,
    limits: RunLimits, report: @escaping @Sendable (RunEvent) -> Void
  ) {
    folder = RunFolder(path: path)
    self.pipeline = pipeline
    self.registry = registry
    self.options = options
    self.limits = limits
    self.report = report
  }

  /// Compares hashes and versions first, then runs in a temporary folder and compares results.
  ///
  /// - Returns: What differs, or that nothing does; nil if a person stopped it.
  /// - Throws: ``RunError`` if there is no complete run; errors of files or of the store.
  package func run() async throws -> Outcome? {
    let leaderboard = try readLeaderboard(ofRun: folder.path)
    guard leaderboard.search.state == .complete else {
      throw RunError(
        "the run in '\(folder.path)' is not complete: 'automl run' with the same pipeline goes on, and "
          + "what it ends with can be run again")
    }
    let store = try folder.openStudyForReading()
    defer { try? store.close() }
    let facts = StudyFacts(store: store)
    guard let identity = try facts.identity() else {
      throw RunError("the study in '\(folder.path)' does not say what it is of")
    }
    let record = try RunRecord(pipeline: pipeline, registry: registry, options: options)
    if let difference = difference(from: identity, record) { return difference }
    tellOfCircumstances(leaderboard)
    return try await runAgain(facts, leaderboard)
  }

  private func difference(from identity: StudyIdentity, _ record: RunRecord) -> Outcome? {
    let changes = StudyChanges(
      from: identity.filledIn(registry: registry), to: record.studyIdentity)
    var lines = (changes.refused + changes.applied).map { "  \($0)\n" }
    if changes.addedEntries > 0 { lines.append("  models: another entry\n") }
    if !record.knowsAllData { lines.append("  data: it came from standard input\n") }
    guard !lines.isEmpty else { return nil }
    return Outcome(
      isSame: false,
      description: "nothing was run, because this is not what '\(folder.path)' was made of:\n"
        + lines.joined().dropLast())
  }

  /// What may be the reason if the results turn out to differ.
  private func tellOfCircumstances(_ leaderboard: Leaderboard) {
    if let version = folder.earlierRecord()?["program"]?["version"]?.string,
      version != options.programVersion
    {
      report(.note("the run was made by version \(version), and this is \(options.programVersion)"))
    }
    let ended = leaderboard.entries.filter { $0.status == .timeout }.compactMap(\.trial).map {
      "\($0)"
    }
    if !ended.isEmpty {
      report(
        .warning(
          "trial_time ended trial \(ended.joined(separator: ", ")) of the run: that may go otherwise now"
        ))
    }
  }

  private func runAgain(
    _ facts: StudyFacts, _ leaderboard: Leaderboard
  ) async throws -> Outcome? {
    let temporary = try makeTemporaryFolder(named: "automl-reproduce")
    defer { try? removeFolder(temporary) }
    var pipeline = pipeline
    // A clock is no part of the result; the model's file names the limit all the same.
    pipeline.search.time = nil
    var options = options
    options.outputFolder = temporary
    options.segments = try facts.segments()
    options.warmStart = try facts.warmStart()
    let again = try await Experiment(
      pipeline: pipeline, registry: registry, options: options, limits: limits, report: report
    ).run()
    guard again.leaderboard.search.state == .complete else { return nil }
    let models = try [folder, RunFolder(path: temporary)].map { try $0.modelBytes() }
    return Self.outcome(leaderboard, again.leaderboard, models[0], models[1])
  }

  private static func outcome(
    _ old: Leaderboard, _ new: Leaderboard, _ model: [UInt8], _ newModel: [UInt8]
  ) -> Outcome {
    let trials = FigureFormat.counted(old.entries.count, "trial")
    let differences = LeaderboardDifference.between(old, new)
    guard !differences.isEmpty || model != newModel else {
      return Outcome(
        isSame: true,
        description:
          "same leaderboard of \(trials), same \(FigureFormat.grouped(model.count)) model bytes"
      )
    }
    var lines = differences.prefix(10).map { "\($0)" }
    if differences.count > 10 { lines.append("… and \(differences.count - 10) more differences") }
    if model != newModel {
      let place = zip(model, newModel).enumerated().first { $1.0 != $1.1 }?.offset
      lines.append(
        "best.safetensors: \(FigureFormat.grouped(model.count)) → "
          + "\(FigureFormat.grouped(newModel.count)) bytes, other ones from byte "
          + "\(place ?? min(model.count, newModel.count)) on")
    }
    return Outcome(
      isSame: false,
      description: "other results:\n" + lines.map { "  \($0)\n" }.joined().dropLast())
  }
}

/// Where two leaderboards differ, timings apart.
enum LeaderboardDifference {
  private static let timings: Set<String> = ["fit_seconds", "predict_microseconds_per_row"]

  static func between(_ old: Leaderboard, _ new: Leaderboard) -> [DocumentDifference] {
    DocumentDifference.between(document(old), document(new))
      .filter { difference in !timings.contains { difference.path.hasSuffix(".\($0)") } }
  }

  /// The leaderboard with entries by trial, so that one that moved does not move all others.
  private static func document(_ leaderboard: Leaderboard) -> JSONValue {
    let json = leaderboard.json
    let entries = (json["entries"]?.array ?? []).sorted {
      $0["trial"]?.integer ?? .max < $1["trial"]?.integer ?? .max
    }
    let rest = (json.members ?? []).filter { $0.0 != "entries" }
    return .object(
      rest + entries.map { ($0["trial"]?.integer.map { "trial \($0)" } ?? "ensemble", $0) })
  }
}

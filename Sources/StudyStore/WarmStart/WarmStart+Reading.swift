package import Evaluation
package import PluginKit
import SystemFiles

extension WarmStart {
  /// Reads the complete trials of a study: of this program's or of one that Optuna made.
  ///
  /// An entry is the categorical parameter `model`, which may be missing where there is one entry only; its
  /// parameters are `<entry>.<name>`. A trial that lies outside of the space is left out, as is one of an
  /// entry that the space does not have: what was found elsewhere says nothing about the border.
  ///
  /// - Parameters:
  ///   - path: The file, or a folder with `study.db` in it.
  ///   - metric: What the search optimises; the study must have the same direction.
  ///   - space: Where its trials may lie.
  /// - Returns: The trials, and what was left out and why, in whole sentences.
  /// - Throws: ``TrialStoreError``.
  package static func read(
    _ path: String, metric: Metric, space: SearchSpace
  ) throws(TrialStoreError) -> (warmStart: WarmStart, notes: [String]) {
    let isFolder = fileExists(path + "/.")
    let file = isFolder ? resolvedPath("study.db", from: path) : path
    guard fileExists(file) else { throw TrialStoreError(path: file, .missing) }
    try checkWriteAheadLog(of: file)
    let (connection, copy) = try readingConnection(file)
    defer {
      connection.close()
      copy?.remove()
    }
    return try connection.reading { () throws(TrialStoreError) in
      try connection.checkOptunaStudy(metric)
      let ownMetric = try connection.fact(StudyFacts.attribute, in: .system)?["metric"]?.string
      var matching = PointMatching(space: space)
      let trials = try connection.completeTrials().compactMap { trial in
        matching.point(of: trial.parameters).map { Trial(point: $0, value: trial.value) }
      }
      var notes = matching.notes
      if let ownMetric, ownMetric != metric.rawValue {
        notes.insert(
          "the trials of the earlier study were judged by \(ownMetric), those of this one are by "
            + "\(metric.rawValue)", at: 0)
      }
      return (WarmStart(trials: trials), notes)
    }
  }
}

/// A parameter of a trial as a person sees it.
struct StoredParameter {
  let name: String
  let value: JSONValue
}

extension SQLiteConnection {
  /// Refuses a file that holds no study of Optuna's, several, or one that goes the other way.
  fileprivate func checkOptunaStudy(_ metric: Metric) throws(TrialStoreError) {
    func fail(_ problem: TrialStoreError.Problem) -> TrialStoreError {
      TrialStoreError(path: path, problem)
    }
    try checkPages()
    let tables = try rows("SELECT name FROM sqlite_master WHERE type = 'table'")
      .compactMap(\.first?.text)
    guard Set(["studies", "study_directions", "trials", "trial_values"]).isSubset(of: tables) else {
      throw fail(.notAStudy("it has no tables of Optuna's"))
    }
    let names = try rows("SELECT study_name FROM studies ORDER BY study_id")
      .compactMap(\.first?.text)
    guard names.count == 1 else {
      let list = names.isEmpty ? "" : ": " + names.joined(separator: ", ")
      throw fail(.notAStudy("it holds \(names.count) studies\(list), and one is needed"))
    }
    let directions = try rows("SELECT direction FROM study_directions").compactMap(\.first?.text)
    let needed = StudyFacts(name: "", metric: metric).direction
    guard directions == [needed] else {
      throw fail(
        .notAStudy(
          "it has the objectives \(directions.joined(separator: ", ").lowercased()), and "
            + "\(metric.rawValue) needs \(needed.lowercased())"))
    }
  }

  /// The parameters and values of complete trials by ascending number.
  fileprivate func completeTrials() throws(TrialStoreError) -> [(
    parameters: [StoredParameter], value: Double
  )] {
    let trials = try rows(
      """
      SELECT t.trial_id, v.value FROM trials t JOIN trial_values v ON v.trial_id = t.trial_id
      WHERE t.state = 'COMPLETE' AND v.value IS NOT NULL ORDER BY t.number, t.trial_id
      """)
    var complete: [(parameters: [StoredParameter], value: Double)] = []
    for trial in trials {
      guard let id = trial[0].integer, let value = trial[1].number else { continue }
      let parameters = try rows(
        """
        SELECT param_name, param_value, distribution_json FROM trial_params WHERE trial_id = ?
        ORDER BY param_id
        """, .integer(id))
      var stored: [StoredParameter] = []
      for row in parameters { stored.append(try parameter(row)) }
      complete.append((stored, value))
    }
    return complete
  }

  private func parameter(_ row: [SQLValue]) throws(TrialStoreError) -> StoredParameter {
    guard let name = row[0].text, let number = row[1].number,
      let distribution = row[2].text.flatMap({ try? JSONValue(parsing: $0) }),
      let value = StoredParameter.value(number, distribution)
    else {
      throw TrialStoreError(
        path: path, .damaged("a parameter of a trial has a form that is not Optuna's"))
    }
    return StoredParameter(name: name, value: value)
  }
}

extension StoredParameter {
  /// What a person sees of a stored number: a choice by its place, a whole number, or the number.
  fileprivate static func value(_ number: Double, _ distribution: JSONValue) -> JSONValue? {
    switch distribution["name"]?.string {
    case "CategoricalDistribution":
      guard let choices = distribution["attributes"]?["choices"]?.array,
        let place = Int(exactly: number), choices.indices.contains(place)
      else { return nil }
      return choices[place]
    case "IntDistribution", "IntUniformDistribution", "IntLogUniformDistribution":
      return Int(exactly: number).map { .integer($0) }
    case .some: return .number(number)
    case nil: return nil
    }
  }
}

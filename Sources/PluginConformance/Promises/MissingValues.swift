import PluginKit

/// What NaN means, where a plugin declares missing values.
let missingValuePromises: [PluginPromise] = [
  .trained(
    "missing-values-are-understood",
    advice: "treat NaN as a missing value when training and when scoring, or do not declare it"
  ) { subject in
    guard subject.manifest.capabilities.missingValues else {
      return .untested("no missing values are declared: NaN is never given to the plugin")
    }
    var features = subject.table.features
    for row in stride(from: 0, to: features.rowCount, by: 4) { features[row, 0] = .nan }
    var empty = features
    for row in 0..<features.rowCount { empty[row, 1] = .nan }
    var findings: [String] = []
    for (name, table) in [("a gap in every fourth row", features), ("a column of gaps", empty)] {
      switch attempt(subject.training(on: subject.table.replacing(table)), subject) {
      case .trained(let faults): findings += faults.map { "\(name): \($0)" }
      case .refused(let reason): findings.append("\(name): training is refused: \(reason)")
      }
    }
    let unseen = try subject.model.scores(for: features)
    if !unseen.values.allSatisfy(\.isFinite) {
      findings.append("gaps that training had not seen: a score is not finite")
    }
    return .broken(by: findings, otherwise: "gaps in training rows, in scored rows and in both")
  }
]

import PluginKit

/// What the declared search space promises.
let searchSpacePromises: [PluginPromise] = [
  .trained(
    "every-corner-trains-or-says-why-not",
    advice: "narrow the default search, or fail with a reason where values do not go together"
  ) { subject in
    let corners = subject.plugin.corners
    var findings: [String] = []
    var refusals: [String] = []
    for corner in corners {
      var training = subject.training()
      training.values.merge(corner.values) { $1 }
      switch attempt(training, subject) {
      case .trained(let faults): findings += faults.map { "\(corner.name): \($0)" }
      case .refused(let reason): refusals.append("\(corner.name): \(reason)")
      }
    }
    if findings.isEmpty, let first = refusals.first {
      return .refused("\(refusals.count) of \(counted(corners.count, "setting")); \(first)")
    }
    return .broken(by: findings, otherwise: counted(corners.count, "setting") + " trained")
  },
  PluginPromise(
    "conflicts-name-a-parameter-and-a-reason",
    advice: "say which parameter to change, by its declared name, and why"
  ) { subject in
    let manifest = subject.manifest
    let conflicts = subject.plugin.allCorners.flatMap { corner in
      subject.plugin.conflicts(in: ParameterValues(manifest.parameters, corner.values))
    }
    let names = Set(manifest.parameters.map(\.name))
    return .broken(
      by: conflicts.filter { !names.contains($0.parameter) || $0.message.isEmpty }
        .map { "there is a conflict of '\($0.parameter)' with the message '\($0.message)'" },
      otherwise: counted(conflicts.count, "conflict") + " in the corners of the search")
  },
]

/// A setting at the end of what is searched.
struct SearchCorner {
  /// The values that differ from the defaults, as a person types them.
  let name: String
  let values: [String: ParameterValue]

  init(_ values: [(name: String, value: ParameterValue)]) {
    let sorted = values.sorted { $0.name < $1.name }
    name =
      sorted.isEmpty ? "defaults" : sorted.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
    self.values = Dictionary(values.map { ($0.name, $0.value) }) { $1 }
  }
}

extension ModelPlugin {
  /// The corners that the plugin does not declare to conflict.
  var corners: [SearchCorner] {
    allCorners.filter {
      conflicts(
        in: ParameterValues(manifest.parameters, quickSettings.merging($0.values) { $1 })
      ).isEmpty
    }
  }

  /// The combinations of the ends of the default search space, and each word of each choice by itself.
  ///
  /// Of more than 64 combinations 64 are drawn.
  fileprivate var allCorners: [SearchCorner] {
    let searched = manifest.parameters.compactMap { declaration in
      let ends = (declaration.searched?.ends ?? []).filter { declaration.allows($0) }
      return ends.isEmpty ? nil : (name: declaration.name, ends: ends)
    }
    let count = searched.reduce(1) { min(1_000_000, $0 * $1.ends.count) }
    let combinations: [Int]
    if count <= mostCorners {
      combinations = Array(0..<count)
    } else {
      var generator = Seed(11).keyed("corners").generator()
      combinations = (0..<mostCorners).map { _ in generator.index(below: count) }
    }
    var corners = combinations.map { combination in
      var rest = combination
      return SearchCorner(
        searched.map { dimension in
          defer { rest /= dimension.ends.count }
          return (dimension.name, dimension.ends[rest % dimension.ends.count])
        })
    }
    for declaration in manifest.parameters {
      guard case .choice(let words) = declaration.kind else { continue }
      corners += words.map { SearchCorner([(declaration.name, .text($0))]) }
    }
    return corners
  }
}

/// The most combinations that are tried.
private let mostCorners = 64

extension Domain {
  /// The ends of a range, or all values of a choice.
  var ends: [ParameterValue] {
    switch self {
    case .integer(let range, _): [.integer(range.lowerBound), .integer(range.upperBound)]
    case .real(let range, _): [.real(range.lowerBound), .real(range.upperBound)]
    case .choice(let values): values
    }
  }
}

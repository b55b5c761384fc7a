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

  /// The combinations of the ends of the default search space, and for each word of each choice the lower
  /// and the upper ends of what is searched along with it.
  ///
  /// Of more than 32 combinations 32 are drawn.
  fileprivate var allCorners: [SearchCorner] {
    var corners = combinations(of: searchedEnds(with: nil)).map { SearchCorner($0) }
    for declaration in manifest.parameters {
      guard case .choice(let words) = declaration.kind else { continue }
      for word in words where .text(word) != declaration.defaultValue {
        let choice = (name: declaration.name, value: ParameterValue.text(word))
        let ends = searchedEnds(with: choice).filter { $0.name != declaration.name }
        corners.append(SearchCorner([choice] + ends.map { ($0.name, $0.ends[0]) }))
        guard !ends.isEmpty else { continue }
        corners.append(SearchCorner([choice] + ends.map { ($0.name, $0.ends[$0.ends.count - 1]) }))
      }
    }
    return corners
  }

  /// The parameters that are searched and used with the defaults and one chosen value, with their ends.
  private func searchedEnds(
    with choice: (name: String, value: ParameterValue)?
  ) -> [(name: String, ends: [ParameterValue])] {
    manifest.parameters.compactMap { declaration in
      if let condition = declaration.condition {
        let parent = manifest.parameters.first { $0.name == condition.parameter }
        let value = choice?.name == condition.parameter ? choice?.value : parent?.defaultValue
        guard value.map(condition.isOneOf.contains) ?? false else { return nil }
      }
      let ends = (declaration.searched?.ends ?? []).filter { declaration.allows($0) }
      return ends.isEmpty ? nil : (name: declaration.name, ends: ends)
    }
  }
}

/// The most combinations that are tried.
private let mostCombinations = 32

/// All combinations of ends, or some that are drawn.
private func combinations(
  of dimensions: [(name: String, ends: [ParameterValue])]
) -> [[(name: String, value: ParameterValue)]] {
  let count = dimensions.reduce(1) { min(1_000_000, $0 * $1.ends.count) }
  var generator = Seed(11).keyed("corners").generator()
  let numbers =
    count <= mostCombinations
    ? Array(0..<count) : (0..<mostCombinations).map { _ in generator.index(below: count) }
  return numbers.map { number in
    var rest = number
    return dimensions.map { dimension in
      defer { rest /= dimension.ends.count }
      return (dimension.name, dimension.ends[rest % dimension.ends.count])
    }
  }
}

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

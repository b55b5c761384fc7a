import PluginKit

/// What a pipeline fixes and what it searches of the parameters of one plugin or step.
struct PartSettings {
  /// One searched parameter.
  struct Tuned {
    let name: String
    let domain: Domain
    let steps: Int
  }

  let declarations: [ParameterDeclaration]
  var fixed: [String: ParameterValue] = [:]
  /// In the order of the file.
  var tuned: [Tuned] = []
  /// Where the pipeline gives a value or a range that fits.
  var given: [(name: String, field: Field)] = []
  /// Parameters that are given but wrong: nothing can be said about what depends on them.
  var doubtful: Set<String> = []

  init(_ declarations: [ParameterDeclaration]) { self.declarations = declarations }

  /// Searches what the plugin declares, less what is fixed and what the fixed values leave unused.
  mutating func tuneDeclaredSpace() {
    tuned = declarations.compactMap { declaration in
      guard fixed[declaration.name] == nil, !doubtful.contains(declaration.name) else {
        return nil
      }
      return declaration.searched.map { Tuned(name: declaration.name, domain: $0, steps: 5) }
    }
    // A parameter that is not searched has its default, which can leave others unused in turn.
    while let unused = tuned.firstIndex(where: { !isUsed($0.name) }) { tuned.remove(at: unused) }
  }

  /// The condition that keeps a parameter from being used whatever the search tries, or nil.
  func unmetCondition(of name: String) -> ParameterDeclaration.Condition? {
    unmetCondition(of: name, depth: 0)
  }

  private func isUsed(_ name: String) -> Bool { unmetCondition(of: name) == nil }

  private func unmetCondition(
    of name: String, depth: Int
  ) -> ParameterDeclaration.Condition? {
    precondition(depth <= declarations.count, "the condition of \(name) depends on itself")
    guard let condition = declarations.first(where: { $0.name == name })?.condition else {
      return nil
    }
    guard canHold(condition) else { return condition }
    return unmetCondition(of: condition.parameter, depth: depth + 1)
  }

  private func canHold(_ condition: ParameterDeclaration.Condition) -> Bool {
    let name = condition.parameter
    if doubtful.contains(name) { return true }
    if let value = fixed[name] { return condition.isOneOf.contains(value) }
    if let tuned = tuned.first(where: { $0.name == name }) {
      guard case .choice(let values) = tuned.domain else { return false }
      return values.contains { condition.isOneOf.contains($0) }
    }
    guard let declaration = declarations.first(where: { $0.name == name }) else { return false }
    return condition.isOneOf.contains(declaration.defaultValue)
  }

  /// The searched parameters, each after the one that its condition points to.
  var dimensions: [SearchDimension] {
    var dimensions: [SearchDimension] = []
    var placed: Set<String> = []
    func place(_ tuned: Tuned) {
      guard placed.insert(tuned.name).inserted else { return }
      let condition = declarations.first { $0.name == tuned.name }?.condition
      let parent = self.tuned.first { $0.name == condition?.parameter }
      if let parent { place(parent) }
      dimensions.append(
        SearchDimension(
          name: tuned.name, domain: tuned.domain, steps: tuned.steps,
          condition: parent == nil ? nil : condition))
    }
    for tuned in tuned { place(tuned) }
    return dimensions
  }

  /// What a plugin says against every corner of the searched space.
  ///
  /// The corners are all combinations of choices and ends of ranges. Where there are more than 256 of
  /// them nothing is said: trials with a conflict then fail with its message.
  func unavoidableConflicts(_ plugin: any ModelPlugin) -> [ParameterConflict] {
    guard doubtful.isEmpty else { return [] }
    var corners = [fixed]
    for tuned in tuned {
      let values = tuned.domain.corners
      guard corners.count * values.count <= 256 else { return [] }
      corners = corners.flatMap { corner in
        values.map { value in corner.merging([tuned.name: value]) { _, new in new } }
      }
    }
    let conflicts = corners.map { plugin.conflicts(in: ParameterValues(declarations, $0)) }
    return (conflicts.first ?? []).filter { conflict in
      conflicts.allSatisfy { $0.contains(conflict) }
    }
  }
}

extension Domain {
  /// All choices, or both ends of a range.
  fileprivate var corners: [ParameterValue] {
    switch self {
    case .integer(let range, _): [.integer(range.lowerBound), .integer(range.upperBound)]
    case .real(let range, _): [.real(range.lowerBound), .real(range.upperBound)]
    case .choice(let values): values
    }
  }
}

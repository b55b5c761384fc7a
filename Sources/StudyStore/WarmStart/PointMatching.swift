import PluginKit

/// Finds the places of another study's trials in a space, and notes what does not match.
struct PointMatching {
  private let space: SearchSpace
  /// What was left out, with how many trials it concerns, in the order of its first occurrence.
  private var findings: [(text: Finding, count: Int)] = []

  init(space: SearchSpace) { self.space = space }

  private enum Finding: Equatable {
    case unknownEntry(String)
    case noEntry
    case unknownParameter(String)
    case missing(String)
    case outside(String)
  }

  /// The place of a trial; nil if it lies outside of the space, or is that of a baseline.
  mutating func point(of parameters: [StoredParameter]) -> SearchPoint? {
    guard let entry = entry(of: parameters) else { return nil }
    var rest = parameters.filter { $0.name != OptunaParameters.model }
    var coordinates: [SearchPoint.Coordinate] = []
    var liesInside = true
    for dimension in entry.dimensions where entry.exists(dimension, at: coordinates) {
      let names = [OptunaParameters.name(of: dimension, in: entry.name), dimension.name]
        .prefix(space.entries.count == 1 ? 2 : 1)
      guard let place = rest.firstIndex(where: { names.contains($0.name) }) else {
        note(.missing(names[0]))
        continue
      }
      let stored = rest.remove(at: place)
      if let value = dimension.domain.value(stored.value) {
        coordinates.append(.init(dimension.name, value))
      } else {
        note(.outside(stored.name))
        liesInside = false
      }
    }
    for stored in rest { note(.unknownParameter(stored.name)) }
    return liesInside ? SearchPoint(entry: entry.name, coordinates: coordinates) : nil
  }

  /// What was found, one sentence for each finding.
  var notes: [String] {
    findings.map { finding, count in
      let trials = count == 1 ? "1 trial" : "\(count) trials"
      return switch finding {
      case .unknownEntry(let name): "left out \(trials) of '\(name)', which models does not name"
      case .noEntry: "left out \(trials) without a parameter 'model' that says which entry it is"
      case .unknownParameter(let name):
        "passed over '\(name)' in \(trials): it is not searched"
      case .missing(let name): "\(trials) without a value of '\(name)'"
      case .outside(let name): "left out \(trials) outside of the values of '\(name)'"
      }
    }
  }

  private mutating func entry(of parameters: [StoredParameter]) -> SearchSpace.Entry? {
    guard let model = parameters.first(where: { $0.name == OptunaParameters.model }) else {
      if space.entries.count == 1 { return space.entries[0] }
      note(.noEntry)
      return nil
    }
    let name = model.value.string ?? model.value.text
    if let entry = space.entries.first(where: { $0.name == name }) { return entry }
    if name != "baseline" { note(.unknownEntry(name)) }
    return nil
  }

  private mutating func note(_ finding: Finding) {
    if let place = findings.firstIndex(where: { $0.text == finding }) {
      findings[place].count += 1
    } else {
      findings.append((finding, 1))
    }
  }
}

extension SearchSpace.Entry {
  /// Whether a dimension exists where the ones before it have some values.
  fileprivate func exists(
    _ dimension: SearchDimension, at coordinates: [SearchPoint.Coordinate]
  ) -> Bool {
    guard let condition = dimension.condition else { return true }
    if let parent = coordinates.first(where: { $0.name == condition.parameter }) {
      return condition.isOneOf.contains(parent.value)
    }
    return !dimensions.contains { $0.name == condition.parameter }
  }
}

extension Domain {
  /// A value of the domain that reads as another study's value; nil if there is none.
  fileprivate func value(_ stored: JSONValue) -> ParameterValue? {
    switch self {
    case .integer(let range, _):
      guard let value = stored.number.flatMap(Int.init(exactly:)), range.contains(value) else {
        return nil
      }
      return .integer(value)
    case .real(let range, _):
      guard let value = stored.number, range.contains(value) else { return nil }
      return .real(value)
    case .choice(let values):
      return values.first { value in
        let choice = value.optunaChoice
        if choice == stored { return true }
        // Lists may be written with or without spaces, and 1 as 1.0.
        if let number = choice.number, let other = stored.number { return number == other }
        guard let text = choice.string, let other = stored.string,
          let list = try? JSONValue(parsing: text), let otherList = try? JSONValue(parsing: other)
        else { return false }
        return list == otherList
      }
    }
  }
}

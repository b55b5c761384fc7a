package import PluginKit

/// The version of `leaderboard.json` that this program writes; it reads this one and older ones.
private let fileVersion = 1

extension Leaderboard {
  /// The contents of `leaderboard.json`.
  package var json: JSONValue {
    .object([
      ("version", .integer(fileVersion)),
      ("metric", .string(metric.rawValue)),
      ("direction", .string(metric.direction.rawValue)),
      ("classes", .array(classes.map { .string($0) })),
      ("search", search.json),
      (
        "entries",
        .array(
          entries.enumerated().map { place, entry in
            entry.json(rank: entry.status == .complete ? place + 1 : nil)
          })
      ),
    ])
  }

  /// Reads what ``json`` wrote; the order is established anew.
  ///
  /// - Throws: ``LeaderboardError`` that says which member is not as it should be.
  package init(json: JSONValue) throws(LeaderboardError) {
    let file = JSONReader(json, path: "")
    let version = try file.integer("version")
    guard version <= fileVersion else {
      throw LeaderboardError(
        "the leaderboard has version \(version), and this program reads up to \(fileVersion)")
    }
    let metric: Metric = try file.word("metric")
    let search = try SearchState(file.member("search"))
    let classes = try file.elements("classes").map { element throws(LeaderboardError) in
      guard let name = element.value.string else { throw element.failure("is no text") }
      return name
    }
    var seen: Set<Int?> = []
    let entries = try file.elements("entries").map { element throws(LeaderboardError) in
      let entry = try LeaderboardEntry(element)
      guard seen.insert(entry.trial).inserted else {
        throw element.failure("is a second entry of \(entry.title)")
      }
      return entry
    }
    self.init(metric: metric, classes: classes, search: search, entries: entries)
  }
}

/// A leaderboard file that can't be read.
package struct LeaderboardError: Error, Equatable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

extension SearchState {
  fileprivate var json: JSONValue {
    .object([
      ("state", .string(state.rawValue)), ("trials", .integer(trials)),
      ("deterministic", .bool(deterministic)),
    ])
  }

  fileprivate init(_ json: JSONReader) throws(LeaderboardError) {
    guard let deterministic = json.value["deterministic"]?.bool else {
      throw json.failure("does not say whether it is deterministic")
    }
    self.init(
      state: try json.word("state"), trials: try json.integer("trials"),
      deterministic: deterministic)
  }
}

extension LeaderboardEntry {
  /// The entry as `leaderboard.json` has it.
  package func json(rank: Int?) -> JSONValue {
    var parts: [(String, JSONValue)] = [
      ("rank", .optional(rank)), ("trial", .optional(trial)), ("model", .string(model)),
      ("plugin", .string(plugin)), ("status", .string(status.rawValue)),
      ("reason", reason.map { .string($0) } ?? .null),
      ("validation", validation.json),
      (
        "validation_interval",
        validationInterval.map { .array([.number($0.low), .number($0.high)]) } ?? .null
      ),
      ("test", test?.json ?? .null),
      ("parameters", parameters),
    ]
    if !members.isEmpty { parts.append(("members", .array(members.map(\.json)))) }
    if let comparison { parts.append(("comparison", comparison.json)) }
    if isChosen { parts.append(("chosen", .bool(true))) }
    parts += [
      ("trainable_parameters", .optional(trainableParameters)),
      ("fit_seconds", .optional(fitSeconds)),
      ("predict_microseconds_per_row", .optional(predictMicrosecondsPerRow)),
      ("model_bytes", .optional(modelBytes)),
    ]
    return .object(parts)
  }

  fileprivate init(_ json: JSONReader) throws(LeaderboardError) {
    self.init(
      trial: try json.optionalInteger("trial"), model: try json.text("model"),
      plugin: try json.text("plugin"), status: try json.word("status"),
      reason: json.value["reason"]?.string,
      validation: try json.metrics("validation") ?? MetricValues(),
      validationInterval: try json.interval("validation_interval"),
      test: try json.metrics("test"), parameters: json.value["parameters"] ?? .object([]),
      members: try json.ensembleMembers("members"),
      trainableParameters: json.value["trainable_parameters"]?.integer,
      fitSeconds: json.value["fit_seconds"]?.number,
      predictMicrosecondsPerRow: json.value["predict_microseconds_per_row"]?.number,
      modelBytes: json.value["model_bytes"]?.integer)
    comparison = try json.comparison("comparison")
    isChosen = json.value["chosen"]?.bool ?? false
  }
}

extension JSONValue {
  fileprivate static func optional(_ value: Int?) -> JSONValue {
    value.map { .integer($0) } ?? .null
  }

  fileprivate static func optional(_ value: Double?) -> JSONValue {
    value.map { .number($0) } ?? .null
  }
}

/// A part of a document together with the way to it.
private struct JSONReader {
  let value: JSONValue
  let path: String

  init(_ value: JSONValue, path: String) {
    self.value = value
    self.path = path
  }

  func failure(_ reason: String) -> LeaderboardError {
    LeaderboardError("leaderboard: \(path) \(reason)")
  }

  func member(_ name: String) throws(LeaderboardError) -> JSONReader {
    let path = path.isEmpty ? name : "\(path).\(name)"
    guard let value = value[name] else { throw LeaderboardError("leaderboard: \(path) is missing") }
    return JSONReader(value, path: path)
  }

  func elements(_ name: String) throws(LeaderboardError) -> [JSONReader] {
    let list = try member(name)
    guard let elements = list.value.array else { throw list.failure("is no list") }
    return elements.enumerated().map { JSONReader($1, path: "\(list.path)[\($0)]") }
  }

  func integer(_ name: String) throws(LeaderboardError) -> Int {
    let member = try member(name)
    guard let value = member.value.integer else { throw member.failure("is no whole number") }
    return value
  }

  /// The number of a member that may be null, but not absent.
  func optionalInteger(_ name: String) throws(LeaderboardError) -> Int? {
    try member(name).value == .null ? nil : integer(name)
  }

  func text(_ name: String) throws(LeaderboardError) -> String {
    let member = try member(name)
    guard let value = member.value.string else { throw member.failure("is no text") }
    return value
  }

  func word<Word: RawRepresentable & CaseIterable>(
    _ name: String
  ) throws(LeaderboardError) -> Word where Word.RawValue == String {
    let text = try text(name)
    guard let word = Word(rawValue: text) else {
      let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw try member(name).failure("is '\(text)', and must be one of \(known)")
    }
    return word
  }

  func metrics(_ name: String) throws(LeaderboardError) -> MetricValues? {
    let member = try member(name)
    if member.value == .null { return nil }
    guard let values = MetricValues(json: member.value) else {
      throw member.failure("is no object of numbers")
    }
    return values
  }

  /// The members of an ensemble; none where the name is absent.
  func ensembleMembers(_ name: String) throws(LeaderboardError) -> [EnsembleMember] {
    guard value[name] != nil else { return [] }
    return try elements(name).map { element throws(LeaderboardError) in
      guard let member = EnsembleMember(json: element.value) else {
        throw element.failure("is no member of an ensemble")
      }
      return member
    }
  }

  /// The comparison with the best; nil where the name is absent.
  func comparison(_ name: String) throws(LeaderboardError) -> PairedComparison? {
    guard let member = value[name], member != .null else { return nil }
    guard let comparison = PairedComparison(json: member) else {
      throw try self.member(name).failure("is no comparison")
    }
    return comparison
  }

  func interval(_ name: String) throws(LeaderboardError) -> ConfidenceInterval? {
    let member = try member(name)
    if member.value == .null { return nil }
    guard let ends = member.value.array, ends.count == 2, let low = ends[0].number,
      let high = ends[1].number
    else { throw member.failure("is no pair of numbers") }
    return ConfidenceInterval(low: low, high: high)
  }
}

import PluginKit

extension TrainingProfile {
  /// The profile as a JSON object.
  var json: JSONValue {
    .object([("rows", .integer(rowCount)), ("profiles", .array(columns.map(\.json)))])
  }

  /// Reads what ``json`` gave; nil for anything else.
  init?(json: JSONValue) {
    guard let rows = json["rows"]?.integer, rows > 0, let parts = json["profiles"]?.array
    else { return nil }
    rowCount = rows
    columns = parts.compactMap(ColumnProfile.init(json:))
    guard columns.count == parts.count else { return nil }
  }
}

extension ColumnProfile {
  fileprivate var json: JSONValue {
    let values: [(String, JSONValue)] =
      switch values {
      case .numeric(let profile): profile.members
      case .categorical(let profile): profile.members
      case .none: []
      }
    return .object([("missing", .integer(missing))] + values)
  }

  fileprivate init?(json: JSONValue) {
    guard let missing = json["missing"]?.integer, missing >= 0 else { return nil }
    self.missing = missing
    if json["smallest"] != nil {
      guard let profile = NumericProfile(json: json) else { return nil }
      values = .numeric(profile)
    } else if json["once"] != nil {
      guard let profile = CategoricalProfile(json: json) else { return nil }
      values = .categorical(profile)
    } else {
      values = .none
    }
  }
}

extension NumericProfile {
  fileprivate var members: [(String, JSONValue)] {
    [
      ("smallest", .number(smallest)), ("largest", .number(largest)),
      ("deciles", .array(deciles.map { .number($0) })), ("counts", .integers(counts)),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let smallest = json["smallest"]?.number, let largest = json["largest"]?.number,
      let deciles = json["deciles"]?.array?.compactMap(\.number),
      let counts = json["counts"]?.counts, counts.count == deciles.count + 1,
      zip(deciles, deciles.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self.init(smallest: smallest, largest: largest, deciles: deciles, counts: counts)
  }
}

extension CategoricalProfile {
  fileprivate var members: [(String, JSONValue)] {
    [
      ("categories", .integers(categories)), ("counts", .integers(counts)),
      ("others", .integer(others)), ("once", .integer(once)),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let categories = json["categories"]?.counts, let counts = json["counts"]?.counts,
      let others = json["others"]?.integer, let once = json["once"]?.integer,
      categories.count == counts.count
    else { return nil }
    self.init(categories: categories, counts: counts, others: others, once: once)
  }
}

extension JSONValue {
  fileprivate static func integers(_ values: [Int]) -> JSONValue {
    .array(values.map { .integer($0) })
  }

  /// The elements of an array of whole numbers that are 0 or more; nil for anything else.
  fileprivate var counts: [Int]? {
    guard let elements = array else { return nil }
    let counts = elements.compactMap(\.integer)
    return counts.count == elements.count && counts.allSatisfy { $0 >= 0 } ? counts : nil
  }
}

package import PluginKit

/// What a model needs to know of the table it was learnt from, to read other tables the same way.
package struct TableSchema: Sendable, Equatable {
  /// A column that is no feature.
  package struct Place: Sendable, Equatable {
    package let name: String
    /// Counted from 0.
    package let position: Int

    package init(name: String, position: Int) {
      self.name = name
      self.position = position
    }
  }

  /// The features in the order of the matrix that a preprocessor gets.
  package let features: [FeatureField]
  /// The column of labels.
  package let targetPlace: Place
  /// The column of weights, if there is one.
  package let weightPlace: Place?
  /// The classes in their order, at least 2.
  package let classes: [String]
  /// Whether the columns have names of their own.
  package let hadHeader: Bool
  /// How many columns the table had, with those that are no features.
  package let columnCount: Int

  package init(
    features: [FeatureField], targetPlace: Place, weightPlace: Place?, classes: [String],
    hadHeader: Bool, columnCount: Int
  ) {
    self.features = features
    self.targetPlace = targetPlace
    self.weightPlace = weightPlace
    self.classes = classes
    self.hadHeader = hadHeader
    self.columnCount = columnCount
  }

  /// The name of the column of labels.
  package var target: String { targetPlace.name }
}

extension TableSchema {
  /// The schema as it is stored with a model.
  package var json: JSONValue {
    .object([
      ("header", .bool(hadHeader)),
      ("columns", .integer(columnCount)),
      ("target", targetPlace.json),
      ("weight", weightPlace?.json ?? .null),
      ("classes", .array(classes.map { .string($0) })),
      ("features", .array(features.map(\.json))),
    ])
  }

  /// Reads what ``json`` wrote.
  ///
  /// - Throws: `ModelStateError` if anything is missing, of another kind, or contradicts the rest.
  package init(json: JSONValue) throws(ModelStateError) {
    guard let hadHeader = json["header"]?.bool, let columnCount = json["columns"]?.integer,
      let target = json["target"].flatMap(Place.init(json:)),
      let classes = json["classes"]?.array?.map(\.string).strings, classes.count >= 2,
      let features = json["features"]?.array?.map(FeatureField.init(json:)), !features.isEmpty
    else { throw ModelStateError("the model's schema is incomplete") }
    self.hadHeader = hadHeader
    self.columnCount = columnCount
    self.classes = classes
    self.features = features.compactMap { $0 }
    targetPlace = target
    weightPlace = json["weight"].flatMap(Place.init(json:))
    let positions = self.features.map(\.position) + [target.position]
    guard self.features.count == features.count,
      Set(classes.map(ByteText.init)).count == classes.count,
      Set(self.features.map(\.name)).count == features.count,
      positions.allSatisfy({ (0..<columnCount).contains($0) })
    else { throw ModelStateError("the model's schema contradicts itself") }
  }
}

extension TableSchema.Place {
  fileprivate var json: JSONValue {
    .object([("name", .string(name)), ("position", .integer(position))])
  }

  fileprivate init?(json: JSONValue) {
    guard let name = json["name"]?.string, let position = json["position"]?.integer, position >= 0
    else { return nil }
    self.init(name: name, position: position)
  }
}

extension FeatureField {
  fileprivate var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("name", .string(name)), ("column", .string(column)), ("position", .integer(position)),
    ]
    switch kind {
    case .numeric: members.append(("kind", .string("numeric")))
    case .categorical(let categories):
      members.append(("kind", .string("categorical")))
      members.append(("categories", .array(categories.map { .string($0) })))
    case .date(let part, let order):
      members.append(("kind", .string("date")))
      members.append(("part", .string(part.rawValue)))
      members.append(("order", .string(order.rawValue)))
    }
    return .object(members)
  }

  fileprivate init?(json: JSONValue) {
    guard let name = json["name"]?.string, let column = json["column"]?.string,
      let position = json["position"]?.integer, let kind = Kind(json: json)
    else { return nil }
    self.init(name: name, column: column, position: position, kind: kind)
  }
}

extension FeatureField.Kind {
  fileprivate init?(json: JSONValue) {
    switch json["kind"]?.string {
    case "numeric": self = .numeric
    case "categorical":
      guard let categories = json["categories"]?.array?.map(\.string).strings else { return nil }
      self = .categorical(categories)
    case "date":
      guard let part = json["part"]?.string.flatMap(DatePart.init(rawValue:)),
        let order = json["order"]?.string.flatMap(DateOrder.init(rawValue:))
      else { return nil }
      self = .date(part, order)
    default: return nil
    }
  }
}

extension [String?] {
  /// The strings, or nil if one of them is absent.
  fileprivate var strings: [String]? {
    let present = compactMap { $0 }
    return present.count == count ? present : nil
  }
}

/// The values of one hyperparameter that a search may try.
public enum Domain: Sendable, Equatable {
  /// Whole numbers, both ends included; with `log` each factor is as likely as any other.
  case integer(ClosedRange<Int>, log: Bool = false)
  /// Real numbers, both ends included; with `log` each factor is as likely as any other.
  case real(ClosedRange<Double>, log: Bool = false)
  /// A list of values without order.
  case choice([ParameterValue])
}

/// One searched hyperparameter of an entry.
public struct SearchDimension: Sendable, Equatable {
  /// What users type, such as `output_dim`; parameters of preprocessing are `preprocess.<step>.<name>`.
  public let name: String
  /// The values to try.
  public let domain: Domain
  /// How many values a grid takes from a range, at least 1.
  public let steps: Int
  /// When the dimension exists: only while another dimension of the entry has one of some values.
  public let condition: ParameterDeclaration.Condition?

  public init(
    name: String, domain: Domain, steps: Int = 5, condition: ParameterDeclaration.Condition? = nil
  ) {
    self.name = name
    self.domain = domain
    self.steps = steps
    self.condition = condition
  }
}

/// What is searched: which entry of the pipeline, then that entry's own dimensions.
public struct SearchSpace: Sendable, Equatable {
  /// One entry of `models:` and what is searched of it.
  public struct Entry: Sendable, Equatable {
    /// The leaderboard's word for the entry; unique.
    public let name: String
    /// Searched hyperparameters in file order; conditions point to earlier ones.
    public let dimensions: [SearchDimension]

    public init(name: String, dimensions: [SearchDimension]) {
      self.name = name
      self.dimensions = dimensions
    }
  }

  /// The entries in file order.
  public let entries: [Entry]

  public init(entries: [Entry]) { self.entries = entries }
}

/// A place in a search space.
public struct SearchPoint: Sendable, Hashable {
  /// One hyperparameter's value.
  public struct Coordinate: Sendable, Hashable {
    public let name: String
    public let value: ParameterValue

    public init(_ name: String, _ value: ParameterValue) {
      self.name = name
      self.value = value
    }
  }

  /// The name of the entry.
  public let entry: String
  /// A value for each dimension that exists at this place, in the order of the space.
  public let coordinates: [Coordinate]

  public init(entry: String, coordinates: [Coordinate]) {
    self.entry = entry
    self.coordinates = coordinates
  }

  /// The value of a dimension, or nil where it does not exist here.
  public subscript(name: String) -> ParameterValue? {
    coordinates.first { $0.name == name }?.value
  }
}

/// A model as a straight list of operations, from which files for other runtimes are written.
///
/// Each node gives one row of values for each row of the table, from the values of earlier nodes; nothing
/// depends on other rows. The operations are a closed list, ``Operation``, so that each runtime can have all
/// of them. A plugin describes its model from the node `features` on; the program puts before it what makes
/// features of the columns of a table, and behind it what makes probabilities of scores.
///
///     var graph = ModelGraph()
///     let x = graph.append(.features(7))
///     let hidden = graph.append(.affine(weights: first, biases: a), x)
///     let active = graph.append(.elementwise(.relu), hidden)
///     graph.append(.affine(weights: second, biases: b), active)  // the last node is the result
///
/// A graph computes what the model computes up to the rounding of Float32.
public struct ModelGraph: Sendable, Equatable {
  /// What a node gives for each row.
  public enum ValueType: Sendable, Equatable {
    /// A text, or none where it is missing.
    case text
    /// So many numbers as a table has them; NaN is a missing one.
    case float64(Int)
    /// So many numbers as models have them.
    case float32(Int)

    /// How many numbers a row has; 1 for a text.
    public var width: Int {
      switch self {
      case .text: 1
      case .float64(let width), .float32(let width): width
      }
    }
  }

  /// The result of a node.
  public struct Value: Sendable, Hashable {
    /// The position of the node.
    public let node: Int
  }

  /// An operation with what it works on.
  public struct Node: Sendable, Equatable {
    public let operation: Operation
    /// Results of earlier nodes.
    public let inputs: [Value]
    public let type: ValueType
  }

  /// The nodes in their order.
  public private(set) var nodes: [Node] = []

  /// Makes a graph without nodes.
  public init() {}

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - operation: What it does.
  ///   - inputs: What it does it with, as ``Operation`` says.
  /// - Returns: Its result.
  /// - Precondition: The types of the inputs are those that the operation takes.
  @discardableResult
  public mutating func append(_ operation: Operation, _ inputs: Value...) -> Value {
    append(operation, inputs)
  }

  /// The same for a list of inputs.
  @discardableResult
  public mutating func append(_ operation: Operation, _ inputs: [Value]) -> Value {
    let types = inputs.map { nodes[$0.node].type }
    guard let type = operation.resultType(of: types) else {
      preconditionFailure("the operation '\(operation.name)' does not take \(types)")
    }
    nodes.append(Node(operation: operation, inputs: inputs, type: type))
    return Value(node: nodes.count - 1)
  }

  /// Adds the nodes of a model's description, reading `features` where it has its node `features`.
  ///
  /// - Returns: The result of the description's last node.
  @discardableResult
  public mutating func append(_ model: ModelGraph, features: Value) -> Value {
    var places: [Value] = []
    for node in model.nodes {
      if case .features(let width) = node.operation {
        precondition(
          type(of: features) == .float32(width),
          "the model takes \(width) features, got \(type(of: features))")
        places.append(features)
      } else {
        places.append(append(node.operation, node.inputs.map { places[$0.node] }))
      }
    }
    return places.last ?? features
  }

  /// The result of the first node without inputs that does this; nil if there is none.
  package func value(of operation: Operation) -> Value? {
    nodes.firstIndex { $0.inputs.isEmpty && $0.operation == operation }.map { Value(node: $0) }
  }

  /// What a result is made of.
  public func type(of value: Value) -> ValueType { nodes[value.node].type }
}

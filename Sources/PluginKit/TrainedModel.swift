/// What a plugin has learnt: scores rows, and goes to a file and back.
public protocol TrainedModel: Sendable {
  /// The number of classes, at least 2.
  var classCount: Int { get }
  /// The number of feature columns.
  var featureCount: Int { get }
  /// How many numbers were learnt; random features and scales that are not trained do not count.
  var trainableParameterCount: Int { get }

  /// Scores rows: a matrix with one row per row of `features` and one column per class.
  ///
  /// A row's scores do not depend on the other rows of the call, to the bit. All scores are finite for
  /// finite features. The largest score of a row is the prediction; ties go to the lower class.
  ///
  /// - Throws: ``TrainingFailure`` or ``PluginFault`` if the model lives in another process, which can refuse
  ///   or fail; models of this process do not throw.
  func scores(for features: FeatureMatrix) throws -> ScoreMatrix

  /// Scores rows as ``scores(for:)`` does, for as long as `checkpoint` lets it.
  ///
  /// - Parameters:
  ///   - features: The rows.
  ///   - checkpoint: Throws ``TrainingInterruption`` when scoring has to end.
  /// - Returns: A matrix with one row per row of `features` and one column per class.
  /// - Throws: What `checkpoint` throws, too. Models of this process are quick and ask it only at the start.
  func scores(
    for features: FeatureMatrix, checkpoint: @Sendable () throws -> Void
  ) throws -> ScoreMatrix

  /// Everything that ``ModelPlugin/load(_:)`` needs to make an equal model.
  func state() -> ModelState

  /// The model as a list of operations from its features to its scores, so that it can leave for other
  /// runtimes; nil if there is no such description.
  ///
  /// Its first node is ``ModelGraph/Operation/features(_:)``, its last one gives the scores, which are those of
  /// ``scores(for:)`` up to the rounding of Float32.
  func graph() -> ModelGraph?
}

extension TrainedModel {
  public func graph() -> ModelGraph? { nil }

  public func scores(
    for features: FeatureMatrix, checkpoint: @Sendable () throws -> Void
  ) throws -> ScoreMatrix {
    try checkpoint()
    return try scores(for: features)
  }
}

/// The state of a model: named arrays, and everything else as a JSON object.
public struct ModelState: Sendable, Equatable {
  /// The arrays of Float32; names are unique among all arrays.
  public var tensors: [NamedTensor]
  /// Arrays of other types, which only the plugin understands.
  public var buffers: [NamedBuffer]
  /// An object with all that is not an array of numbers.
  public var attributes: JSONValue

  public init(
    tensors: [NamedTensor], buffers: [NamedBuffer] = [], attributes: JSONValue = .object([])
  ) {
    self.tensors = tensors
    self.buffers = buffers
    self.attributes = attributes
  }

  /// The tensor of a name.
  ///
  /// - Throws: ``ModelStateError`` if there is none, or if its shape is another than `shape`.
  public func tensor(_ name: String, shape: [Int]) throws(ModelStateError) -> [Float] {
    guard let tensor = tensors.first(where: { $0.name == name }) else {
      throw ModelStateError("the model has no tensor '\(name)'")
    }
    guard tensor.shape == shape else {
      throw ModelStateError("the tensor '\(name)' has shape \(tensor.shape), expected \(shape)")
    }
    return tensor.values
  }

  /// A whole number, 0 or more, among the attributes.
  ///
  /// - Throws: ``ModelStateError`` if it is absent or something else.
  public func count(_ name: String) throws(ModelStateError) -> Int {
    guard case .integer(let value)? = attributes[name], value >= 0, value <= 1 << 32 else {
      throw ModelStateError("the model's '\(name)' is missing or is no count")
    }
    return value
  }

  /// A word among the attributes.
  ///
  /// - Throws: ``ModelStateError`` if it is absent or something else.
  public func text(_ name: String) throws(ModelStateError) -> String {
    guard case .string(let value)? = attributes[name] else {
      throw ModelStateError("the model's '\(name)' is missing or is no text")
    }
    return value
  }
}

/// An array of numbers with a name and a shape, stored in row-major order.
public struct NamedTensor: Sendable, Equatable {
  public let name: String
  /// The length of each axis.
  public let shape: [Int]
  /// As many values as the product of `shape`.
  public let values: [Float]

  public init(_ name: String, shape: [Int], values: [Float]) {
    precondition(
      shape.reduce(1, *) == values.count,
      "\(name): shape \(shape) does not hold \(values.count) values")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// An array of another type than Float32 with a name and a shape, stored in row-major order.
public struct NamedBuffer: Sendable, Equatable {
  /// The type of the values, which lie in little-endian order.
  public enum ElementType: String, Sendable, CaseIterable {
    case f64, i32, i64, u8

    /// The bytes of one value.
    public var byteCount: Int {
      switch self {
      case .f64, .i64: 8
      case .i32: 4
      case .u8: 1
      }
    }
  }

  public let name: String
  public let elementType: ElementType
  /// The length of each axis.
  public let shape: [Int]
  /// As many values as the product of `shape`.
  public let bytes: [UInt8]

  public init(_ name: String, _ elementType: ElementType, shape: [Int], bytes: [UInt8]) {
    precondition(
      shape.reduce(elementType.byteCount, *) == bytes.count,
      "\(name): shape \(shape) of \(elementType) does not take \(bytes.count) bytes")
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.bytes = bytes
  }
}

/// A saved state that is not one of this plugin's models.
public struct ModelStateError: Error, Equatable, CustomStringConvertible {
  public let description: String

  public init(_ description: String) { self.description = description }
}

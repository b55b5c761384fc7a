import PluginKit

/// A model of a plugin in another process: its state is here, and any process of the plugin can score with it.
///
/// Also right after training it is the saved state that scores, so that a model is judged as it will be
/// loaded, whichever process does it.
struct ExternalModel: TrainedModel {
  let classCount: Int
  let featureCount: Int
  let trainableParameterCount: Int

  private let pool: PluginPool
  /// Where what the plugin writes to standard error goes.
  private let log: @Sendable (String) -> Void
  /// The number by which processes know the model.
  private let number: Int
  /// What the plugin saved besides arrays.
  private let saved: JSONValue
  private let tensors: [NamedTensor]
  private let buffers: [NamedBuffer]

  /// Makes a model of what a plugin answered to save.
  init(
    pool: PluginPool, classCount: Int, featureCount: Int, trainableParameterCount: Int,
    saved answer: PluginMessage, log: @escaping @Sendable (String) -> Void
  ) {
    self.pool = pool
    self.log = log
    self.classCount = classCount
    self.featureCount = featureCount
    self.trainableParameterCount = trainableParameterCount
    number = pool.newModelNumber()
    saved = answer["state"] ?? .null
    var tensors: [NamedTensor] = []
    var buffers: [NamedBuffer] = []
    for array in answer.arrays {
      let description = array.description
      if let type = description.type.bufferType {
        buffers.append(
          NamedBuffer(description.name, type, shape: description.shape, bytes: array.bytes))
      } else {
        tensors.append(
          NamedTensor(description.name, shape: description.shape, values: array.floats))
      }
    }
    self.tensors = tensors
    self.buffers = buffers
  }

  /// Makes a model of what ``state()`` gave.
  ///
  /// - Throws: ``ModelStateError`` if something is missing.
  init(pool: PluginPool, state: ModelState) throws(ModelStateError) {
    self.pool = pool
    log = { _ in }
    classCount = try state.count("classes")
    featureCount = try state.count("features")
    trainableParameterCount = try state.count("trainable_parameters")
    number = pool.newModelNumber()
    saved = state.attributes["state"] ?? .null
    tensors = state.tensors
    buffers = state.buffers
  }

  func state() -> ModelState {
    ModelState(
      tensors: tensors, buffers: buffers,
      attributes: .object([
        ("classes", .integer(classCount)), ("features", .integer(featureCount)),
        ("trainable_parameters", .integer(trainableParameterCount)), ("state", saved),
      ]))
  }

  func scores(for features: FeatureMatrix) throws -> ScoreMatrix {
    try scores(for: features, checkpoint: {})
  }

  func scores(
    for features: FeatureMatrix, checkpoint: @Sendable () throws -> Void
  ) throws -> ScoreMatrix {
    precondition(
      features.columnCount == featureCount,
      "\(featureCount) columns are needed, got \(features.columnCount)")
    guard features.rowCount > 0 else { return ScoreMatrix(rowCount: 0, columnCount: classCount) }
    do {
      return try withoutActuallyEscaping(checkpoint) { checkpoint in
        try scores(for: features, SessionContext(checkpoint: checkpoint, log: log))
      }
    } catch let refusal as PluginRefusal {
      throw TrainingFailure(refusal.reason)
    }
  }

  private func scores(
    for features: FeatureMatrix, _ context: SessionContext
  ) throws -> ScoreMatrix {
    try pool.withSession(
      context, preferring: { $0.holds(model: number) || $0.holds(features) }
    ) { process in
      let model = try process.load(model: number, loading, context)
      let rows = try process.send(SessionRows(features, classCount: classCount), context)
      return try process.scores(
        model: model, data: rows, rowCount: features.rowCount, classCount: classCount, context)
    }
  }

  /// Lets a process load the model.
  ///
  /// - Throws: ``PluginRefusal`` if the plugin does not take the state, or ``PluginFault``.
  func prepare() throws {
    let context = SessionContext(checkpoint: {}, log: log)
    try pool.withSession(context, preferring: { $0.holds(model: number) }) { process in
      _ = try process.load(model: number, loading, context)
    }
  }

  /// The request to load the model, without its verb and the number it is to have there.
  private var loading: PluginMessage {
    let tensors = tensors.map { tensor in
      MessageArray(
        ArrayDescription(tensor.name, .f32, shape: tensor.shape), .floats(tensor.values))
    }
    let buffers = buffers.map { buffer in
      MessageArray(
        ArrayDescription(buffer.name, ArrayType(buffer.elementType), shape: buffer.shape),
        .bytes(buffer.bytes))
    }
    return PluginMessage(
      [("classes", .integer(classCount)), ("features", .integer(featureCount)), ("state", saved)],
      arrays: tensors + buffers)
  }
}

extension ArrayType {
  init(_ type: NamedBuffer.ElementType) {
    switch type {
    case .f64: self = .f64
    case .i32: self = .i32
    case .i64: self = .i64
    case .u8: self = .u8
    }
  }

  /// How values of this type are kept in a model file; nil for Float32, the type of tensors.
  fileprivate var bufferType: NamedBuffer.ElementType? {
    switch self {
    case .f32: nil
    case .f64: .f64
    case .i32: .i32
    case .i64: .i64
    case .u8: .u8
    }
  }
}

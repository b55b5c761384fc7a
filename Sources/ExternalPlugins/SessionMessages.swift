import PluginKit

/// Rows that go to a plugin: with labels to learn from, without to be scored.
struct SessionRows {
  let features: FeatureMatrix
  var labels: [Int32]?
  var weights: [Float]?
  var columns: [FeatureColumn]?
  let classCount: Int

  /// The rows that a model learns from.
  init(training data: TrainingData) {
    features = data.features
    labels = data.labels
    weights = data.weights
    columns = data.columns
    classCount = data.classCount
  }

  /// The rows that are watched while a model learns.
  init(monitor rows: LabelledRows, of data: TrainingData) {
    features = rows.features
    labels = rows.labels
    columns = data.columns
    classCount = data.classCount
  }

  /// Rows to be scored.
  init(_ features: FeatureMatrix, classCount: Int) {
    self.features = features
    self.classCount = classCount
  }

  /// What is sent, in bytes.
  var byteCount: Int {
    4 * (features.values.count + (labels?.count ?? 0) + (weights?.count ?? 0))
  }

  /// The request that sends them.
  func message(number: Int) -> PluginMessage {
    var members: [(String, JSONValue)] = [
      ("verb", .string("data")), ("data", .integer(number)), ("classes", .integer(classCount)),
    ]
    if let columns { members.append(("columns", .array(columns.map(\.json)))) }
    var arrays = [MessageArray("features", features)]
    let shape = [features.rowCount]
    if let labels {
      arrays.append(MessageArray(ArrayDescription("labels", .i32, shape: shape), .integers(labels)))
    }
    if let weights {
      arrays.append(MessageArray(ArrayDescription("weights", .f32, shape: shape), .floats(weights)))
    }
    return PluginMessage(members, arrays: arrays)
  }
}

extension FeatureColumn {
  fileprivate var json: JSONValue {
    .object([
      ("name", .string(name)), ("kind", .string(kind.rawValue)), ("origin", .string(origin)),
    ])
  }
}

/// What a plugin is asked to train.
struct FitRequest {
  let data: Int
  let monitor: Int?
  let parameters: ParameterValues

  func message(model: Int, _ context: TrainingContext) -> PluginMessage {
    var members: [(String, JSONValue)] = [
      ("verb", .string("fit")), ("model", .integer(model)), ("data", .integer(data)),
    ]
    if let monitor { members.append(("monitor", .integer(monitor))) }
    members += [
      ("parameters", parameters.json), ("study_seed", .integer(context.studySeed.wholeNumber)),
      ("trial_seed", .integer(context.trialSeed.wholeNumber)),
      ("threads", .integer(context.threads)),
    ]
    if let epochs = context.exactEpochs { members.append(("epochs", .integer(epochs))) }
    return PluginMessage(members)
  }
}

extension Seed {
  /// A number in 0..<2^31, which the generators of all libraries take.
  fileprivate var wholeNumber: Int { Int(keyed("external plugin").bits >> 33) }
}

extension TrainingReport {
  /// What a plugin says about its training, all of which it may leave out; nil if something is of another
  /// type.
  init?(_ answer: PluginMessage) {
    func value<Value>(_ name: String, _ convert: (JSONValue) -> Value?) -> Value?? {
      guard let json = answer[name], json != .null else { return .some(nil) }
      return convert(json).map { .some($0) }
    }
    func texts(_ json: JSONValue) -> [String]? {
      let texts = json.array?.compactMap(\.string)
      return texts?.count == json.array?.count ? texts?.map(printable) : nil
    }
    guard let stopping = value("stopping", { $0.string.flatMap(Stopping.init(rawValue:)) }),
      let objective = value("objective", \.number), let iterations = value("iterations", \.integer),
      let best = value("best_epoch", \.integer), let warnings = value("warnings", texts)
    else { return nil }
    self.init(
      stopping: stopping ?? .converged, objective: objective, iterations: iterations ?? 0,
      bestEpoch: best, warnings: warnings ?? [])
  }
}

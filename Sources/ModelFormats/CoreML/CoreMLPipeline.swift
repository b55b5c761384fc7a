import PluginKit

/// The stages that lead from the columns of a table to a classifier's answer.
struct CoreMLPipeline {
  private let prediction: PredictionGraph
  private var graph: ModelGraph { prediction.graph }
  private var columns: CoreMLColumns
  private var network: CoreMLNetwork
  private var stages: [(name: String, model: ProtobufMessage)] = []
  /// Names of columns, stages' results and outputs, each of which means one thing.
  private var taken: Set<String>
  private let inputs: [CoreMLSpec.Feature]
  /// What the network reads.
  private var networkInputs: [CoreMLSpec.Feature] = []
  /// The features of models, by the node that rounds them.
  private var features: [Int: CoreMLSpec.Feature] = [:]
  /// The 0/1 columns of encoded texts, by node.
  private var encodings: [Int: CoreMLSpec.Feature] = [:]

  init(_ prediction: PredictionGraph) throws(ModelFormatError) {
    self.prediction = prediction
    columns = CoreMLColumns(prediction.graph)
    network = CoreMLNetwork(prediction.graph)
    inputs = prediction.columns.map {
      CoreMLSpec.Feature($0.name, $0.isText ? .string : .double)
    }
    taken = Set(inputs.map(\.name))
    let isNeeded = graph.ancestors(of: [prediction.scores, prediction.probabilities])
    for (place, node) in graph.nodes.enumerated() where isNeeded[place] {
      switch node.operation {
      case .rounded: try addFeatures(place)
      case .treeSum(let ensemble): try addTrees(place, ensemble)
      default: continue
      }
    }
  }

  /// The whole model.
  func model(metadata: [(String, String)]) throws(ModelFormatError) -> ProtobufMessage {
    var whole = self
    let result = CoreMLSpec.Prediction(
      label: whole.unique("label"), probabilities: whole.unique("probabilities"))
    let outputs = [
      CoreMLSpec.Feature(result.label, .string),
      CoreMLSpec.Feature(result.probabilities, .byString),
      CoreMLSpec.Feature(whole.unique("scores"), .floats(prediction.classes.count)),
    ]
    let blob = try whole.network.blob(of: prediction.probabilities.node)
    try whole.network.addOutput(outputs[2].name, node: prediction.scores.node)
    let classifier = ProtobufMessage {
      for layer in whole.network.layers { $0.add(1, layer) }
      $0.add(5, 1)
      $0.add(100, CoreMLSpec.vector(prediction.classes))
      $0.add(200, blob)
    }
    whole.add(
      "classifier",
      CoreMLSpec.model(
        .neuralNetworkClassifier, classifier, from: whole.networkInputs, to: outputs,
        predicts: result))
    let pipeline = ProtobufMessage {
      for stage in whole.stages { $0.add(1, stage.model) }
      for stage in whole.stages { $0.add(2, stage.name) }
    }
    return CoreMLSpec.model(
      .pipelineClassifier, ProtobufMessage { $0.add(1, pipeline) }, from: inputs, to: outputs,
      predicts: result, metadata: metadata)
  }

  private mutating func add(_ name: String, _ model: ProtobufMessage) {
    stages.append((name: "\(name)_\(stages.count)", model: model))
  }

  private mutating func unique(_ name: String) -> String {
    var unique = name
    while !taken.insert(unique).inserted { unique += "_" }
    return unique
  }
}

// MARK: Features

extension CoreMLPipeline {
  /// Stages that make the features of a model: an array of type Float32.
  private mutating func addFeatures(_ node: Int) throws(ModelFormatError) {
    let columns = try columns.columns(of: node)
    var feature = try vectorized(columns)
    if columns.contains(where: { $0.fill != nil }) {
      // A fill beside no missing value is never asked for.
      let fills = CoreMLSpec.vector(columns.map { $0.fill ?? 0 })
      let imputer = ProtobufMessage {
        $0.add(4, fills)
        $0.add(11, Double.nan)
      }
      feature = transform(.imputer, imputer, feature, "filled", .doubles(columns.count))
    }
    let scaler = ProtobufMessage {
      $0.add(1, columns.map { -$0.centre }.littleEndianBytes)
      $0.add(2, columns.map { 1 / $0.width }.littleEndianBytes)
    }
    feature = transform(.scaler, scaler, feature, "scaled", .doubles(columns.count))
    // A network of one layer rounds to Float32, so that trees compare the numbers they were grown on.
    let rounded = CoreMLSpec.Feature(unique("features"), .floats(columns.count))
    let layer = ProtobufMessage {
      $0.add(1, "round")
      $0.add(2, feature.name)
      $0.add(3, rounded.name)
      $0.add(
        130,
        ProtobufMessage { activation in
          activation.add(5, ProtobufMessage { $0.add(1, Float(1)) })
        })
    }
    let rounding = ProtobufMessage {
      $0.add(1, layer)
      $0.add(5, 1)
    }
    add("round", CoreMLSpec.model(.neuralNetwork, rounding, from: [feature], to: [rounded]))
    features[node] = rounded
    networkInputs.append(rounded)
    network.addInput(rounded.name, node: node)
  }

  /// The sources of columns side by side.
  private mutating func vectorized(
    _ columns: [CoreMLColumns.Column]
  ) throws(ModelFormatError) -> CoreMLSpec.Feature {
    var parts: [(feature: CoreMLSpec.Feature, width: Int)] = []
    var place = 0
    while place < columns.count {
      switch columns[place].source {
      case .number(let name):
        parts.append((CoreMLSpec.Feature(name, .double), 1))
        place += 1
      case .category(let node, _):
        let width = graph.nodes[node].type.width
        let expected = (0..<width).map { CoreMLColumns.Source.category(node: node, column: $0) }
        guard columns[place...].prefix(width).map(\.source) == expected else {
          throw ModelFormatError("the 0/1 columns of a category are not side by side")
        }
        parts.append((try encoded(node), width))
        place += width
      }
    }
    let list = ProtobufMessage { message in
      for part in parts {
        message.add(
          1,
          ProtobufMessage {
            $0.add(1, part.feature.name)
            $0.add(2, part.width)
          })
      }
    }
    var named: Set<String> = []
    let sources = parts.map(\.feature).filter { named.insert($0.name).inserted }
    let result = CoreMLSpec.Feature(unique("columns"), .doubles(columns.count))
    add("vectorize", CoreMLSpec.model(.featureVectorizer, list, from: sources, to: [result]))
    return result
  }

  private mutating func transform(
    _ kind: CoreMLSpec.Kind, _ parameters: ProtobufMessage, _ input: CoreMLSpec.Feature,
    _ name: String, _ type: CoreMLSpec.Feature.Kind
  ) -> CoreMLSpec.Feature {
    let result = CoreMLSpec.Feature(unique(name), type)
    add(name, CoreMLSpec.model(kind, parameters, from: [input], to: [result]))
    return result
  }

  /// The 0/1 columns of a text: its number by a table, then a column for each number.
  ///
  /// A text without a column has the number -1. Texts that the program refuses are refused by the table where
  /// they are unseen; a missing one that it refuses gets 0 in all columns here.
  private mutating func encoded(_ node: Int) throws(ModelFormatError) -> CoreMLSpec.Feature {
    if let known = encodings[node] { return known }
    guard case .encodedCategory(let encoding) = graph.nodes[node].operation,
      case .textColumn(let name) = graph.nodes[graph.nodes[node].inputs[0].node].operation
    else { preconditionFailure("node \(node) encodes no column of texts") }
    func number(_ outcome: ModelGraph.CategoryEncoding.Outcome) -> Int {
      if case .column(let column) = outcome { column } else { -1 }
    }
    let entries =
      encoding.categories.map { ($0.text, number($0.outcome)) }
      + encoding.missingTexts.map { ($0, number(encoding.missing)) }
    let table = ProtobufMessage { message in
      for (text, number) in entries {
        message.add(
          1,
          ProtobufMessage {
            $0.add(1, text)
            $0.add(2, number)
          })
      }
    }
    let mapping = ProtobufMessage {
      $0.add(1, table)
      if encoding.unseen != .refused { $0.add(102, number(encoding.unseen)) }
    }
    let text = CoreMLSpec.Feature(name, .string)
    let code = transform(.categoricalMapping, mapping, text, "category", .int64)
    let encoder = ProtobufMessage {
      $0.add(2, CoreMLSpec.vector(Array(0..<encoding.width)))
      $0.add(10, 1)
      $0.add(11, 1)
    }
    let result = transform(.oneHotEncoder, encoder, code, "one_hot", .byInt64)
    encodings[node] = result
    return result
  }
}

// MARK: Trees

extension CoreMLPipeline {
  /// A stage that sums the leaves of trees, which the network then reads.
  private mutating func addTrees(
    _ node: Int, _ ensemble: ModelGraph.TreeEnsemble
  ) throws(ModelFormatError) {
    guard let input = features[graph.nodes[node].inputs[0].node] else {
      throw ModelFormatError("Core ML's trees read columns, not what a network makes of them")
    }
    let parameters = ProtobufMessage { message in
      for (number, tree) in ensemble.trees.enumerated() {
        for (place, part) in tree.enumerated() {
          message.add(1, part.message(tree: number, node: place, leaves: ensemble.leaves))
        }
      }
      message.add(2, ensemble.leaves.columnCount)
      let base = [Double](repeating: 0, count: ensemble.leaves.columnCount)
      message.add(3, base.littleEndianBytes)
    }
    let sums = CoreMLSpec.Feature(unique("trees"), .doubles(ensemble.leaves.columnCount))
    let regressor = ProtobufMessage { $0.add(1, parameters) }
    add(
      "trees",
      CoreMLSpec.model(
        .treeEnsembleRegressor, regressor, from: [input], to: [sums], predictedFeature: sums.name))
    networkInputs.append(sums)
    network.addInput(sums.name, node: node)
  }
}

extension ModelGraph.TreeEnsemble.Node {
  /// The node as a message of `TreeEnsemble.proto`.
  fileprivate func message(tree: Int, node: Int, leaves: FeatureMatrix) -> ProtobufMessage {
    ProtobufMessage { message in
      message.add(1, tree)
      message.add(2, node)
      guard let column else {
        message.add(3, 6)
        for (place, value) in leaves.row(first).enumerated() {
          message.add(
            20,
            ProtobufMessage {
              $0.add(1, place)
              $0.add(2, Double(value))
            })
        }
        return
      }
      message.add(3, 0)
      message.add(10, column)
      message.add(11, Double(threshold))
      message.add(12, first)
      message.add(13, second)
      message.add(14, missingGoesFirst ? 1 : 0)
    }
  }
}

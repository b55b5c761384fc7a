import PluginKit

extension ONNXWriter {
  /// A function of each number.
  mutating func apply(_ function: ModelGraph.Function, to x: String) -> String {
    switch function {
    case .relu: onnx.add("Relu", [x])
    case .tanh: onnx.add("Tanh", [x])
    case .sigmoid: onnx.add("Sigmoid", [x])
    case .exp: onnx.add("Exp", [x])
    case .log: onnx.add("Log", [x])
    case .absolute: onnx.add("Abs", [x])
    case .step: cast(onnx.add("GreaterOrEqual", [x, number(Float(0))]), to: .float32)
    case .cosineOfTurns: onnx.add("Cos", [angle(ofTurns: x)])
    case .sineOfTurns: onnx.add("Sin", [angle(ofTurns: x)])
    }
  }

  /// 2π (x - the nearest whole number): what is left of large arguments keeps all its digits.
  private mutating func angle(ofTurns x: String) -> String {
    if let angle = reducedTurns[x] { return angle }
    let most: Float = 4_194_304
    let held = onnx.add("Clip", [x, number(-most), number(most)])
    let fraction = onnx.add("Sub", [held, onnx.add("Round", [held])])
    let angle = onnx.add("Mul", [fraction, number(Float(2 * Double.pi))])
    reducedTurns[x] = angle
    return angle
  }

  /// Shares of exponentials; differences are taken before they are stretched, so that they keep their digits.
  mutating func softmax(_ x: String, inverseTemperature beta: Double) -> String {
    let largest = onnx.add("ReduceMax", [x], [("axes", .ints([1])), ("keepdims", .int(1))])
    let differences = onnx.add("Sub", [x, largest])
    return onnx.add(
      "Softmax", [onnx.add("Mul", [differences, number(Float(beta))])], [("axis", .int(1))])
  }

  /// Leaves of trees, summed up.
  mutating func treeSum(_ x: String, _ ensemble: ModelGraph.TreeEnsemble) -> String {
    var nodes = ONNXTrees()
    for (number, tree) in ensemble.trees.enumerated() {
      for (place, node) in tree.enumerated() {
        nodes.add(node, tree: number, place: place, leaves: ensemble.leaves)
      }
    }
    return onnx.add(
      "TreeEnsembleRegressor", [x], nodes.attributes(targetCount: ensemble.leaves.columnCount),
      domain: "ai.onnx.ml")
  }
}

/// The attributes of a `TreeEnsembleRegressor`, one list for each fact of a node.
private struct ONNXTrees {
  private var trees: [Int] = []
  private var places: [Int] = []
  private var columns: [Int] = []
  private var modes: [String] = []
  private var thresholds: [Float] = []
  private var firstChildren: [Int] = []
  private var secondChildren: [Int] = []
  private var missingGoesFirst: [Int] = []
  private var targetTrees: [Int] = []
  private var targetPlaces: [Int] = []
  private var targets: [Int] = []
  private var weights: [Float] = []

  mutating func add(
    _ node: ModelGraph.TreeEnsemble.Node, tree: Int, place: Int, leaves: FeatureMatrix
  ) {
    trees.append(tree)
    places.append(place)
    columns.append(node.column ?? 0)
    modes.append(node.column == nil ? "LEAF" : "BRANCH_LEQ")
    thresholds.append(node.threshold)
    firstChildren.append(node.column == nil ? 0 : node.first)
    secondChildren.append(node.column == nil ? 0 : node.second)
    missingGoesFirst.append(node.missingGoesFirst ? 1 : 0)
    guard node.column == nil else { return }
    let values = leaves.row(node.first)
    // Zeros add nothing, but a leaf has to have a target.
    let isZero = values.allSatisfy { $0 == 0 }
    for (target, value) in values.enumerated() where value != 0 || (isZero && target == 0) {
      targetTrees.append(tree)
      targetPlaces.append(place)
      targets.append(target)
      weights.append(value)
    }
  }

  func attributes(targetCount: Int) -> [(String, ONNXGraph.Attribute)] {
    [
      ("nodes_treeids", .ints(trees)), ("nodes_nodeids", .ints(places)),
      ("nodes_featureids", .ints(columns)), ("nodes_modes", .texts(modes)),
      ("nodes_values", .floats(thresholds)), ("nodes_truenodeids", .ints(firstChildren)),
      ("nodes_falsenodeids", .ints(secondChildren)),
      ("nodes_missing_value_tracks_true", .ints(missingGoesFirst)),
      ("target_treeids", .ints(targetTrees)), ("target_nodeids", .ints(targetPlaces)),
      ("target_ids", .ints(targets)), ("target_weights", .floats(weights)),
      ("n_targets", .int(targetCount)), ("aggregate_function", .text("SUM")),
      ("post_transform", .text("NONE")),
    ]
  }
}

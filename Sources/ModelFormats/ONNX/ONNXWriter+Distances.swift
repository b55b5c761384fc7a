import PluginKit

extension ONNXWriter {
  /// exp(-rate · distance) - 1 for each support row, in Float64, where the difference keeps what Float32 would
  /// lose.
  mutating func radialKernel(
    _ x: String, _ kernel: RadialKernel, _ rows: FeatureMatrix
  ) -> String {
    let exponents =
      switch kernel.distance {
      case .squaredEuclidean: squaredExponents(x, rate: kernel.rate, rows)
      case .absolute:
        onnx.add(
          "Mul", [cast(columnSums(x, rows, "Abs"), to: .float64), number(-kernel.rate)])
      }
    return onnx.add("Sub", [onnx.add("Exp", [exponents]), number(1.0)])
  }

  /// -rate ‖x - r‖² as min(0, 2 rate x·r - rate ‖r‖² - rate ‖x‖²): in Float64 what cancels is far below Float32.
  private mutating func squaredExponents(
    _ x: String, rate: Double, _ rows: FeatureMatrix
  ) -> String {
    var factors = [Double](repeating: 0, count: rows.values.count)
    var norms = [Double](repeating: 0, count: rows.rowCount)
    for row in 0..<rows.rowCount {
      for (column, value) in rows.row(row).enumerated() {
        factors[column * rows.rowCount + row] = 2 * rate * Double(value)
        norms[row] -= rate * Double(value) * Double(value)
      }
    }
    let wide = cast(x, to: .float64)
    let matrix = ONNXTensor(factors, shape: [rows.columnCount, rows.rowCount])
    let products = onnx.add("MatMul", [wide, onnx.constant(matrix)])
    let ownNorms = onnx.add("ReduceSum", [onnx.add("Mul", [wide, wide]), axis(1)])
    let own = onnx.add("Mul", [ownNorms, number(-rate)])
    let others = onnx.constant(ONNXTensor(norms, shape: [1, rows.rowCount]))
    let sums = onnx.add("Add", [onnx.add("Add", [products, others]), own])
    return onnx.add("Min", [sums, number(0.0)])
  }

  /// Σⱼ f(xⱼ - rⱼ) for each row r, column after column in lanes of eight, as ``ModelGraph/NeighbourVotes`` says.
  private mutating func columnSums(
    _ x: String, _ rows: FeatureMatrix, _ function: String
  ) -> String {
    let lengths = onnx.constant(ONNXTensor(Array(repeating: 1, count: rows.columnCount)))
    let columns =
      rows.columnCount == 1
      ? [x]
      : onnx.add(
        "Split", [x, lengths], [("axis", .int(1))], resultCount: rows.columnCount)
    var lanes: [String] = []
    for (place, column) in columns.enumerated() {
      let values = (0..<rows.rowCount).map { rows[$0, place] }
      let others = onnx.constant(ONNXTensor(values, shape: [1, values.count]))
      let difference = onnx.add("Sub", [column, others])
      let term =
        function == "Abs"
        ? onnx.add("Abs", [difference]) : onnx.add("Mul", [difference, difference])
      if place < 8 {
        lanes.append(term)
      } else {
        lanes[place % 8] = onnx.add("Add", [lanes[place % 8], term])
      }
    }
    return lanes.dropFirst().reduce(lanes[0]) { onnx.add("Add", [$0, $1]) }
  }

  /// A constant that names one axis.
  private mutating func axis(_ number: Int) -> String { onnx.constant(ONNXTensor([number])) }

  /// The votes of the nearest rows, for ``ModelGraph/NeighbourVotes``.
  mutating func neighbourVotes(_ x: String, _ votes: ModelGraph.NeighbourVotes) -> String {
    let keys = columnSums(x, votes.rows, votes.distance == .absolute ? "Abs" : "Mul")
    let weights = onnx.constant(ONNXTensor(votes.weights, shape: [1, votes.weights.count]))
    var shares = weights
    let total = votes.weights.reduce(0.0) { $0 + Double($1) }
    if total >= Double(votes.count) {
      shares = borderShares(keys, reach: reach(of: keys, votes), weights, count: votes.count)
    }
    if votes.importance == .nearness { shares = onnx.add("Mul", [shares, nearness(keys, votes)]) }
    // With all rows voting alike nothing depends on x but the number of rows.
    if shares == weights {
      shares = onnx.add("Add", [onnx.add("Mul", [keys, number(Float(0))]), weights])
    }
    var classes = FeatureMatrix(rowCount: votes.labels.count, columnCount: votes.classCount)
    for (row, label) in votes.labels.enumerated() { classes[row, Int(label)] = 1 }
    let membership = ONNXTensor(classes.values, shape: [classes.rowCount, classes.columnCount])
    let sums = onnx.add("MatMul", [shares, onnx.constant(membership)])
    let whole = onnx.add("ReduceSum", [sums, axis(1)])
    let scaled = onnx.add("Mul", [sums, number(Float(votes.voterWeight))])
    return onnx.add("Div", [scaled, whole])
  }

  /// The least key up to which rows weigh `count`: [rows, 1].
  private mutating func reach(of keys: String, _ votes: ModelGraph.NeighbourVotes) -> String {
    let isPlain = votes.weights.allSatisfy { $0 == 1 }
    let length = isPlain ? votes.count : votes.labels.count
    let nearest = onnx.add(
      "TopK", [keys, onnx.constant(ONNXTensor([length]))],
      [("axis", .int(1)), ("largest", .int(0)), ("sorted", .int(1))], resultCount: 2)
    let last: String
    if isPlain {
      last = onnx.constant(ONNXTensor([length - 1]))
      return onnx.add("Gather", [nearest[0], last], [("axis", .int(1))])
    }
    let weights = votes.weights.map { Double($0) }
    let own = onnx.add(
      "Gather", [onnx.constant(ONNXTensor(weights, shape: [weights.count])), nearest[1]],
      [("axis", .int(0))])
    let sums = onnx.add("CumSum", [own, onnx.constant(ONNXTensor(scalar: 1))])
    let isBelow = cast(onnx.add("Less", [sums, number(Double(votes.count))]), to: .int64)
    // Sums of rounded weights may fall short of the total by a rounding; the last row is then the border.
    let places = onnx.add("ReduceSum", [isBelow, axis(1)])
    let held = onnx.add("Min", [places, onnx.constant(ONNXTensor(scalar: length - 1))])
    return onnx.add("GatherElements", [nearest[0], held], [("axis", .int(1))])
  }

  /// The weight of each row that counts: all of it below the reach, a share at it, nothing beyond.
  private mutating func borderShares(
    _ keys: String, reach: String, _ weights: String, count: Int
  ) -> String {
    let zero = number(Float(0))
    let inner = onnx.add("Where", [onnx.add("Less", [keys, reach]), weights, zero])
    let border = onnx.add("Where", [onnx.add("Equal", [keys, reach]), weights, zero])
    let innerSum = onnx.add("ReduceSum", [inner, axis(1)])
    let borderSum = onnx.add("ReduceSum", [border, axis(1)])
    let lacking = onnx.add("Sub", [number(Float(count)), innerSum])
    let share = onnx.add("Min", [onnx.add("Div", [lacking, borderSum]), number(Float(1))])
    return onnx.add("Add", [inner, onnx.add("Mul", [border, share])])
  }

  /// The distance of the nearest row divided by each row's own; 1 where they are equal.
  private mutating func nearness(
    _ keys: String, _ votes: ModelGraph.NeighbourVotes
  ) -> String {
    let least = onnx.add("ReduceMin", [keys], [("axes", .ints([1])), ("keepdims", .int(1))])
    let isLeast = onnx.add("Equal", [keys, least])
    let isSquared = votes.distance == .squaredEuclidean
    let distances = isSquared ? onnx.add("Sqrt", [keys]) : keys
    let leastDistance = isSquared ? onnx.add("Sqrt", [least]) : least
    let ratio = onnx.add("Div", [leastDistance, distances])
    return onnx.add("Where", [isLeast, number(Float(1)), ratio])
  }
}

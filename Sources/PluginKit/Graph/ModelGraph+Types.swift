extension ModelGraph.Operation {
  /// What the operation gives for inputs of these types; nil if it does not take them.
  func resultType(of inputs: [ModelGraph.ValueType]) -> ModelGraph.ValueType? {
    switch self {
    case .numberColumn: return inputs.isEmpty ? .float64(1) : nil
    case .textColumn: return inputs.isEmpty ? .text : nil
    case .features(let width): return inputs.isEmpty ? .float32(width) : nil
    case .joined: return joinedType(inputs)
    case .sum, .product, .quotient:
      return inputs.count == 2 && inputs[0] == inputs[1] && inputs[0].isFloat32 ? inputs[0] : nil
    default: return inputs.count == 1 ? resultType(of: inputs[0]) : nil
    }
  }

  private func resultType(of input: ModelGraph.ValueType) -> ModelGraph.ValueType? {
    switch (self, input) {
    case (.constant(let values), _): .float32(values.count)
    case (.encodedCategory(let encoding), .text): .float64(encoding.width)
    case (.filledGaps(let values), .float64(let width)): values.count == width ? input : nil
    case (.markedGaps, .float64): input
    case (.scaled(let centres, let widths), .float64(let width)):
      centres.count == width && widths.count == width ? input : nil
    case (.selected(let columns), .float64(let width)):
      columns.allSatisfy((0..<width).contains) ? .float64(columns.count) : nil
    case (.selected(let columns), .float32(let width)):
      columns.allSatisfy((0..<width).contains) ? .float32(columns.count) : nil
    case (.rounded, .float64(let width)): .float32(width)
    case (_, .float32(let width)): modelType(width)
    default: nil
    }
  }

  /// What an operation of models makes of rows.
  private func modelType(_ width: Int) -> ModelGraph.ValueType? {
    switch self {
    case .elementwise, .rescaled, .clamped, .softmax: .float32(width)
    case .affine(let weights, let biases):
      weights.rowCount == width && weights.columnCount == biases.count
        ? .float32(biases.count) : nil
    case .radialKernel(_, let rows): rows.columnCount == width ? .float32(rows.rowCount) : nil
    case .neighbourVotes(let votes):
      votes.rows.columnCount == width ? .float32(votes.classCount) : nil
    case .treeSum(let ensemble):
      ensemble.featureCount == width ? .float32(ensemble.leaves.columnCount) : nil
    default: nil
    }
  }

  private func joinedType(_ inputs: [ModelGraph.ValueType]) -> ModelGraph.ValueType? {
    let width = inputs.reduce(0) { $0 + $1.width }
    if inputs.isEmpty || inputs.contains(.text) { return nil }
    if inputs.allSatisfy(\.isFloat32) { return .float32(width) }
    return inputs.contains(where: \.isFloat32) ? nil : .float64(width)
  }

  /// What people call the operation in messages.
  var name: String {
    switch self {
    case .numberColumn: "number column"
    case .textColumn: "text column"
    case .encodedCategory: "encoded category"
    case .filledGaps: "filled gaps"
    case .markedGaps: "marked gaps"
    case .scaled: "scaled"
    case .joined: "joined"
    case .selected: "selected"
    case .rounded: "rounded"
    case .features: "features"
    case .constant: "constant"
    case .affine: "affine"
    case .elementwise(let function): function.rawValue
    case .rescaled: "rescaled"
    case .clamped: "clamped"
    case .sum: "sum"
    case .product: "product"
    case .quotient: "quotient"
    case .softmax: "softmax"
    case .radialKernel: "radial kernel"
    case .neighbourVotes: "neighbour votes"
    case .treeSum: "tree sum"
    }
  }
}

extension ModelGraph.ValueType {
  fileprivate var isFloat32: Bool { if case .float32 = self { true } else { false } }
}

import PluginKit

extension KernelSVMModel {
  func state() -> ModelState {
    ModelState(
      tensors: [
        NamedTensor(
          "support.rows", shape: [rows.rowCount, rows.columnCount], values: rows.values),
        NamedTensor(
          "support.coefficients", shape: [rows.rowCount, coefficients.columnCount],
          values: coefficients.values),
        NamedTensor("bias", shape: [biases.count], values: biases),
      ],
      attributes: .object([
        ("kernel", .string(function.rawValue)),
        ("scale", .number(scale)),
        ("multiclass", .string(machines.scheme.rawValue)),
        ("classes", .integer(classCount)),
        ("features", .integer(featureCount)),
        ("support_counts", .array(groupCounts.map { .integer($0) })),
      ]))
  }

  /// Takes a model out of its state.
  init(_ state: ModelState) throws(ModelStateError) {
    let word = try state.text("kernel")
    guard let function = KernelFunction(rawValue: word) else {
      throw ModelStateError("the model's kernel '\(word)' is not known")
    }
    let schemeWord = try state.text("multiclass")
    guard let scheme = MulticlassScheme(rawValue: schemeWord) else {
      throw ModelStateError("the model's multiclass scheme '\(schemeWord)' is not known")
    }
    guard let scale = state.attributes["scale"]?.number, scale > 0 else {
      throw ModelStateError("the model's 'scale' is missing or is no positive number")
    }
    let classCount = try state.count("classes")
    guard classCount >= 2 else { throw ModelStateError("the model has \(classCount) classes") }
    let machines = MachineSet(scheme, classCount: classCount)
    let counts = (state.attributes["support_counts"]?.array ?? []).compactMap(\.integer)
    guard counts.count == machines.groupCount, counts.allSatisfy({ $0 >= 0 && $0 <= 1 << 32 })
    else {
      throw ModelStateError("the model's 'support_counts' are not \(machines.groupCount) counts")
    }
    let rowCount = counts.reduce(0, +)
    let columnCount = try state.count("features")
    let width = machines.machinesPerGroup
    self.init(
      function: function, scale: scale, machines: machines,
      rows: FeatureMatrix(
        rowCount: rowCount, columnCount: columnCount,
        values: try state.tensor("support.rows", shape: [rowCount, columnCount])),
      coefficients: FeatureMatrix(
        rowCount: rowCount, columnCount: width,
        values: try state.tensor("support.coefficients", shape: [rowCount, width])),
      groupCounts: counts,
      biases: try state.tensor("bias", shape: [machines.machines.count]))
  }
}

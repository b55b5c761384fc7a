import MarginHeads
import PluginKit

/// Two-class machines on shared support vectors.
///
/// Support vectors are grouped by what machines use them: those of one-vs-one by their class, with a
/// coefficient for each other class, as in libsvm; otherwise there is one group with a coefficient for each
/// machine.
struct KernelSVMModel: SupportVectorModel {
  let function: KernelFunction
  let scale: Double
  let machines: MachineSet
  /// The support vectors, group after group.
  let rows: FeatureMatrix
  /// A row of coefficients for each support vector.
  let coefficients: FeatureMatrix
  /// How many support vectors each group has.
  let groupCounts: [Int]
  /// One for each machine.
  let biases: [Float]

  private let kernel: RadialKernel
  private let groups: [Group]

  /// Support vectors with the machines that their coefficients belong to.
  private struct Group {
    let expansion: KernelExpansion
    let machines: [Int]
  }

  init(
    function: KernelFunction, scale: Double, machines: MachineSet, rows: FeatureMatrix,
    coefficients: FeatureMatrix, groupCounts: [Int], biases: [Float]
  ) {
    self.function = function
    self.scale = scale
    self.machines = machines
    self.rows = rows
    self.coefficients = coefficients
    self.groupCounts = groupCounts
    self.biases = biases
    kernel = function.kernel(scale: scale)
    var groups: [Group] = []
    var first = 0
    for (group, count) in groupCounts.enumerated() {
      let places = first..<first + count
      groups.append(
        Group(
          expansion: KernelExpansion(
            rows: rows.selecting(rows: places), coefficients: coefficients.selecting(rows: places)),
          machines: machines.machines(ofGroup: group)))
      first += count
    }
    self.groups = groups
  }

  var classCount: Int { machines.classCount }
  var featureCount: Int { rows.columnCount }
  var supportVectorCount: Int { rows.rowCount }
  /// The coefficients of support vectors and the biases; the vectors themselves are rows of the table.
  var trainableParameterCount: Int { coefficients.values.count { $0 != 0 } + biases.count }

  func scores(for matrix: FeatureMatrix) -> ScoreMatrix {
    // Decisions of a large table stay small beside it; a row's scores do not depend on blocks.
    var values: [Float] = []
    values.reserveCapacity(matrix.rowCount * classCount)
    for from in stride(from: 0, to: matrix.rowCount, by: 1024) {
      values += machines.scores(decisions(matrix, from..<min(from + 1024, matrix.rowCount)))
    }
    return ScoreMatrix(rowCount: matrix.rowCount, columnCount: classCount, values: values)
  }

  private func decisions(_ matrix: FeatureMatrix, _ rows: Range<Int>) -> [Float] {
    let width = biases.count
    var decisions: [Float] = []
    for _ in rows { decisions += biases }
    for group in groups {
      let sums = kernel.sums(of: matrix, rows: rows, with: group.expansion)
      for row in 0..<rows.count {
        for (place, machine) in group.machines.enumerated() {
          decisions[row * width + machine] += sums[row * group.machines.count + place]
        }
      }
    }
    return decisions
  }
}

extension KernelSVMModel {
  /// Keeps what trained machines need: the rows with a coefficient, and the biases.
  init(
    function: KernelFunction, scale: Double, machines: MachineSet,
    solutions: [DualSolver.Solution], data: TrainingData
  ) {
    var kept: [Int] = []
    var coefficients: [Float] = []
    var counts: [Int] = []
    for group in 0..<machines.groupCount {
      let ours = machines.machines(ofGroup: group)
      let before = kept.count
      for row in data.labels.indices where machines.group(ofClass: Int(data.labels[row])) == group {
        let values = ours.map { Float(solutions[$0].coefficients[row]) }
        guard values.contains(where: { $0 != 0 }) else { continue }
        kept.append(row)
        coefficients += values
      }
      counts.append(kept.count - before)
    }
    self.init(
      function: function, scale: scale, machines: machines,
      rows: data.features.selecting(rows: kept),
      coefficients: FeatureMatrix(
        rowCount: kept.count, columnCount: machines.machinesPerGroup, values: coefficients),
      groupCounts: counts, biases: solutions.map { Float($0.bias) })
  }
}

extension MachineSet {
  fileprivate var isGroupedByClass: Bool { classCount > 2 && scheme == .oneVersusOne }

  /// How many groups of support vectors there are.
  var groupCount: Int { isGroupedByClass ? classCount : 1 }

  /// How many coefficients a support vector has.
  var machinesPerGroup: Int { isGroupedByClass ? classCount - 1 : machines.count }

  func group(ofClass label: Int) -> Int { isGroupedByClass ? label : 0 }

  /// The machines that a group of support vectors takes part in.
  func machines(ofGroup group: Int) -> [Int] {
    guard isGroupedByClass else { return Array(machines.indices) }
    return machines.indices.filter { machines[$0].sees(class: group) }
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The columns that a graph reads.
package struct GraphRows: Sendable {
  package let rowCount: Int
  /// By name; NaN is missing.
  package var numbers: [String: [Double]] = [:]
  /// By name; nil is missing.
  package var texts: [String: [String?]] = [:]
  /// What a plugin's description reads.
  package var features: FeatureMatrix?

  package init(rowCount: Int) { self.rowCount = rowCount }

  package init(features: FeatureMatrix) {
    rowCount = features.rowCount
    self.features = features
  }
}

/// The values of a node.
package enum GraphValues: Sendable, Equatable {
  case texts([String?])
  /// Row by row.
  case float64([Double])
  case float32(FeatureMatrix)
}

/// A row that a graph has no answer for.
package struct GraphRefusal: Error, Equatable, CustomStringConvertible {
  package let description: String
}

extension ModelGraph {
  /// What the nodes give for some rows, by plain code: what other runtimes are compared with.
  ///
  /// - Parameter rows: All columns that nodes read, of the right length.
  /// - Returns: The values of each node, in their order.
  /// - Throws: ``GraphRefusal`` if a row is refused, or if a column is not there.
  package func evaluate(_ rows: GraphRows) throws(GraphRefusal) -> [GraphValues] {
    var results: [GraphValues] = []
    for node in nodes {
      let evaluation = GraphEvaluation(
        operation: node.operation, inputs: node.inputs.map { results[$0.node] },
        widths: node.inputs.map { type(of: $0).width }, rows: rows)
      results.append(try evaluation.result())
    }
    return results
  }

  /// The scores that a plugin's description gives.
  package func scores(for features: FeatureMatrix) throws(GraphRefusal) -> ScoreMatrix {
    guard case .float32(let scores)? = try evaluate(GraphRows(features: features)).last else {
      throw GraphRefusal(description: "the last node of the description gives no scores")
    }
    return scores
  }
}

/// One node at work.
private struct GraphEvaluation {
  let operation: ModelGraph.Operation
  let inputs: [GraphValues]
  let widths: [Int]
  let rows: GraphRows

  func result() throws(GraphRefusal) -> GraphValues {
    switch operation {
    case .numberColumn(let name): .float64(try column(name, rows.numbers[name]))
    case .textColumn(let name): .texts(try column(name, rows.texts[name]))
    case .features(let width): .float32(try features(width))
    case .encodedCategory(let encoding): .float64(try encoded(by: encoding))
    case .filledGaps(let fills):
      .float64(numbers().enumerated().map { $1.isNaN ? fills[$0 % widths[0]] ?? .nan : $1 })
    case .markedGaps: .float64(numbers().map { $0.isNaN ? 1 : 0 })
    case .scaled(let centres, let widths):
      .float64(
        numbers().enumerated().map { place, number in
          (number - centres[place % centres.count]) / widths[place % centres.count]
        })
    case .joined: joined()
    case .selected(let columns): selected(columns)
    case .rounded(let allowsGaps): .float32(try rounded(allowsGaps: allowsGaps))
    default: .float32(matrix())
    }
  }

  private func column<Element>(
    _ name: String, _ values: [Element]?
  ) throws(GraphRefusal) -> [Element] {
    guard let values, values.count == rows.rowCount else {
      throw GraphRefusal(description: "there is no column '\(name)' of \(rows.rowCount) rows")
    }
    return values
  }

  private func features(_ width: Int) throws(GraphRefusal) -> FeatureMatrix {
    guard let features = rows.features, features.columnCount == width else {
      throw GraphRefusal(description: "there are no rows of \(width) features")
    }
    return features
  }
}

// MARK: Columns of tables

extension GraphEvaluation {
  private func numbers(_ input: Int = 0) -> [Double] {
    if case .float64(let numbers) = inputs[input] { numbers } else { [] }
  }

  private func encoded(
    by encoding: ModelGraph.CategoryEncoding
  ) throws(GraphRefusal) -> [Double] {
    guard case .texts(let texts) = inputs[0] else { return [] }
    var result: [Double] = []
    for text in texts {
      var row = [Double](repeating: 0, count: encoding.width)
      switch encoding.outcome(of: text) {
      case .column(let column): row[column] = 1
      case .zeros: break
      case .missing: row = row.map { _ in .nan }
      case .refused:
        throw GraphRefusal(description: "the text \(text.map { "'\($0)'" } ?? "") is refused")
      }
      result += row
    }
    return result
  }

  private func joined() -> GraphValues {
    let width = widths.reduce(0, +)
    func sideBySide<Number>(_ parts: [[Number]]) -> [Number] {
      (0..<rows.rowCount).flatMap { row in
        zip(parts, widths).flatMap { $0[row * $1..<(row + 1) * $1] }
      }
    }
    if case .float32 = inputs[0] {
      let values = sideBySide(inputs.indices.map { matrix($0).values })
      return .float32(FeatureMatrix(rowCount: rows.rowCount, columnCount: width, values: values))
    }
    return .float64(sideBySide(inputs.indices.map { numbers($0) }))
  }

  private func selected(_ columns: [Int]) -> GraphValues {
    func picked<Number>(_ values: [Number]) -> [Number] {
      (0..<rows.rowCount).flatMap { row in columns.map { values[row * widths[0] + $0] } }
    }
    if case .float32(let matrix) = inputs[0] {
      return .float32(
        FeatureMatrix(
          rowCount: rows.rowCount, columnCount: columns.count, values: picked(matrix.values)))
    }
    return .float64(picked(numbers()))
  }

  private func rounded(allowsGaps: Bool) throws(GraphRefusal) -> FeatureMatrix {
    let values = numbers().map { Float($0) }
    for value in values where !value.isFinite && !(value.isNaN && allowsGaps) {
      throw GraphRefusal(
        description: value.isNaN ? "a value is missing" : "a number is out of range")
    }
    return FeatureMatrix(rowCount: rows.rowCount, columnCount: widths[0], values: values)
  }
}

extension ModelGraph.CategoryEncoding {
  /// What a text leads to; texts are compared by their bytes.
  fileprivate func outcome(of text: String?) -> Outcome {
    guard let text, !missingTexts.contains(text) else { return missing }
    return categories.first { $0.text.utf8.elementsEqual(text.utf8) }?.outcome ?? unseen
  }
}

// MARK: Models

extension GraphEvaluation {
  private func matrix(_ input: Int) -> FeatureMatrix {
    if case .float32(let matrix) = inputs[input] { return matrix }
    return FeatureMatrix(rowCount: rows.rowCount, columnCount: 0)
  }

  private func matrix() -> FeatureMatrix {
    switch operation {
    case .constant(let values): mapped(to: values.count) { _ in values }
    case .affine(let weights, let biases):
      mapped(to: biases.count) { x in
        biases.indices.map { k in
          var sum = Double(biases[k])
          for (j, value) in x.enumerated() { sum += Double(value) * Double(weights[j, k]) }
          return Float(sum)
        }
      }
    case .elementwise(let function): mapped(to: widths[0]) { $0.map(function.value) }
    case .rescaled(let factor, let offset):
      mapped(to: widths[0]) { $0.map { factor * $0 + offset } }
    case .clamped(let range):
      mapped(to: widths[0]) { $0.map { min(max($0, range.lowerBound), range.upperBound) } }
    case .sum: combined(+)
    case .product: combined(*)
    case .quotient: combined(/)
    case .softmax(let beta): mapped(to: widths[0]) { softmax($0, beta) }
    case .radialKernel(let kernel, let rows):
      mapped(to: rows.rowCount) { x in
        (0..<rows.rowCount).map { kernel.value(x, rows.row($0)) }
      }
    case .neighbourVotes(let votes): mapped(to: votes.classCount, votes.shares)
    case .treeSum(let ensemble): mapped(to: ensemble.leaves.columnCount, ensemble.sum)
    default: preconditionFailure("'\(operation.name)' is no operation of models")
    }
  }

  private func mapped(to width: Int, _ row: (ArraySlice<Float>) -> [Float]) -> FeatureMatrix {
    // A constant may follow any values; only their number of rows counts.
    let input = matrix(0)
    return FeatureMatrix(
      rowCount: rows.rowCount, columnCount: width,
      values: (0..<rows.rowCount).flatMap { row(input.row($0)) })
  }

  private func combined(_ operation: (Float, Float) -> Float) -> FeatureMatrix {
    FeatureMatrix(
      rowCount: rows.rowCount, columnCount: widths[0],
      values: zip(matrix(0).values, matrix(1).values).map(operation))
  }

  private func softmax(_ values: ArraySlice<Float>, _ beta: Double) -> [Float] {
    let largest = Double(values.max() ?? 0)
    let masses = values.map { exp(beta * (Double($0) - largest)) }
    let sum = masses.reduce(0, +)
    return masses.map { Float($0 / sum) }
  }
}

// Within the enumeration the names of its cases hide those of the C library.
private func tanhOf(_ x: Double) -> Double { tanh(x) }
private func expOf(_ x: Double) -> Double { exp(x) }
private func logOf(_ x: Double) -> Double { log(x) }

extension ModelGraph.Function {
  fileprivate func value(_ x: Float) -> Float {
    switch self {
    case .relu: max(0, x)
    case .tanh: Float(tanhOf(Double(x)))
    case .sigmoid: Float(1 / (1 + expOf(-Double(x))))
    case .exp: Float(expOf(Double(x)))
    case .log: Float(logOf(Double(x)))
    case .absolute: abs(x)
    case .step: x >= 0 ? 1 : 0
    case .cosineOfTurns: Float(cos(2 * Double.pi * fraction(ofTurns: x)))
    case .sineOfTurns: Float(sin(2 * Double.pi * fraction(ofTurns: x)))
    }
  }

  private func fraction(ofTurns x: Float) -> Double {
    let held = min(max(x, -4_194_304), 4_194_304)
    return Double(held - held.rounded(.toNearestOrEven))
  }
}

extension RadialKernel {
  fileprivate func value(_ x: ArraySlice<Float>, _ row: ArraySlice<Float>) -> Float {
    var sum = 0.0
    for (a, b) in zip(x, row) {
      let difference = Double(a) - Double(b)
      sum += distance == .absolute ? abs(difference) : difference * difference
    }
    return Float(expm1(-rate * sum))
  }
}

extension ModelGraph.NeighbourVotes {
  fileprivate func shares(_ x: ArraySlice<Float>) -> [Float] {
    let keys = (0..<rows.rowCount).map { key(x, rows.row($0)) }
    let order = keys.indices.sorted { keys[$0] < keys[$1] }
    var (reach, total) = (Float.infinity, 0.0)
    for row in order where total < Double(count) {
      total += Double(weights[row])
      if total >= Double(count) { reach = keys[row] }
    }
    func weight(where isCounted: (Float) -> Bool) -> Double {
      keys.indices.reduce(0) { isCounted(keys[$1]) ? $0 + Double(weights[$1]) : $0 }
    }
    let inner = weight { $0 < reach }
    let border = min(1, (Double(count) - inner) / weight { $0 == reach })
    var votes = [Double](repeating: 0, count: classCount)
    for row in keys.indices where keys[row] <= reach {
      votes[Int(labels[row])] +=
        (keys[row] < reach ? 1 : border) * Double(weights[row])
        * importance(of: keys[row], nearest: keys[order[0]])
    }
    let sum = votes.reduce(0, +)
    return votes.map { Float(voterWeight * $0 / sum) }
  }

  private func key(_ x: ArraySlice<Float>, _ row: ArraySlice<Float>) -> Float {
    var lanes = [Float](repeating: 0, count: 8)
    for (column, (a, b)) in zip(x, row).enumerated() {
      let difference = a - b
      lanes[column % 8] += distance == .absolute ? abs(difference) : difference * difference
    }
    return lanes.dropFirst().reduce(lanes[0], +)
  }

  private func importance(of key: Float, nearest: Float) -> Double {
    if importance == .equal || key == nearest { return 1 }
    return distance == .absolute
      ? Double(nearest) / Double(key)
      : Double(nearest.squareRoot()) / Double(key.squareRoot())
  }
}

extension ModelGraph.TreeEnsemble {
  fileprivate func sum(_ x: ArraySlice<Float>) -> [Float] {
    var sums = [Double](repeating: 0, count: leaves.columnCount)
    for tree in trees {
      var node = tree[0]
      while let column = node.column {
        let value = x[x.startIndex + column]
        let goesFirst = value.isNaN ? node.missingGoesFirst : value <= node.threshold
        node = tree[goesFirst ? node.first : node.second]
      }
      for (place, value) in leaves.row(node.first).enumerated() { sums[place] += Double(value) }
    }
    return sums.map { Float($0) }
  }
}

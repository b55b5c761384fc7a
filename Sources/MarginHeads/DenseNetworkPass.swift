import PluginKit

/// A batch of rows on its way through a network, forward to the scores and back to the derivatives.
///
/// The memory is allocated once, for `capacity` rows. A step forward costs 2 operations per row and weight,
/// a step back 4, less the derivatives of the features, which nobody needs.
package final class DenseNetworkPass {
  private let architecture: DenseNetwork.Architecture
  private let layers: [DenseNetwork.Layer]
  private let capacity: Int
  private var input: DenseNetworkInput
  /// The number of rows of the current batch.
  package var rowCount: Int { input.rowCount }

  /// The outputs of the hidden layers, each [rowCount, width].
  private let hidden: [UnsafeMutablePointer<Float>]
  /// The derivatives of the loss by the sums of the hidden layers; empty if nothing is learnt.
  private let hiddenDerivatives: [UnsafeMutablePointer<Float>]

  /// The scores, or probabilities, of the current rows: `classCount` numbers each.
  package private(set) var scores: [Float]
  private var scoreDerivatives: [Float]
  private let ordinals: [Int32]
  /// The rows that have any derivative, and these.
  private var active: [Int32] = []
  private var activeDerivatives: [Float] = []
  /// The derivatives of the loss, without penalty, in the order of the network's parameters.
  package private(set) var gradient: [Float]

  /// Makes room for batches of at most `capacity` rows; for going back only with `learning`.
  package init(_ architecture: DenseNetwork.Architecture, capacity: Int, learning: Bool) {
    func memory(_ width: Int) -> UnsafeMutablePointer<Float> {
      let memory = UnsafeMutablePointer<Float>.allocate(capacity: capacity * width)
      memory.initialize(repeating: 0, count: capacity * width)
      return memory
    }
    self.architecture = architecture
    self.capacity = capacity
    layers = architecture.layers
    input = DenseNetworkInput(
      featureCount: architecture.featureCount, capacity: capacity,
      isForHead: architecture.hidden.isEmpty)
    ordinals = (0..<capacity).map(Int32.init)
    hidden = architecture.hidden.map(memory)
    hiddenDerivatives = learning ? architecture.hidden.map(memory) : []
    scores = Array(repeating: 0, count: capacity * architecture.classCount)
    scoreDerivatives = scores
    gradient = Array(repeating: 0, count: learning ? architecture.parameterCount : 0)
  }

  deinit {
    for memory in hidden + hiddenDerivatives { memory.deallocate() }
  }

  /// Takes rows of a source as the current batch.
  package func gather(_ source: RowSource, _ rows: some Collection<Int>) {
    input.gather(source, rows)
  }

  /// Computes the scores of the current rows.
  package func forward(_ parameters: [Float]) {
    scores.withUnsafeMutableBufferPointer { scores in
      parameters.withUnsafeBufferPointer { parameters in
        guard let scores = scores.baseAddress, let parameters = parameters.baseAddress else {
          return
        }
        for index in hidden.indices { forward(throughLayer: index, parameters) }
        let head = layers[hidden.count]
        withHeadRows { rows, listed in
          rows.writeScores(
            columnCount: head.inputCount, rows: listed,
            weights: parameters + head.weights.lowerBound,
            biases: parameters + head.biases.lowerBound, classCount: head.outputCount, into: scores)
        }
      }
    }
    if architecture.output == .softmax {
      replaceByProbabilities(&scores, rows: rowCount, classCount: architecture.classCount)
    }
  }

  /// Computes the loss of the current scores and its derivatives by them, after ``forward(_:)``.
  ///
  /// - Parameters:
  ///   - loss: The loss of a row.
  ///   - labels: The classes of the current rows.
  ///   - weights: How much each row counts.
  /// - Returns: Σᵢ weightᵢ · lossᵢ.
  package func evaluate(_ loss: MarginLoss, labels: [Int32], weights: [Float]) -> Double {
    precondition(labels.count == rowCount, "\(rowCount) labels are needed, got \(labels.count)")
    return loss.evaluate(
      scores: scores, labels: labels, weights: weights, classCount: architecture.classCount,
      gradient: &scoreDerivatives)
  }

  /// How many of the current rows have their largest score, ties going to the lower class, at their label.
  package func correctCount(labels: [Int32]) -> Int {
    let classCount = architecture.classCount
    let scores = scores
    return labels.indices.count { row in
      let first = row * classCount
      let best = (1..<classCount).reduce(0) { scores[first + $1] > scores[first + $0] ? $1 : $0 }
      return best == Int(labels[row])
    }
  }

  /// Computes ``gradient`` from the derivatives that ``evaluate(_:labels:weights:)`` left.
  package func backward(_ parameters: [Float]) {
    if architecture.output == .softmax {
      differentiateProbabilities(
        &scoreDerivatives, scores, rows: rowCount, classCount: architecture.classCount)
    }
    gradient.withUnsafeMutableBufferPointer { gradient in
      scoreDerivatives.withUnsafeMutableBufferPointer { derivatives in
        parameters.withUnsafeBufferPointer { parameters in
          guard let gradient = gradient.baseAddress, let derivatives = derivatives.baseAddress,
            let parameters = parameters.baseAddress
          else { return }
          for index in layers.indices.reversed() {
            if index == hidden.count {
              writeHeadGradient(derivatives, into: gradient)
            } else {
              writeGradient(ofLayer: index, into: gradient)
            }
            if index > 0 {
              propagate(
                index < hidden.count ? hiddenDerivatives[index] : derivatives, throughLayer: index,
                parameters)
            }
          }
        }
      }
    }
  }

  /// Computes the outputs of a hidden layer.
  private func forward(throughLayer index: Int, _ parameters: UnsafePointer<Float>) {
    let layer = layers[index]
    let weights = parameters + layer.weights.lowerBound
    let bias = parameters + layer.biases.lowerBound
    let rectified = architecture.activation == .relu
    if index == 0 {
      input.affine(
        weights, columns: layer.outputCount, bias: bias, rectified: rectified, into: hidden[0])
    } else {
      MatrixProduct.affine(
        hidden[index - 1], rows: rowCount, stride: layer.inputCount, depth: layer.inputCount,
        weights: weights, columns: layer.outputCount, bias: bias, rectified: rectified,
        into: hidden[index])
    }
  }

  /// Calls `body` with what goes into the head, as listed rows of a matrix.
  private func withHeadRows(_ body: (HeadRows, [Int32]) -> Void) {
    guard let last = hidden.last else { return input.withHeadRows(body) }
    body(.floats(last), rowCount == capacity ? ordinals : Array(ordinals.prefix(rowCount)))
  }

  /// Writes the derivatives by the head's weights and biases; rows without any derivative, as the hinge
  /// leaves most of them, cost nothing.
  private func writeHeadGradient(
    _ derivatives: UnsafePointer<Float>, into gradient: UnsafeMutablePointer<Float>
  ) {
    let head = layers[hidden.count]
    let classCount = head.outputCount
    (gradient + head.start).update(repeating: 0, count: head.biases.upperBound - head.start)
    withHeadRows { rows, listed in
      active.removeAll(keepingCapacity: true)
      activeDerivatives.removeAll(keepingCapacity: true)
      for (position, row) in listed.enumerated() {
        let own = UnsafeBufferPointer(start: derivatives + position * classCount, count: classCount)
        guard own.contains(where: { $0 != 0 }) else { continue }
        active.append(row)
        activeDerivatives.append(contentsOf: own)
        for k in 0..<classCount { gradient[head.biases.lowerBound + k] += own[k] }
      }
      rows.accumulate(
        columnCount: head.inputCount, rows: active, factors: activeDerivatives,
        classCount: classCount, into: gradient + head.weights.lowerBound)
    }
  }

  /// Writes the derivatives by a hidden layer's weights and biases, given those by its sums.
  private func writeGradient(
    ofLayer index: Int, into gradient: UnsafeMutablePointer<Float>
  ) {
    let layer = layers[index]
    let derivatives = hiddenDerivatives[index]
    let weights = gradient + layer.weights.lowerBound
    if index == 0 {
      input.transposed(times: derivatives, columns: layer.outputCount, into: weights)
    } else {
      MatrixProduct.transposed(
        hidden[index - 1], rows: rowCount, stride: layer.inputCount, width: layer.inputCount,
        times: derivatives, columns: layer.outputCount, into: weights)
    }
    MatrixProduct.columnSums(
      derivatives, rows: rowCount, columns: layer.outputCount,
      into: gradient + layer.biases.lowerBound)
  }

  /// Computes the derivatives by the sums of the hidden layer below a layer.
  private func propagate(
    _ derivatives: UnsafePointer<Float>, throughLayer index: Int, _ parameters: UnsafePointer<Float>
  ) {
    let layer = layers[index]
    let weights = parameters + layer.weights.lowerBound
    let below = hiddenDerivatives[index - 1]
    if index == hidden.count {
      MatrixProduct.affine(
        derivatives, rows: rowCount, stride: layer.outputCount, depth: layer.outputCount,
        weights: weights, columns: layer.inputCount, bias: nil, into: below)
    } else {
      MatrixProduct.product(
        derivatives, rows: rowCount, depth: layer.outputCount, timesTransposed: weights,
        columns: layer.inputCount, into: below)
    }
    guard architecture.activation == .relu else { return }
    MatrixProduct.clear(
      below, unlessPositive: hidden[index - 1], count: rowCount * layer.inputCount)
  }
}

package import PluginKit

/// A batch of rows on its way through a network, forward to the scores and back to the derivatives.
///
/// The memory is allocated once, for `capacity` rows. A step forward costs 2 operations per row and weight,
/// a step back 4, less the derivatives of the features, which nobody needs.
package final class DenseNetworkPass {
  private let architecture: DenseNetwork.Architecture
  private let layers: [DenseNetwork.Layer]
  private let capacity: Int
  /// The number of rows of the current batch.
  package private(set) var rowCount = 0

  /// The current rows, `featureStride` apart.
  private let features: UnsafeMutablePointer<Float>
  private let featureStride: Int
  /// The outputs of the hidden layers, each [rowCount, width].
  private let hidden: [UnsafeMutablePointer<Float>]
  /// The derivatives of the loss by the sums of the hidden layers; empty if nothing is learnt.
  private let hiddenDerivatives: [UnsafeMutablePointer<Float>]

  /// The scores, or probabilities, of the current rows: `classCount` numbers each.
  package private(set) var scores: [Float]
  private var scoreDerivatives: [Float]
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
    // Rows that lie a power of two apart would fight for the same places of the cache.
    featureStride = (architecture.featureCount + 31) / 16 * 16
    features = memory(featureStride)
    hidden = architecture.hidden.map(memory)
    hiddenDerivatives = learning ? architecture.hidden.map(memory) : []
    scores = Array(repeating: 0, count: capacity * architecture.classCount)
    scoreDerivatives = scores
    gradient = Array(repeating: 0, count: learning ? architecture.parameterCount : 0)
  }

  deinit {
    features.deallocate()
    for memory in hidden + hiddenDerivatives { memory.deallocate() }
  }

  /// Takes rows of a matrix as the current batch.
  package func gather(_ matrix: FeatureMatrix, _ rows: some Collection<Int>) {
    let width = architecture.featureCount
    precondition(rows.count <= capacity, "\(rows.count) rows do not fit a batch of \(capacity)")
    precondition(
      matrix.columnCount == width, "\(width) features are needed, got \(matrix.columnCount)")
    rowCount = rows.count
    matrix.values.withUnsafeBufferPointer { values in
      guard let values = values.baseAddress else { return }
      for (position, row) in rows.enumerated() {
        (features + position * featureStride).update(from: values + row * width, count: width)
      }
    }
  }

  /// Computes the scores of the current rows.
  package func forward(_ parameters: [Float]) {
    scores.withUnsafeMutableBufferPointer { scores in
      parameters.withUnsafeBufferPointer { parameters in
        guard let scores = scores.baseAddress, let parameters = parameters.baseAddress else {
          return
        }
        for (index, layer) in layers.enumerated() {
          let isHidden = index < hidden.count
          let (input, stride) = input(of: index)
          MatrixProduct.affine(
            input, rows: rowCount, stride: stride, depth: layer.inputCount,
            weights: parameters + layer.weights.lowerBound, columns: layer.outputCount,
            bias: parameters + layer.biases.lowerBound,
            rectified: isHidden && architecture.activation == .relu,
            into: isHidden ? hidden[index] : scores)
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
            let derivatives = index < hidden.count ? hiddenDerivatives[index] : derivatives
            writeGradient(ofLayer: index, derivatives, into: gradient)
            if index > 0 { propagate(derivatives, throughLayer: index, parameters) }
          }
        }
      }
    }
  }

  /// What goes into a layer, and the distance of its rows.
  private func input(of index: Int) -> (UnsafePointer<Float>, stride: Int) {
    index == 0
      ? (UnsafePointer(features), featureStride)
      : (UnsafePointer(hidden[index - 1]), layers[index].inputCount)
  }

  /// Writes the derivatives by a layer's weights and biases, given those by its sums.
  private func writeGradient(
    ofLayer index: Int, _ derivatives: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>
  ) {
    let layer = layers[index]
    let (input, stride) = input(of: index)
    MatrixProduct.transposed(
      input, rows: rowCount, stride: stride, width: layer.inputCount, times: derivatives,
      columns: layer.outputCount, into: gradient + layer.weights.lowerBound)
    MatrixProduct.columnSums(
      derivatives, rows: rowCount, columns: layer.outputCount,
      into: gradient + layer.biases.lowerBound)
  }

  /// Computes the derivatives by the sums of the hidden layer below a layer.
  private func propagate(
    _ derivatives: UnsafePointer<Float>, throughLayer index: Int, _ parameters: UnsafePointer<Float>
  ) {
    let layer = layers[index]
    let below = hiddenDerivatives[index - 1]
    MatrixProduct.product(
      derivatives, rows: rowCount, depth: layer.outputCount,
      timesTransposed: parameters + layer.weights.lowerBound, columns: layer.inputCount, into: below
    )
    guard architecture.activation == .relu else { return }
    MatrixProduct.clear(
      below, unlessPositive: hidden[index - 1], count: rowCount * layer.inputCount)
  }
}

import PluginKit

/// The rows of a batch as the first layer of a network reads them.
///
/// Rows that lie in memory are read in place by a head; for a hidden layer they are copied together, unless
/// they are lists. Memory is allocated once, for `capacity` rows, and only where copies are needed.
struct DenseNetworkInput {
  private let capacity: Int
  private let featureCount: Int
  private let isForHead: Bool
  private var source: RowSource?
  /// The current rows, as positions in the source.
  private var rows: [Int32] = []
  /// Copied rows, `stride` apart; empty until they are needed.
  private var copies: [Float] = []
  /// Mapped rows, one after the other, and their numbers; empty until they are needed.
  private var mapped: [Int16] = []
  private var ordinals: [Int32] = []
  private var projectionScratch = FourierScratch()
  private var listScratch = ListedRows.Scratch()

  var rowCount: Int { rows.count }

  init(featureCount: Int, capacity: Int, isForHead: Bool) {
    self.featureCount = featureCount
    self.capacity = capacity
    self.isForHead = isForHead
  }

  /// Copies for hidden layers that lie a power of two apart would fight for the same places of the cache.
  private var stride: Int { isForHead ? featureCount : (featureCount + 31) / 16 * 16 }

  /// Takes rows as the current batch.
  mutating func gather(_ source: RowSource, _ rows: some Collection<Int>) {
    precondition(rows.count <= capacity, "\(rows.count) rows do not fit a batch of \(capacity)")
    precondition(
      source.featureCount == featureCount,
      "\(featureCount) features are needed, got \(source.featureCount)")
    self.source = source
    self.rows.removeAll(keepingCapacity: true)
    for row in rows { self.rows.append(Int32(row)) }
    switch source {
    case .matrix(let matrix): if !isForHead { copyRows(of: matrix) }
    case .projected(let matrix, let projection): project(matrix, projection)
    case .listed, .rounded: break
    }
  }

  private mutating func copyRows(of matrix: FeatureMatrix) {
    if copies.isEmpty { copies = Array(repeating: 0, count: max(1, capacity * stride)) }
    let stride = self.stride
    copies.withUnsafeMutableBufferPointer { copies in
      matrix.values.withUnsafeBufferPointer { values in
        guard let values = values.baseAddress, let copies = copies.baseAddress else { return }
        for (position, row) in rows.enumerated() {
          (copies + position * stride).update(
            from: values + Int(row) * featureCount, count: featureCount)
        }
      }
    }
  }

  private mutating func project(_ matrix: FeatureMatrix, _ projection: FourierProjection) {
    precondition(isForHead, "only a head takes mapped rows")
    if mapped.isEmpty {
      mapped = Array(repeating: 0, count: max(1, capacity * featureCount))
      ordinals = (0..<capacity).map(Int32.init)
    }
    let rows = self.rows
    mapped.withUnsafeMutableBufferPointer { mapped in
      guard let mapped = mapped.baseAddress else { return }
      projection.writeRounded(rows: rows, of: matrix, scratch: &projectionScratch, into: mapped)
    }
  }

  /// Calls `body` with the current rows for a head, as listed rows of a matrix.
  func withHeadRows(_ body: (HeadRows, [Int32]) -> Void) {
    switch source {
    case .matrix(let matrix):
      matrix.values.withUnsafeBufferPointer { values in
        // Rows without columns have no storage to point to; any address serves.
        if let values = values.baseAddress {
          body(.floats(values), rows)
        } else {
          withUnsafePointer(to: 0) { body(.floats($0), rows) }
        }
      }
    case .rounded(let features):
      features.values.withUnsafeBufferPointer { values in
        if let values = values.baseAddress {
          body(.rounded(values, step: features.step), rows)
        }
      }
    case .projected(_, let projection):
      mapped.withUnsafeBufferPointer { mapped in
        if let mapped = mapped.baseAddress {
          body(
            .rounded(mapped, step: projection.roundingStep), Array(ordinals.prefix(rows.count)))
        }
      }
    case .listed, nil: preconditionFailure("lists are for hidden layers")
    }
  }

  /// Computes the outputs of the first hidden layer.
  func affine(
    _ weights: UnsafePointer<Float>, columns: Int, bias: UnsafePointer<Float>, rectified: Bool,
    into result: UnsafeMutablePointer<Float>
  ) {
    if case .listed(let list) = source {
      list.affine(
        rows: rows, weights: weights, columns: columns, bias: bias, rectified: rectified,
        into: result)
    } else {
      copies.withUnsafeBufferPointer { copies in
        guard let copies = copies.baseAddress else { return }
        MatrixProduct.affine(
          copies, rows: rows.count, stride: stride, depth: featureCount, weights: weights,
          columns: columns, bias: bias, rectified: rectified, into: result)
      }
    }
  }

  /// Computes the derivatives by the weights of the first hidden layer.
  mutating func transposed(
    times derivatives: UnsafePointer<Float>, columns: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    if case .listed(let list) = source {
      list.transposed(
        rows: rows, times: derivatives, columns: columns, scratch: &listScratch, into: result)
    } else {
      copies.withUnsafeBufferPointer { copies in
        guard let copies = copies.baseAddress else { return }
        MatrixProduct.transposed(
          copies, rows: rows.count, stride: stride, width: featureCount, times: derivatives,
          columns: columns, into: result)
      }
    }
  }
}

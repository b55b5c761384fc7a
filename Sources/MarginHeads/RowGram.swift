import PluginKit

/// Products of feature rows with each other, computed when they are first asked for.
///
/// Every product is one fixed sum, so that what is asked for together, or before, changes no bit.
struct RowGram {
  let features: FeatureMatrix
  /// The rows whose products are there, in the order of asking.
  private var rows: [Int32] = []
  /// The place of a row in `rows`, -1 for one that is not there.
  private var places: [Int32]
  /// The lower triangle of the products, `capacity` numbers to a row.
  private var products: [Float] = []
  private var capacity = 0

  init(_ features: FeatureMatrix) {
    self.features = features
    places = Array(repeating: -1, count: features.rowCount)
  }

  /// The Cholesky factor of Z Zᵀ + diag(diagonal) for some rows Z, ascending and without repeats.
  mutating func factor(_ wanted: [Int32], diagonal: [Float]) -> [Float] {
    add(wanted.filter { places[Int($0)] < 0 })
    return GramKernels.factor(
      products, stride: capacity, places: wanted.map { places[Int($0)] }, diagonal: diagonal)
  }

  private mutating func add(_ new: [Int32]) {
    guard !new.isEmpty else { return }
    let first = rows.count
    for row in new {
      places[Int(row)] = Int32(rows.count)
      rows.append(row)
    }
    if rows.count > capacity { grow(to: max(rows.count, 2 * capacity), kept: first) }
    GramKernels.products(
      features, of: rows[first...], with: rows[...], into: &products, firstRow: first,
      stride: capacity)
  }

  private mutating func grow(to size: Int, kept: Int) {
    var grown = [Float](repeating: 0, count: size * size)
    for row in 0..<kept {
      for column in 0...row { grown[row * size + column] = products[row * capacity + column] }
    }
    products = grown
    capacity = size
  }
}

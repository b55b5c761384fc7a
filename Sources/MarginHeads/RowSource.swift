package import PluginKit

/// Where the rows that a network or head learns from come from.
package enum RowSource {
  /// Rows in memory.
  case matrix(FeatureMatrix)
  /// Rows in memory without their zeros.
  case listed(ListedRows)
  /// Rows that are mapped when they are needed, since the mapped ones would take too much memory.
  case projected(FeatureMatrix, FourierProjection)

  /// The number of features of a row.
  package var featureCount: Int {
    switch self {
    case .matrix(let matrix): matrix.columnCount
    case .listed(let rows): rows.columnCount
    case .projected(_, let projection): projection.featureCount
    }
  }

  /// Rows of a matrix, mapped if there is a projection.
  package init(_ matrix: FeatureMatrix, projection: FourierProjection?) {
    self = projection.map { .projected(matrix, $0) } ?? .matrix(matrix)
  }
}

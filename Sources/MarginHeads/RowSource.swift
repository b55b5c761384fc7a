public import PluginKit

/// Where the rows that a network or head learns from come from.
package enum RowSource {
  /// Rows in memory.
  case matrix(FeatureMatrix)
  /// Rows in memory without their zeros.
  case listed(ListedRows)
  /// Rows that were mapped.
  case rounded(RoundedFeatures)
  /// Rows that are mapped, and rounded alike, when they are needed, since the mapped ones would take too much
  /// memory.
  case projected(FeatureMatrix, FourierProjection)

  /// The number of features of a row.
  package var featureCount: Int {
    switch self {
    case .matrix(let matrix): matrix.columnCount
    case .listed(let rows): rows.columnCount
    case .rounded(let features): features.columnCount
    case .projected(_, let projection): projection.featureCount
    }
  }

  /// Rows of a matrix, mapped if there is a projection.
  ///
  /// - Parameters:
  ///   - matrix: The rows before they are mapped.
  ///   - projection: What maps them, and the most bytes of mapped rows to hold.
  ///   - checkpoint: Called often.
  /// - Throws: What `checkpoint` throws.
  package init(
    _ matrix: FeatureMatrix, projection: StoredProjection?, checkpoint: () throws -> Void
  ) throws {
    guard let projection else {
      self = .matrix(matrix)
      return
    }
    let byteCount = 2 * matrix.rowCount * projection.map.featureCount
    self =
      byteCount <= projection.mostBytes
      ? .rounded(try projection.map.rounded(matrix, checkpoint: checkpoint))
      : .projected(matrix, projection.map)
  }
}

/// A map of rows, and how many bytes of mapped rows may be held; with more they are computed anew whenever they
/// are needed.
public struct StoredProjection: Sendable {
  public let map: FourierProjection
  public let mostBytes: Int

  public init(_ map: FourierProjection, mostBytes: Int) {
    self.map = map
    self.mostBytes = mostBytes
  }
}

import PluginKit

/// The kernels by the words of `kernel`; `scale` means the same as in quasi-svm, which approximates them.
enum KernelFunction: String, Sendable, CaseIterable {
  /// exp(-‖x - y‖² / 2s²).
  case gaussian
  /// exp(-‖x - y‖₁ / s).
  case laplacian

  /// The scale that stands for `auto`, as in Keras' random features.
  func automaticScale(columnCount: Int) -> Double {
    self == .gaussian ? (Double(max(columnCount, 1)) / 2).squareRoot() : 1
  }

  /// The kernel of a width.
  func kernel(scale: Double) -> RadialKernel {
    switch self {
    case .gaussian: RadialKernel(.squaredEuclidean, rate: 1 / (2 * scale * scale))
    case .laplacian: RadialKernel(.absolute, rate: 1 / scale)
    }
  }
}

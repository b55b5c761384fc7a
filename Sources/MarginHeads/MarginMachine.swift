public import PluginKit

/// A plugin whose models are margin machines, or look like them: what a check needs to say which.
///
/// Models of machines on columns, random features or layers are ``HeadedModel``s.
public protocol MarginMachinePlugin: ModelPlugin {
  /// What a setting stands for, as a problem of optimisation.
  ///
  /// - Parameters:
  ///   - parameters: A value for each declared parameter, without conflicts.
  ///   - columnCount: The number of feature columns.
  ///   - studySeed: The seed that random features are drawn from.
  /// - Returns: The problem, and the inputs of its linear part.
  func marginMachine(
    _ parameters: ParameterValues, columnCount: Int, studySeed: Seed
  ) -> MarginMachine
}

/// A trained model that is a linear head on inputs that it computes.
public protocol HeadedModel: TrainedModel {
  var head: LinearHead { get }

  /// What the head sees of rows: a matrix with as many columns as the head has features.
  func headInputs(for features: FeatureMatrix) -> FeatureMatrix
}

/// A trained model that keeps the training rows which decide.
public protocol SupportVectorModel: TrainedModel {
  /// How many rows have a coefficient in some machine.
  var supportVectorCount: Int { get }
}

/// What a model minimises: λ‖W‖² + (1/S) Σᵢ sᵢ ℓ(W zᵢ + b), and what its inputs z are.
public struct MarginMachine: Sendable {
  /// What the linear part sees of a row.
  public enum Inputs: Sendable {
    /// The columns themselves.
    case columns
    /// A random map whose products are close to a kernel.
    case randomFeatures(RandomFeatures)
    /// The kernel itself, with a coefficient for each support vector.
    case kernel(MarginKernel)
    /// The last of some layers that are trained with the head; at least one.
    case layers(widths: [Int], isLinear: Bool)
  }

  public let inputs: Inputs
  public let loss: MarginLoss
  /// λ; 0 where nothing keeps the weights small.
  public let penalty: Double
  /// What the loss sees.
  public let output: DenseNetwork.Output
  /// Whether there is a machine for each pair of classes, and a vote.
  public let isPairwise: Bool
  /// Whether training ends at a certified duality gap.
  public let isSolved: Bool

  public init(
    inputs: Inputs, loss: MarginLoss, penalty: Double, output: DenseNetwork.Output = .linear,
    isPairwise: Bool = false, isSolved: Bool
  ) {
    self.inputs = inputs
    self.loss = loss
    self.penalty = penalty
    self.output = output
    self.isPairwise = isPairwise
    self.isSolved = isSolved
  }
}

/// A kernel by its name and width.
public struct MarginKernel: Sendable, Equatable {
  /// The words of `kernel`.
  public enum Form: String, Sendable {
    /// exp(-‖x - y‖² / 2s²).
    case gaussian
    /// exp(-‖x - y‖₁ / s).
    case laplacian
  }

  public let form: Form
  /// s, above 0.
  public let width: Double

  public init(_ form: Form, width: Double) {
    self.form = form
    self.width = width
  }

  /// The kernel less 1, for Gram matrices.
  public var radial: RadialKernel {
    switch form {
    case .gaussian: RadialKernel(.squaredEuclidean, rate: 1 / (2 * width * width))
    case .laplacian: RadialKernel(.absolute, rate: 1 / width)
    }
  }
}

/// A random map z with z(x)·z(y) close to a kernel k(x, y).
public struct RandomFeatures: Sendable {
  /// The kernel; of an initializer that is cut off, the Gaussian one with the same variance.
  public let kernel: MarginKernel
  /// The word for the distribution of the projections.
  public let distribution: String
  /// D.
  public let count: Int
  /// The map with another number of features and the same kernel.
  public let projection: @Sendable (_ count: Int) -> FourierProjection

  public init(
    kernel: MarginKernel, distribution: String, count: Int,
    projection: @escaping @Sendable (_ count: Int) -> FourierProjection
  ) {
    self.kernel = kernel
    self.distribution = distribution
    self.count = count
    self.projection = projection
  }
}

extension ModelGraph {
  /// What a node does; `x` is its input, and a result has the width of `x` unless something else is said.
  ///
  /// Sums may be taken in any order, and intermediate results be more exact than Float32, except where an
  /// operation says how it rounds.
  public enum Operation: Sendable, Equatable {
    // MARK: The columns of a table

    /// A column of numbers by its name, NaN where one is missing: float64, width 1.
    case numberColumn(String)
    /// A column of texts by its name.
    case textColumn(String)
    /// Numbers that stand for the category of a text: text to float64.
    case encodedCategory(CategoryEncoding)
    /// `x` with missing numbers replaced by the number of their column; nil leaves them: float64.
    case filledGaps([Double?])
    /// 1 where a number is missing, otherwise 0: float64.
    case markedGaps
    /// (x - centre) / width, column by column, in Float64.
    case scaled(centres: [Double], widths: [Double])
    /// The numbers of all inputs side by side; all float64 or all float32.
    case joined
    /// Some columns of `x`, counted from 0, in a new order: float64 or float32.
    case selected([Int])
    /// The nearest Float32 of each number. A row is refused that has a number beyond the range of Float32, or,
    /// unless `allowsGaps`, a missing one: float64 to float32.
    case rounded(allowsGaps: Bool)

    // MARK: Models: float32

    /// The features of the model, finite numbers, and NaN if its plugin declares missing values. The one node
    /// without inputs that a plugin's description has.
    case features(Int)
    /// The same numbers for each row, of any `x`.
    case constant([Float])
    /// x W + b with the weights W, a row for each column of `x`; the width is that of b.
    case affine(weights: FeatureMatrix, biases: [Float])
    /// A function of each number.
    case elementwise(Function)
    /// factor · x + offset.
    case rescaled(factor: Float, offset: Float)
    /// The nearest number within bounds.
    case clamped(ClosedRange<Float>)
    /// The sum of two inputs of equal width.
    case sum
    /// The product of two inputs of equal width.
    case product
    /// The first input divided by the second one, of equal width.
    case quotient
    /// exp(β xⱼ) / Σ exp(β xₗ), with the differences to the largest xₗ taken before β is multiplied.
    case softmax(inverseTemperature: Double)
    /// For each support row r the value exp(-rate · distance(x, r)) - 1, to a relative error of about 10⁻⁶ also
    /// where it is tiny; the width is the number of rows.
    case radialKernel(RadialKernel, rows: FeatureMatrix)
    /// The votes of the nearest training rows; the width is the number of classes.
    case neighbourVotes(NeighbourVotes)
    /// The sum of the leaves that `x` comes to; the width is that of a leaf. `x` may have NaN.
    case treeSum(TreeEnsemble)
  }

  /// A function of a number.
  public enum Function: String, Sendable, CaseIterable {
    /// max(0, x).
    case relu
    case tanh
    /// 1 / (1 + exp(-x)).
    case sigmoid
    case exp
    /// The natural logarithm of a number over 0.
    case log
    case absolute
    /// 1 if x ≥ 0, otherwise 0.
    case step
    /// cos 2πx, where x is first held within ±2²² and the nearest whole number taken from it.
    case cosineOfTurns
    /// sin 2πx, likewise.
    case sineOfTurns
  }
}

extension ModelGraph {
  /// How categories become numbers.
  public struct CategoryEncoding: Sendable, Equatable {
    /// What a text leads to.
    public enum Outcome: Sendable, Equatable {
      /// 1 in this column, 0 in all others.
      case column(Int)
      /// 0 in all columns.
      case zeros
      /// NaN in all columns.
      case missing
      /// The row is refused: there is no answer for it.
      case refused
    }

    /// A category and what it leads to.
    public struct Category: Sendable, Equatable {
      public let text: String
      public let outcome: Outcome

      public init(_ text: String, _ outcome: Outcome) {
        self.text = text
        self.outcome = outcome
      }
    }

    /// The known categories, different in their bytes, by which they are compared.
    public let categories: [Category]
    /// The texts that say that there is no value, such as the empty one and `NA`; none is a category.
    public let missingTexts: [String]
    /// What a missing value leads to.
    public let missing: Outcome
    /// What all other texts lead to.
    public let unseen: Outcome
    /// The number of columns.
    public let width: Int

    public init(
      categories: [Category], missingTexts: [String], missing: Outcome, unseen: Outcome, width: Int
    ) {
      self.categories = categories
      self.missingTexts = missingTexts
      self.missing = missing
      self.unseen = unseen
      self.width = width
    }
  }

  /// Training rows that vote for their classes.
  ///
  /// With the keys tᵢ = Σⱼ (xⱼ - rᵢⱼ)² or Σⱼ |xⱼ - rᵢⱼ|, the reach is the least key for which rows with tᵢ ≤ reach
  /// weigh at least `count` together, or infinity. Rows below the reach vote in full, rows at it with the share
  /// of their weight that is missing to `count`, at most 1. The result is m vₖ / Σ vₗ, where vₖ is the sum of
  /// the votes for class k, each the weight of its row times its importance, and m is ``voterWeight``.
  ///
  /// Keys that are equal have to be found equal, so they are rounded to Float32 after each operation, in
  /// this order: sⱼ for the columns j = 0...7 are summed up over every eighth column, then s₀ + s₁ + … + s₇
  /// from the left.
  public struct NeighbourVotes: Sendable, Equatable {
    /// How much a row counts beside its weight.
    public enum Importance: Sendable, Equatable {
      case equal
      /// The distance of the nearest row divided by its own, 1 where the keys are equal; the distance is the root
      /// of the squared one.
      case nearness
    }

    public let rows: FeatureMatrix
    /// The class of each row.
    public let labels: [Int32]
    /// The weight of each row, over 0.
    public let weights: [Float]
    public let classCount: Int
    /// At least 1.
    public let count: Int
    public let distance: RadialKernel.Distance
    public let importance: Importance

    public init(
      rows: FeatureMatrix, labels: [Int32], weights: [Float], classCount: Int, count: Int,
      distance: RadialKernel.Distance, importance: Importance
    ) {
      precondition(
        rows.rowCount == labels.count && labels.count == weights.count && count > 0,
        "\(rows.rowCount) rows have \(labels.count) labels and \(weights.count) weights")
      self.rows = rows
      self.labels = labels
      self.weights = weights
      self.classCount = classCount
      self.count = count
      self.distance = distance
      self.importance = importance
    }

    /// The weight of all rows together, at most ``count``.
    public var voterWeight: Double {
      min(Double(count), weights.reduce(0.0) { $0 + Double($1) })
    }
  }

  /// Decision trees whose leaves are summed up.
  public struct TreeEnsemble: Sendable, Equatable {
    /// A split, or a leaf.
    public struct Node: Sendable, Equatable {
      /// The column that is compared; nil for a leaf.
      public let column: Int?
      /// Rows up to this value go to the first child.
      public let threshold: Float
      /// Whether rows without a value go to the first child.
      public let missingGoesFirst: Bool
      /// The positions of the two children of a split among the nodes of its tree, both after its own; for a
      /// leaf the first is the number of its values among ``TreeEnsemble/leaves``.
      public let first, second: Int

      /// A split.
      public init(
        column: Int, threshold: Float, missingGoesFirst: Bool, first: Int, second: Int
      ) {
        self.column = column
        self.threshold = threshold
        self.missingGoesFirst = missingGoesFirst
        self.first = first
        self.second = second
      }

      /// A leaf.
      public init(leaf: Int) {
        column = nil
        threshold = 0
        missingGoesFirst = false
        first = leaf
        second = leaf
      }
    }

    /// The nodes of each tree, its root first.
    public let trees: [[Node]]
    /// A row of values for each leaf of all trees.
    public let leaves: FeatureMatrix
    /// How many columns rows have.
    public let featureCount: Int

    public init(trees: [[Node]], leaves: FeatureMatrix, featureCount: Int) {
      self.trees = trees
      self.leaves = leaves
      self.featureCount = featureCount
    }
  }
}

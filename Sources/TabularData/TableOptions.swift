/// Where a table lies and how its columns are to be understood: the `data:` section of a pipeline.
package struct TableOptions: Sendable, Equatable {
  /// A path (`.csv`, `.tsv`, `.txt`, each also with `.gz`), or `-` for standard input.
  package var source: String
  /// A separate file of test rows with the same columns.
  package var test: String?
  /// The column of labels.
  package var target: ColumnReference
  /// Whether the first line holds the names of the columns.
  package var header: HeaderMode
  /// What columns are, where it is not left to inference; the first rule that matches a name decides.
  package var columns: [ColumnRule]
  /// How much each row counts.
  package var weights: RowWeights
  /// What happens to rows without a label.
  package var missingLabel: MissingLabelPolicy
  /// The classes in their order; nil takes those that occur, numbers by value, otherwise by bytes.
  package var classes: [String]?

  package init(
    source: String, test: String? = nil, target: ColumnReference, header: HeaderMode = .auto,
    columns: [ColumnRule] = [], weights: RowWeights = .none,
    missingLabel: MissingLabelPolicy = .error, classes: [String]? = nil
  ) {
    self.source = source
    self.test = test
    self.target = target
    self.header = header
    self.columns = columns
    self.weights = weights
    self.missingLabel = missingLabel
    self.classes = classes
  }
}

/// How a person points at a column.
package enum ColumnReference: Sendable, Equatable, CustomStringConvertible {
  /// By its name; this implies a header unless the name is of the form `column_1`.
  case name(String)
  /// By its position, counted from 1, or from the end with -1 for the last; never 0.
  case position(Int)

  package var description: String {
    switch self {
    case .name(let name): name
    case .position(let position): "\(position)"
    }
  }
}

/// Whether a table's first line is a header: the values of `data.header`.
package enum HeaderMode: String, Sendable, CaseIterable {
  case auto
  case present = "true"
  case absent = "false"
}

/// A rule of `data.columns`: what the columns of a name are.
package struct ColumnRule: Sendable, Equatable {
  /// A column's name; `*` stands for any characters.
  package var pattern: String
  package var role: ColumnRole

  package init(pattern: String, role: ColumnRole) {
    self.pattern = pattern
    self.role = role
  }
}

/// What a column is used as: the words of `data.columns`.
package enum ColumnRole: String, Sendable, CaseIterable {
  case numeric
  case categorical
  /// Year, month, day of the month, day of the week and, if it varies, the second of the day.
  case date
  case ignore
}

/// How much each row counts: `data.weights`.
package enum RowWeights: Sendable, Equatable {
  case none
  /// n / (K · n_k) for the rows of class k, counted on the training rows of each split.
  case balanced
  /// A column of numbers, 0 or more; it is no feature.
  case column(ColumnReference)
}

/// What happens to rows without a label: `data.missing_label`.
package enum MissingLabelPolicy: String, Sendable, CaseIterable {
  case error
  case drop
}

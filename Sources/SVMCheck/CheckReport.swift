import Evaluation
package import PluginKit

/// What was found about some models on the same rows: the contents of `svm-check.json`.
package struct CheckReport: Sendable, Equatable {
  /// The names of the classes in their order.
  package let classes: [String]
  /// How many rows were looked at, and out of how many.
  package let rowCount: Int
  package let tableRowCount: Int
  package let foldCount: Int
  package let models: [ModelCheck]
  /// What an exact machine reaches on these rows, where it was looked for.
  package let reference: ReferenceMachine?

  package init(
    rows: CheckedRows, models: [ModelCheck], reference: ReferenceMachine? = nil
  ) {
    classes = rows.classes
    rowCount = rows.count
    tableRowCount = rows.tableRowCount
    foldCount = rows.folds.count
    self.models = models
    self.reference = reference
  }

  package var json: JSONValue {
    .object([
      ("version", .integer(1)), ("table_rows", .integer(tableRowCount)),
      ("rows", .integer(rowCount)), ("folds", .integer(foldCount)),
      ("classes", .array(classes.map { .string($0) })),
      ("models", .array(models.map(\.json))),
      ("reference", reference?.json ?? .null),
    ])
  }
}

extension ModelCheck {
  var json: JSONValue {
    .object(
      [
        ("name", .string(name)), ("trial", trial.map { .integer($0) } ?? .null),
        ("original", text(original)), ("plugin", text(plugin)),
        ("verdict", verdict.json),
      ] + figures + [("warnings", .array(warnings.map { .string($0) }))])
  }

  private var figures: [(String, JSONValue)] {
    let kernelErrors = kernel.flatMap(\.errorJSON)
    return [
      ("problem", problem?.json ?? .null), ("solution", solution?.json ?? .null),
      ("kernel", kernel?.json ?? .null), ("kernel_error", kernelErrors ?? .null),
      ("agreement", agreement?.json ?? .null), ("no_agreement", text(noAgreement)),
      ("accuracy", number(accuracy)),
      ("support_vectors", margins.flatMap(\.supportJSON) ?? .null),
      ("margins", margins?.json ?? .null),
    ]
  }
}

extension Verdict {
  fileprivate var json: JSONValue {
    .object([("kind", .string(kind.rawValue)), ("sentence", .string(sentence))])
  }
}

extension ModelCheck.Problem {
  fileprivate var json: JSONValue {
    .object([
      ("objective", .string(objective)), ("loss", .string(loss)), ("scheme", .string(scheme)),
      ("inputs", .string(inputs)), ("output", .string(output)), ("l2", .number(l2)),
      ("c", number(cost)), ("rows", .integer(rowCount)),
    ])
  }
}

extension ModelCheck.Solution {
  fileprivate var json: JSONValue {
    .object([
      ("stopping", .string(report.stopping.rawValue)), ("objective", number(report.objective)),
      ("relative_gaps", numbers(report.relativeGaps)), ("gap", number(gap)),
    ])
  }
}

extension KernelFigures {
  fileprivate var json: JSONValue {
    .object([
      ("form", .string(form)), ("width", .number(width)), ("formula", .string(formula)),
      ("distribution", distribution.map { .string($0) } ?? .null),
      ("output_dim", featureCount.map { .integer($0) } ?? .null),
      ("pairs", .integer(Self.pairCount)),
      (
        "quantiles",
        .array(
          zip(Self.shares, quantiles).map {
            .object([("share", .number($0)), ("value", .number($1))])
          })
      ),
    ])
  }

  fileprivate var errorJSON: JSONValue? {
    guard !errors.isEmpty else { return nil }
    return .array(
      errors.map {
        .object([
          ("output_dim", .integer($0.featureCount)),
          ("root_mean_square", .number($0.rootMeanSquare)), ("largest", .number($0.largest)),
        ])
      })
  }
}

extension Agreement {
  var json: JSONValue {
    .object([
      ("with", .string(other)), ("rows", .integer(rowCount)), ("share", .number(share)),
      ("interval", numbers([interval.low, interval.high])), ("accuracy", .number(accuracy)),
      ("exact_accuracy", .number(otherAccuracy)), ("only_model_right", .integer(onlyModelRight)),
      ("only_exact_right", .integer(onlyOtherRight)), ("mcnemar_p", .number(mcNemar)),
    ])
  }
}

extension MarginFigures {
  fileprivate var supportJSON: JSONValue? {
    supportCount.map { count in
      .object([
        ("rows", .integer(count)),
        ("per_class", .array((supportCounts ?? []).map { .integer($0) })),
      ])
    }
  }

  fileprivate var json: JSONValue {
    .object([
      ("shares", numbers(Self.shares)),
      ("per_class", .array(quantiles.map { $0.map(numbers) ?? .null })),
    ])
  }
}

func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }

func numbers(_ values: [Double]) -> JSONValue { .array(values.map { .number($0) }) }

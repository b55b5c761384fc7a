import EnsembleSelection
import Evaluation
import HyperparameterSearch
import ModelFormats
package import PluginKit
package import Preprocessing
import TabularData

/// The JSON Schema of pipeline files, for editors.
///
/// It is closed: a key that it does not know is an error. It says less than ``PipelineReader``, which knows
/// how values depend on each other; and it lists words in one spelling, where the reader takes `_` for `-`.
package enum PipelineSchema {
  /// The schema in draft 7 of JSON Schema, for the plugins and steps of a program.
  package static func json(registry: PluginRegistry, steps: [StepDeclaration]) -> JSONValue {
    .object([
      ("$schema", .string("http://json-schema.org/draft-07/schema#")),
      ("title", .string("automl pipeline")),
      ("type", .string("object")),
      ("required", .strings(["version", "data", "models"])),
      (
        "properties",
        .object([
          ("version", .object([("const", .integer(1))])),
          ("name", text("the run's name; by default the name of the file")),
          ("seed", whole(from: 0, "the only source of randomness")),
          ("data", data),
          ("split", split),
          ("preprocess", list(of: parts(steps.map { Part($0) }, hasName: false), atLeast: 0)),
          ("labels", words(["one-hot"], "how labels reach the models")),
          (
            "plugins",
            list(
              of: text("a plugin's folder, or a folder of plugins, from the folder of this file"),
              atLeast: 0)
          ),
          ("models", list(of: parts(models(registry), hasName: true), atLeast: 1)),
          ("search", search),
          ("calibration", words(CalibrationMethod.self, "how scores become probabilities")),
          (
            "ensemble",
            parts(EnsembleDeclaration.all.map { Part($0) }, hasName: false, isTuned: false)
          ),
          ("choose", words(Choice.self, "which entry becomes the model")),
          ("decision", decision),
          ("refit", words(Refit.self, "what the best models are trained on before the test")),
          ("evaluate", evaluate),
          ("output", output),
        ])
      ),
      ("additionalProperties", .bool(false)),
    ])
  }

  private static func models(_ registry: PluginRegistry) -> [Part] {
    registry.plugins.map(\.manifest).filter { $0.id != PipelineDecoder.baseline }.map {
      Part(id: $0.id, summary: $0.summary, parameters: $0.parameters)
    }
  }

  private static var output: JSONValue {
    let formats = words(modelFormats.map(\.id), "a form in which the best model leaves")
    return closed([
      ("dir", text("the run's folder, from the current folder")),
      ("export", list(of: closed([("use", formats)], required: ["use"]), atLeast: 0)),
    ])
  }

  private static var decision: JSONValue {
    let costs = mapping(
      to: mapping(
        to: .object([("type", .string("number")), ("minimum", .integer(0))]),
        "what it costs to predict a class here; 1 for another class by default"),
      "a mapping for each true class")
    return closed([("costs", costs)])
  }

  /// A mapping with any keys.
  private static func mapping(to value: JSONValue, _ description: String) -> JSONValue {
    .object([
      ("type", .string("object")), ("description", .string(description)),
      ("additionalProperties", value),
    ])
  }

  private static var data: JSONValue {
    closed(
      [
        ("source", text("a table, from the folder of this file; - is standard input")),
        ("target", column("the column of labels")),
        ("test", text("a separate table of test rows")),
        (
          "header",
          .object([
            ("enum", .array([.string("auto"), .bool(true), .bool(false)])),
            ("description", .string("whether the first line holds the names of the columns")),
          ])
        ),
        (
          "columns",
          .object([
            ("type", .string("object")),
            (
              "additionalProperties",
              words(ColumnRole.self, "what the columns of this name are; * stands for any text")
            ),
          ])
        ),
        (
          "weights",
          anyOf([
            words(["none", "balanced"], "how much each row counts"),
            closed([("column", column("a column of weights"))], required: ["column"]),
          ])
        ),
        ("missing_label", words(MissingLabelPolicy.self, "what happens to rows without a label")),
        (
          "classes",
          .object([
            ("type", .string("array")), ("minItems", .integer(2)), ("uniqueItems", .bool(true)),
            ("items", .object([("type", .strings(["string", "number", "boolean"]))])),
          ])
        ),
      ], required: ["source", "target"])
  }

  private static var split: JSONValue {
    closed([
      ("method", words(SplitPlan.Method.self, "what decides on which side a row falls")),
      ("by", column("the column of groups or times")),
      ("validation", share("the share of all rows to validate on")),
      ("test", share("the share of all rows to test on")),
      ("folds", whole(from: 2, "the number of folds of cross-validation")),
      ("repeats", whole(from: 1, "how often cross-validation is repeated")),
    ])
  }

  private static var evaluate: JSONValue {
    let range = Pipeline.allowedSVMCheckRows
    let rows = JSONValue.object([
      ("type", .string("integer")), ("minimum", .integer(range.lowerBound)),
      ("maximum", .integer(range.upperBound)),
      ("description", .string("the most rows that are looked at")),
    ])
    return closed([
      ("test", words(TestPolicy.self, "which models are tested")),
      ("svm_check", closed([("rows", rows)])),
      (
        "explain",
        .object([
          ("type", .string("boolean")),
          ("description", .string("whether the best model and the search are explained")),
        ])
      ),
    ])
  }

  private static var search: JSONValue {
    closed([
      ("use", words(SamplerKind.self, "how the next point is chosen")),
      ("metric", words(Metric.self, "the figure of merit")),
      ("trials", whole(from: 1, "how many trials, apart from the baseline")),
      ("pruning", words(Pruning.self, "how trials that learn worse than others are ended early")),
      ("time", duration("the time for the whole run")),
      ("trial_time", duration("the time for one trial")),
      ("parallel", whole(from: 1, "how many trials may run before the first of them is known")),
      (
        "warm_start",
        text("a study of this program's or Optuna's whose trials the sampler learns from")
      ),
    ])
  }
}

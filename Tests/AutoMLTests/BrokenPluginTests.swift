import Foundation
import TestSupport
import Testing

/// A fault that is made in the plugin that `automl plugin new` writes, and the promise that it breaks.
struct PlantedFault: CustomTestStringConvertible, Sendable {
  let promise: String
  /// What stands in the file, and what takes its place.
  let changes: [(old: String, new: String)]

  var testDescription: String { promise }

  static let all = [
    PlantedFault(
      promise: "the-same-seed-gives-the-same-bytes",
      changes: [
        (
          "    return {\"means\": means}",
          "    import random\n    means[0][0] += random.random() / 100\n    return {\"means\": means}"
        )
      ]),
    PlantedFault(
      promise: "earlier-trainings-change-no-byte",
      changes: [
        (
          "    overall =",
          "    last, fit.last = getattr(fit, \"last\", columns), columns\n"
            + "    smoothing += last != columns\n    overall ="
        )
      ]),
    PlantedFault(
      promise: "a-rows-scores-do-not-depend-on-its-batch",
      changes: [("/ 2 for mean in", "/ 2 + len(features) % 7 for mean in")]),
    PlantedFault(
      promise: "an-absent-class-trains-or-says-why-not",
      changes: [("[0.0] * data.classes", "[0.0] * (max(data.labels) + 1)")]),
    PlantedFault(
      promise: "one-row-trains-or-says-why-not",
      changes: [
        (
          "    if columns == 0:",
          "    import os\n    if len(data.labels) == 1: os.abort()\n    if columns == 0:"
        )
      ]),
    PlantedFault(
      promise: "a-weight-of-two-is-a-row-twice",
      changes: [
        ("data.weights or", "data.weights and [min(1, weight) for weight in data.weights] or")
      ]),
    PlantedFault(
      promise: "threads-change-no-byte",
      changes: [("    overall =", "    smoothing += training.threads\n    overall =")]),
  ]
}

@Test(arguments: PlantedFault.all)
func aBrokenPromiseOfAnotherProcessIsNamedAndNoOther(fault: PlantedFault) throws {
  let workplace = try Workplace()
  _ = try workplace.automl("plugin", "new", "my-model", "--language", "python")
  var text = try workplace.folder.text("my-model/my-model.py")
  for (old, new) in fault.changes {
    #expect(text.contains(old))
    text = text.replacing(old, with: new)
  }
  try workplace.folder.write(text, to: "my-model/my-model.py")
  let run = try workplace.automl("plugin", "check", "my-model")
  let broken = run.output.lines.filter { $0.hasPrefix("broken ") }
  #expect(broken == ["broken    \(fault.promise)"])
  #expect(run.exitCode == 1)
}

/// What a person sees of a broken promise.
@Test func aBrokenPromiseComesFirstWithWhatToDo() throws {
  let workplace = try Workplace()
  _ = try workplace.automl("plugin", "new", "my-model", "--language", "python")
  let text = try workplace.folder.text("my-model/my-model.py")
  try workplace.folder.write(
    text.replacing(
      "smoothing = parameters[\"smoothing\"]",
      with: "smoothing = parameters[\"smoothing\"] / (training.threads == 1)"),
    to: "my-model/my-model.py")
  let run = try workplace.automl("plugin", "check", "./my-model")
  #expect(
    Array(run.output.lines.prefix(6)) == [
      "my-model, version 1: the class whose mean is nearest", "",
      "broken    threads-change-no-byte",
      "          - ZeroDivisionError: float division by zero",
      "          To do: divide work by the data, never by the number of threads, and sum in a fixed",
      "          order.",
    ])
  #expect(run.output.lines.last == "40 promises: 36 kept, 1 broken, 3 untested")
}

package import PluginKit

/// The models of the question "Different approaches for applying SVM in Keras", and what would make the first
/// one an SVM; the same as in `pipelines/reference/question.yaml`.
package struct PresetModel: Sendable {
  package let name: String
  /// The model as it stands in the question.
  package let original: String
  package let plugin: String
  package let parameters: [String: ParameterValue]
}

extension PresetModel {
  /// Q, L and L-asked, and Q with a kernel, a penalty and a margin.
  package static let kerasQuestion: [PresetModel] = [
    PresetModel(
      name: "q",
      original:
        "RandomFourierFeatures(4822, GlorotNormal) → Dense(softmax), CategoricalHinge",
      plugin: "quasi-svm",
      parameters: adam([
        "kernel": .text("glorot-normal"), "output_dim": .integer(4_822), "scale": .real(1),
        "loss": .text("categorical-hinge"), "output": .text("softmax"), "l2": .real(0),
        "solver": .text("adam"),
      ])),
    PresetModel(
      name: "l", original: "Dense(l2(0.01)), CategoricalHinge", plugin: "linear-svm",
      parameters: adam([
        "loss": .text("categorical-hinge"), "l2": .real(0.01), "solver": .text("adam"),
      ])),
    PresetModel(
      name: "l-asked", original: "Dense(64) → Dense(l2(0.01)) → softmax, CategoricalHinge",
      plugin: "mlp-svm",
      parameters: adam([
        "hidden": .integers([64]), "activation": .text("linear"), "output": .text("softmax"),
        "loss": .text("categorical-hinge"), "l2": .real(0.01), "early_stopping": .integer(0),
      ])),
    PresetModel(
      name: "q-as-svm",
      original:
        "q with a kernel of the rows' width, a penalty and squared hinge: what it was meant to be",
      plugin: "quasi-svm",
      parameters: [
        "kernel": .text("gaussian"), "output_dim": .integer(1_024), "scale": .automatic,
        "loss": .text("squared-hinge"), "l2": .real(1e-4),
      ]),
  ]

  /// Settings with those of training in Keras that all three share.
  private static func adam(_ settings: [String: ParameterValue]) -> [String: ParameterValue] {
    settings.merging([
      "epochs": .integer(30), "batch_size": .integer(32), "learning_rate": .real(1e-3),
    ]) { chosen, _ in chosen }
  }
}

package import PluginKit

/// What was found about a model: the answer to "is it an SVM?".
package struct ModelCheck: Sendable, Equatable {
  /// The problem that the model stands for.
  package struct Problem: Sendable, Equatable {
    /// Such as `λ‖W‖² + (1/n) Σᵢ Σₖ max(0, 1 - tₖfₖ)²`.
    package let objective: String
    /// The word of `loss`.
    package let loss: String
    /// `one-vs-rest`, `one-vs-one` or `joint`.
    package let scheme: String
    /// `columns`, `random-features`, `kernel` or `layers`.
    package let inputs: String
    /// The word of `output`.
    package let output: String
    /// λ.
    package let l2: Double
    /// C = 1/(2λn) for ``rowCount``; nil where λ is 0.
    package let cost: Double?
    /// n: the rows of the check.
    package let rowCount: Int
  }

  /// How near the optimum is.
  package struct Solution: Sendable, Equatable {
    package let report: TrainingReport
    /// At most this share of the objective could be saved; nil where it is not known.
    package let gap: Double?
  }

  package let name: String
  package let trial: Int?
  /// What the model is in another library's words; nil where there are none.
  package let original: String?
  /// nil where scores alone are known.
  package let plugin: String?
  package let verdict: Verdict
  /// nil for models that are no margin machines.
  package let problem: Problem?
  package let solution: Solution?
  package let kernel: KernelFigures?
  package let agreement: Agreement?
  /// Why there is no ``agreement``; completes "no comparison: …".
  package let noAgreement: String?
  /// The share of right decisions on rows that the model has not learnt from; nil where it was not trained
  /// here.
  package let accuracy: Double?
  package let margins: MarginFigures?
  /// In whole sentences.
  package let warnings: [String]
}

extension ModelCheck {
  /// What is said of a mean of several models.
  package init(ensemble name: String, memberCount: Int) {
    self.init(
      name: name, trial: nil, original: nil, plugin: nil,
      verdict: Verdict(
        kind: .none,
        sentence:
          "Not an SVM: it is the weighted mean of the probabilities of \(memberCount) models, "
          + "whatever each of them is."),
      problem: nil, solution: nil, kernel: nil, agreement: nil,
      noAgreement: "no machine stands for a mean", accuracy: nil, margins: nil, warnings: [])
  }
}

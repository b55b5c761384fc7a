import Evaluation
import MarginHeads

/// What a model is, in one sentence.
package struct Verdict: Sendable, Equatable {
  /// The sentence in a word.
  package enum Kind: String, Sendable {
    /// The optimum of a support vector machine's problem, up to a certified gap.
    case exact = "exact-svm"
    /// Of that kind, but for a kernel that is approximated or a training that stopped short.
    case approximate = "approximate-svm"
    /// A multiclass machine that has the problem of a named one on most rows.
    case family = "svm-family"
    /// A machine on inputs that are learnt with it.
    case head = "svm-head"
    case none = "not-an-svm"
    /// Scores alone were looked at.
    case unknown
  }

  package let kind: Kind
  package let sentence: String
}

/// The facts that a verdict rests on.
struct VerdictFacts {
  let machine: MarginMachine
  let classCount: Int
  /// C = 1/(2λn); nil where λ is 0.
  let cost: Double?
  /// At most this share of the objective could be saved; nil where it is not known.
  let gap: Double?
  let agreement: Agreement?
  let shareWithNegativeRivals: Double
}

extension Verdict {
  /// The verdict on a plugin that describes no margin machine.
  init(plugin id: String, summary: String) {
    self.init(kind: .none, sentence: "Not an SVM: \(id) is another kind of model (\(summary)).")
  }

  init(_ facts: VerdictFacts) {
    let objections = facts.objections
    guard objections.isEmpty else {
      self.init(kind: .none, sentence: "Not an SVM: " + joined(objections) + ".")
      return
    }
    switch facts.machine.inputs {
    case .columns: self = facts.linear
    case .kernel: self = facts.exactKernel
    case .randomFeatures: self = facts.randomFeatures
    case .layers(let widths, let isLinear): self = facts.head(widths, isLinear: isLinear)
    }
  }
}

// MARK: No SVM

extension VerdictFacts {
  /// Why it is none, in clauses; empty if nothing is said against it.
  fileprivate var objections: [String] {
    var objections: [String] = []
    if machine.output == .softmax { objections.append(softmaxBeforeLoss) }
    if machine.loss == .softmax {
      objections.append("its loss is that of multinomial logistic regression, which has no margin")
    }
    if machine.penalty == 0 {
      objections.append("nothing penalises the weights (l2 is 0), so that there is no margin term")
    } else if !objections.isEmpty, case .layers(let widths, true) = machine.inputs {
      objections.append(
        "a penalty on the last of \(widths.count + 1) linear layers alone is no margin term")
    }
    return objections
  }

  private var softmaxBeforeLoss: String {
    guard machine.loss.isOneVersusRest else {
      return
        "softmax stands before the hinge, so that the loss is positive for all finite scores and no "
        + "margin is ever met"
    }
    let least = classCount - 1
    return "softmax stands before the hinge, so that the loss of a row never falls below \(least) "
      + "(\(least)/\(classCount) as Keras' mean over classes)"
  }
}

private func joined(_ clauses: [String]) -> String {
  guard let last = clauses.last, clauses.count > 1 else { return clauses.first ?? "" }
  return clauses.dropLast().joined(separator: "; ") + "; and " + last
}

// MARK: Kinds of SVM

extension VerdictFacts {
  fileprivate var linear: Verdict {
    let ending = isAtOptimum ? solvedEnding : ": " + unsolvedClause + "."
    switch machine.loss {
    case .categoricalHinge:
      return Verdict(
        kind: .family,
        sentence:
          "A linear multiclass SVM of the Crammer-Singer family\(withCost), except where all "
          + "wrong scores are negative, as on \(percent(shareWithNegativeRivals)) of these rows"
          + ending)
    case .crammerSinger:
      return Verdict(
        kind: kind, sentence: "\(exactly) the linear Crammer-Singer SVM\(withCost)\(ending)")
    case .hinge, .squaredHinge, .softmax:
      return Verdict(
        kind: kind, sentence: "\(exactly) \(machines("linear"))\(withCost)\(ending)")
    }
  }

  fileprivate var exactKernel: Verdict {
    let ending = isAtOptimum ? solvedEnding : ": " + unsolvedClause + "."
    return Verdict(kind: kind, sentence: "\(exactly) \(machines("kernel"))\(withCost)\(ending)")
  }

  fileprivate var randomFeatures: Verdict {
    var sentence =
      machine.loss.isOneVersusRest
      ? "An approximate kernel SVM\(withCost)"
      : "An approximate kernel machine of the Crammer-Singer family\(withCost)"
    if let agreement {
      sentence +=
        ": it decides as the exact one on \(percent(agreement.share)) of rows "
        + "(\(percentRange(agreement.interval)))"
    } else if !machine.loss.isOneVersusRest {
      sentence += ", for which there is no exact machine to compare with"
    }
    if !isAtOptimum { sentence += "; " + unsolvedClause }
    return Verdict(kind: .approximate, sentence: sentence + ".")
  }

  fileprivate func head(_ widths: [Int], isLinear: Bool) -> Verdict {
    let inputs = isLinear ? "a learned linear map of the columns" : "learned features"
    let bound = gap.map { " within \(percent($0, digits: 2)) of" } ?? " not known to be near"
    return Verdict(
      kind: .head,
      sentence:
        "A linear SVM on \(inputs): with the layers held fixed its head is\(bound) the optimum; "
        + "the penalty on the head alone does not bound the margin of the whole, since layers can grow "
        + "as the head shrinks.")
  }

  /// Whether the gap is small enough for the word "exactly"; the streamed solver promises 10⁻³.
  private var isAtOptimum: Bool { machine.isSolved && gap ?? 0 <= 1.001e-3 }

  private var kind: Verdict.Kind { isAtOptimum ? .exact : .approximate }
  private var exactly: String { isAtOptimum ? "Exactly" : "Not quite" }

  private var withCost: String { cost.map { " with C = \(FigureFormat.short($0))" } ?? "" }

  /// Such as `4 one-vs-rest linear SVMs`.
  private func machines(_ what: String) -> String {
    let slack = machine.loss == .squaredHinge ? " with squared slack" : ""
    if classCount == 2 { return "the \(what) SVM\(slack)" }
    return machine.isPairwise
      ? "\(classCount * (classCount - 1) / 2) one-vs-one \(what) SVMs\(slack) and their vote,"
      : "\(classCount) one-vs-rest \(what) SVMs\(slack)"
  }

  private var solvedEnding: String {
    gap.map { ", to within \(percent($0, digits: 3)) of the objective." } ?? "."
  }

  private var unsolvedClause: String {
    gap.map {
      "\(machine.isSolved ? "the solver" : "Adam") left up to \(percent($0)) of the objective to save"
    }
      ?? "Adam certifies no gap to the optimum"
  }
}

/// A share as `98.5 %`; with two digits more where it would otherwise look like nothing or all.
func percent(_ share: Double, digits: Int = 1) -> String {
  let text = FigureFormat.fixed(100 * share, digits: digits)
  let isRoundedAway = [0.0, 100].contains(Double(text)) && share != 0 && share != 1
  return (isRoundedAway ? FigureFormat.fixed(100 * share, digits: digits + 2) : text) + " %"
}

/// An interval of shares as `97.8 to 98.9 %`.
func percentRange(_ interval: ConfidenceInterval) -> String {
  "\(FigureFormat.fixed(100 * interval.low, digits: 1)) to "
    + "\(FigureFormat.fixed(100 * interval.high, digits: 1)) %"
}

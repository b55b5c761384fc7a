import Foundation
import PluginKit
import TestSupport

/// What scikit-learn's SVC (libsvm) and SciPy, in Double, say of kernel machines that were trained here.
enum KernelOracle {
  /// A trained model, with the problem that it solves.
  struct Question: Encodable {
    let kernel: String
    let loss: String
    let multiclass: String
    let scale: Double
    let penalty: Double
    let columns: Int
    let rows: [Float]
    let labels: [Int32]
    let weights: [Float]
    let test: [Float]
    /// The model's state.
    let support: [Float]
    let coefficients: [Float]
    let counts: [Int]
    let biases: [Float]
  }

  /// Answers for each machine in the order of the model's biases.
  struct Answer: Decodable {
    /// The objective of the model's machines, by the definition.
    let objectives: [Double]
    /// The objective of the oracle's.
    let optima: [Double]
    /// Decisions for the test rows, machine by machine: by the model's state, and the oracle's.
    let decisions: [[Double]]
    let expectedDecisions: [[Double]]
    /// scikit-learn's class scores from the model's decisions, row by row.
    let scores: [[Double]]
    /// What `SVC.predict` says of the test rows, ties of votes broken by decisions; only for `hinge` and one-vs-one.
    let predictions: [Int]?
  }

  static func answers(to questions: [Question]) throws -> [Answer] {
    let output = try PythonOracle.run(script, input: try JSONEncoder().encode(questions))
    return try JSONDecoder().decode([Answer].self, from: Data(output.utf8))
  }

  private static let script = """
    import json, sys
    import numpy as np
    from scipy.optimize import minimize
    from scipy.spatial.distance import cdist
    from sklearn.svm import SVC
    from sklearn.utils.multiclass import _ovr_decision_function

    def value(q, k, beta, b, t, s):
        slack = np.maximum(0, 1 - t * (k @ beta + b))
        return q["penalty"] * beta @ k @ beta + s @ (slack if q["loss"] == "hinge" else slack**2)

    def solve(q, k, t, s):
        '''Coefficients and bias of the two-class machine.'''
        l2 = q["penalty"]
        if q["loss"] == "hinge":
            svc = SVC(kernel="precomputed", C=1 / (2 * l2), tol=1e-9).fit(k, t, sample_weight=s)
            beta = np.zeros(len(t))
            beta[svc.support_] = svc.dual_coef_[0]
            return beta, svc.intercept_[0]
        values, vectors = np.linalg.eigh(k)
        z = vectors * np.sqrt(np.maximum(values, 0))
        def objective(x):
            slack = np.maximum(0, 1 - t * (z @ x[:-1] + x[-1]))
            pull = 2 * s * t * slack
            return (l2 * x[:-1] @ x[:-1] + s @ slack**2,
                    np.append(2 * l2 * x[:-1] - z.T @ pull, -pull.sum()))
        x = minimize(objective, np.zeros(len(t) + 1), jac=True, method="L-BFGS-B", options=dict(
            maxiter=100000, maxfun=100000, ftol=0, gtol=1e-11, maxcor=50)).x
        return s * t * np.maximum(0, 1 - t * (z @ x[:-1] + x[-1])) / l2, x[-1]

    def answer(q):
        d = q["columns"]
        x, test, support = (np.array(q[name]).reshape(-1, d) for name in ("rows", "test", "support"))
        y, s = np.array(q["labels"]), np.array(q["weights"])
        s = s / s.sum()
        x, y, s = x[s > 0], y[s > 0], s[s > 0]
        classes = y.max() + 1
        def kernel(a, b):
            if q["kernel"] == "gaussian":
                return np.exp(-cdist(a, b, "sqeuclidean") / (2 * q["scale"]**2))
            return np.exp(-cdist(a, b, "cityblock") / q["scale"])
        pairwise = q["multiclass"] == "one-vs-one" or classes == 2
        machines = ([(i, j) for i in range(classes) for j in range(i + 1, classes)] if pairwise
                    else [(i, None) for i in range(classes)])
        coefficients = np.zeros((len(support), len(machines)))
        stored = np.array(q["coefficients"]).reshape(len(support), -1)
        if pairwise and classes > 2:
            owner = np.repeat(np.arange(classes), q["counts"])
            for c in range(classes):
                ours = [m for m, pair in enumerate(machines) if c in pair]
                coefficients[np.ix_(owner == c, ours)] = stored[owner == c]
        else:
            coefficients = stored
        result = dict(objectives=[], optima=[], decisions=[], expectedDecisions=[])
        for m, (first, second) in enumerate(machines):
            sees = (y == first) | (second is None or y == second)
            rows, t, share = x[sees], np.where(y[sees] == first, 1, -1), s[sees]
            # The kernel less 1: without it a sum of coefficients of 1e-8 would count as bias.
            b, beta = q["biases"][m], coefficients[:, m]
            norm = beta @ (kernel(support, support) - 1) @ beta
            slack = np.maximum(0, 1 - t * ((kernel(rows, support) - 1) @ beta + b))
            result["objectives"].append(q["penalty"] * norm + share @ (
                slack if q["loss"] == "hinge" else slack**2))
            result["decisions"].append(list((kernel(test, support) - 1) @ beta + b))
            k = kernel(rows, rows)
            best, best_bias = solve(q, k, t, share)
            result["optima"].append(value(q, k, best, best_bias, t, share))
            result["expectedDecisions"].append(list(kernel(test, rows) @ best + best_bias))
        decisions = np.array(result["decisions"]).T
        if classes == 2:
            scores = np.hstack([decisions, -decisions])
        elif pairwise:
            scores = _ovr_decision_function(decisions < 0, -decisions, classes)
        else:
            scores = decisions
        result["scores"] = scores.tolist()
        if q["loss"] == "hinge" and pairwise:
            svc = SVC(kernel="precomputed", C=1 / (2 * q["penalty"]), tol=1e-9,
                      break_ties=classes > 2)
            svc.fit(kernel(x, x), y, sample_weight=s)
            result["predictions"] = svc.predict(kernel(test, x)).tolist()
        return result

    print(json.dumps([answer(q) for q in json.load(sys.stdin)]))
    """
}

import Foundation
import MarginHeads
import TestSupport

/// What libsvm, scikit-learn and SciPy, in Double, say of heads that were trained here.
enum HeadOracle {
  /// A head and the problem that it solves.
  struct Question: Encodable {
    let loss: String
    let rows: [[Float]]
    let labels: [Int32]
    let weights: [Float]
    let penalty: Double
    let headWeights: [[Float]]
    let headBiases: [Float]
  }

  /// Answers for each separate problem: each class of a one-vs-rest loss, otherwise one.
  struct Answer: Decodable {
    /// The objective of the head.
    let objectives: [Double]
    /// The objective with W = 0 and the best bias.
    let trivialObjectives: [Double]
    /// The objective of the oracle's own solution.
    let optima: [Double]
    /// The value of a feasible point of the dual problem; only for one-vs-rest losses.
    let dualValues: [Double]
    /// λ‖W - W'‖², where W' is the oracle's solution.
    let distances: [Double]
  }

  static func answers(to questions: [Question]) throws -> [Answer] {
    let output = try PythonOracle.run(script, input: try JSONEncoder().encode(questions))
    return try JSONDecoder().decode([Answer].self, from: Data(output.utf8))
  }

  private static let script = """
    import json, sys
    import numpy as np
    from scipy.optimize import minimize
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    def binary_loss(loss, f, t):
        slack = np.maximum(0, 1 - t * f)
        return slack if loss == "hinge" else slack**2

    def coupled_loss(loss, f, y):
        own = f[np.arange(len(y)), y]
        if loss == "softmax":
            top = f.max(axis=1)
            return top + np.log(np.exp(f - top[:, None]).sum(axis=1)) - own
        others = f.copy()
        others[np.arange(len(y)), y] = -np.inf
        rival = others.max(axis=1)
        if loss == "categorical-hinge":
            rival = np.maximum(rival, 0)
        return np.maximum(0, 1 + rival - own)

    def solve_hinge(z, t, s, l2):
        '''libsvm, and then the best bias, which is one of the breakpoints; the dual value is libsvm's.'''
        machine = SVC(kernel="linear", C=1 / (2 * l2), max_iter=1_000_000,
                      tol=1e-9 if len(z) > z.shape[1] else 1e-12).fit(z, t, sample_weight=s)
        w = machine.coef_[0]
        breakpoints = t - z @ w
        values = [s @ binary_loss("hinge", z @ w + b, t) for b in breakpoints]
        dual = 2 * l2 * (np.abs(machine.dual_coef_).sum() - w @ w / 2)
        return w, breakpoints[np.argmin(values)], dual

    def solve_squared_hinge(z, t, s, l2):
        def value(x):
            slack = np.maximum(0, 1 - t * (z @ x[:-1] + x[-1]))
            pull = 2 * s * t * slack
            return (l2 * x[:-1] @ x[:-1] + s @ slack**2,
                    np.append(2 * l2 * x[:-1] - z.T @ pull, -pull.sum()))
        x = minimize(value, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B", options=dict(
            maxiter=100000, maxfun=100000, ftol=0, gtol=1e-11, maxcor=50)).x
        pull = 2 * s * t * np.maximum(0, 1 - t * (z @ x[:-1] + x[-1]))
        pull -= s * pull.sum()  # the multipliers of a free bias sum to 0
        image = z.T @ pull
        return x[:-1], x[-1], t @ pull - (pull**2 / s).sum() / 4 - image @ image / (4 * l2)

    def solve_softmax(z, y, s, l2):
        machine = LogisticRegression(
            C=1 / (2 * l2), solver="newton-cholesky", tol=1e-11, max_iter=1000)
        machine.fit(z, y, sample_weight=s)
        return machine.coef_, machine.intercept_

    def solve_multiclass_hinge(loss, z, y, s, l2):
        '''The quadratic programme over weights, biases and one slack for each row.'''
        n, d = z.shape
        k = y.max() + 1
        size = k * (d + 1)
        rows, bounds = [], []
        def require(i, rival, bound):
            row = np.zeros(size + n)
            row[size + i] = 1
            if bound == 1:
                row[y[i] * (d + 1):(y[i] + 1) * (d + 1)] += np.append(z[i], 1)
            if rival is not None:
                row[rival * (d + 1):(rival + 1) * (d + 1)] -= np.append(z[i], 1)
            rows.append(row)
            bounds.append(bound)
        for i in range(n):
            require(i, None, 0)
            for m in range(k):
                if m != y[i]:
                    require(i, m, 1)
            if loss == "categorical-hinge":
                require(i, None, 1)
        a, low = np.array(rows), np.array(bounds)
        curvature = np.append(np.tile(np.append(np.full(d, l2), 0), k), np.zeros(n))
        cost = np.append(np.zeros(size), s)
        x = minimize(
            lambda x: (curvature @ x**2 + cost @ x, 2 * curvature * x + cost),
            np.append(np.zeros(size), np.ones(n)), jac=True, method="SLSQP",
            constraints=dict(type="ineq", fun=lambda x: a @ x - low, jac=lambda x: a),
            options=dict(maxiter=1000, ftol=1e-14)).x
        solution = x[:size].reshape(k, d + 1)
        return solution[:, :-1], solution[:, -1]

    def answer(q):
        z, y, s = np.array(q["rows"]), np.array(q["labels"]), np.array(q["weights"])
        z, y, s = z[s > 0], y[s > 0], s[s > 0] / s.sum()
        weights, biases = np.array(q["headWeights"]), np.array(q["headBiases"])
        loss, l2 = q["loss"], q["penalty"]
        objectives, trivial, optima, duals, distances = [], [], [], [], []
        if loss in ("hinge", "squared-hinge"):
            solve = solve_hinge if loss == "hinge" else solve_squared_hinge
            for k in range(len(weights)):
                t = np.where(y == k, 1, -1)
                def value(w, b):
                    return l2 * w @ w + s @ binary_loss(loss, z @ w + b, t)
                own = s[y == k].sum()
                trivial.append(2 * min(own, 1 - own) if loss == "hinge" else 4 * own * (1 - own))
                w, b, dual = solve(z, t, s, l2)
                objectives.append(value(weights[k], biases[k]))
                optima.append(value(w, b))
                duals.append(dual)
                distances.append(l2 * ((weights[k] - w)**2).sum())
        else:
            def value(w, b):
                return l2 * (w**2).sum() + s @ coupled_loss(loss, z @ w.T + b, y)
            shares = np.bincount(y, s)
            trivial = [-(shares * np.log(shares)).sum() if loss == "softmax"
                       else min(1, 2 * (1 - shares.max()))]
            w, b = (solve_softmax(z, y, s, l2) if loss == "softmax"
                    else solve_multiclass_hinge(loss, z, y, s, l2))
            objectives, optima = [value(weights, biases)], [value(w, b)]
            # Only differences of scores matter to softmax and crammer-singer; both keep the sum at 0.
            distances = [l2 * ((weights - w)**2).sum()]
        return dict(objectives=objectives, trivialObjectives=trivial, optima=optima,
                    dualValues=duals, distances=distances)

    print(json.dumps([answer(q) for q in json.load(sys.stdin)]))
    """
}

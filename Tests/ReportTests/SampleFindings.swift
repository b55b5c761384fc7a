import PluginKit

/// What the explanation and the check of margin machines leave in a run folder, small.
let findings: [(String, JSONValue)] = [("explanations", explanations), ("svm_check", svmCheck)]
  .compactMap { name, text in (try? JSONValue(parsing: text)).map { (name, $0) } }

private let explanations = """
  {"version": 1, "metric": "accuracy", "rows": 200, "repeats": 5,
   "importances": [
     {"feature": "signal of access point 0", "mean": 0.31, "low": 0.28, "high": 0.34},
     {"feature": "signal of access point 1", "mean": -0.002, "low": -0.01, "high": 0.006}],
   "partial_dependence": [
     {"feature": "signal of access point 0", "class": "room 1", "x": [-80, -60, -40],
      "y": [0.7, 0.3, 0.1]},
     {"feature": "signal of access point 0", "class": "room 2", "x": [-80, -60, -40],
      "y": [0.1, 0.2, 0.6]},
     {"feature": "floor", "class": "room 1", "x": ["ground", "first"], "y": [0.4, 0.2]}],
   "worst_errors": [
     {"row": 17, "class": "room 1", "predicted": "room 3", "probability": 0.91,
      "probability_of_class": 0.02}],
   "learning_curve": [
     {"rows": 50, "value": 0.8, "low": 0.74, "high": 0.85, "training": 1.0},
     {"rows": 200, "value": 0.95, "low": 0.91, "high": 0.97, "training": 0.99}],
   "hyperparameters": [
     {"model": "quasi-svm", "parameter": "l2", "importance": 0.714},
     {"model": "quasi-svm", "parameter": "output_dim", "importance": 0.052}]}
  """

private let svmCheck = """
  {"version": 1, "table_rows": 600, "rows": 600, "folds": 5,
   "classes": ["room 1", "room 2", "room 3", "room 4"],
   "models": [
     {"name": "quasi-svm", "trial": 1, "plugin": "quasi-svm",
      "verdict": {"kind": "approximate-svm", "sentence": "It is an approximate SVM."},
      "problem": {"objective": "λ‖W‖² + mean loss", "loss": "squared hinge", "scheme": "one-vs-rest",
        "inputs": "random-features", "output": "linear", "l2": 0.0001, "c": 4.17, "rows": 1200},
      "solution": {"stopping": "converged", "objective": 0.05, "relative_gaps": [6.1e-5, 7.2e-5],
        "gap": 7.2e-5},
      "kernel": {"form": "gaussian", "width": 2.5, "formula": "exp(-γ‖x - y‖²)",
        "distribution": null, "output_dim": 1024,
        "quantiles": [{"share": 0.05, "value": 0.01}, {"share": 0.95, "value": 0.83}]},
      "kernel_error": [{"output_dim": 1024, "root_mean_square": 0.031, "largest": 0.12}],
      "agreement": {"with": "the exact SVM", "rows": 600, "share": 0.993,
        "interval": [0.983, 0.998], "accuracy": 0.97, "exact_accuracy": 0.971,
        "only_model_right": 2, "only_exact_right": 3, "mcnemar_p": 1.0},
      "no_agreement": null, "accuracy": 0.97,
      "support_vectors": {"rows": 243, "per_class": [60, 61, 62, 60]},
      "margins": {"shares": [0.05, 0.25, 0.5, 0.75, 0.95],
        "per_class": [[-0.2, 0.8, 1.1, 1.4, 2], [0, 0.9, 1, 1.2, 1.9], [0.1, 0.7, 1, 1.3, 1.8],
          [-1, 0.2, 0.9, 1, 1.5]]},
      "warnings": ["the kernel is almost constant"]},
     {"name": "deep", "trial": 2, "plugin": "mlp-svm",
      "verdict": {"kind": "svm-head", "sentence": "Its last layer is a linear SVM."},
      "problem": null, "solution": null, "kernel": null, "kernel_error": null, "agreement": null,
      "no_agreement": "there is no exact machine of this kind", "accuracy": null,
      "support_vectors": null, "margins": null, "warnings": []}]}
  """

"""Solves the settings of an automl run with scikit-learn: fixed_trials.py TABLE RUN DRAWS INTERCEPT_SCALING.

The features are those of the run: RBFSampler's cosines with the run's projections. A pair (cos, sin) is two
cosines whose phases are 0 and -π/2.
"""

import json
import math
import pathlib
import sys
import warnings

import numpy as np
from safetensors.numpy import load_file
from sklearn.exceptions import ConvergenceWarning
from sklearn.kernel_approximation import RBFSampler
from sklearn.svm import LinearSVC

from rows import read_wifi, run_parts, standardised

SETTINGS = ("output_dim", "scale", "l2")


def sampler(draws, phases, output_dim, scale):
    """An RBFSampler with the study's projections instead of its own."""
    pairs = (output_dim + 1) // 2
    weights = np.repeat(draws[:pairs], 2, axis=0)[:output_dim].T / scale
    offsets = np.tile([0.0, -math.pi / 2], pairs)[:output_dim]
    if output_dim % 2:
        offsets[-1] = phases[pairs - 1]
    result = RBFSampler(n_components=output_dim).fit(np.zeros((1, draws.shape[1]), np.float32))
    result.random_weights_ = weights.astype(np.float32)
    result.random_offset_ = offsets.astype(np.float32)
    return result


def main():
    table, run, draws = map(pathlib.Path, sys.argv[1:4])
    features, labels = read_wifi(table)
    parts = run_parts(run)
    train, validation = standardised(features, parts["train"], parts["validation"])
    weights = load_file(draws / "weights/best.safetensors")["features.weight"]
    phases = load_file(draws / "phases/best.safetensors")["features.bias"]
    board = json.loads((run / "leaderboard.json").read_text())
    found, unfinished = {}, 0
    for entry in board["entries"]:
        if entry["trial"] == 0:
            continue
        output_dim, scale, l2 = (entry["parameters"][name] for name in SETTINGS)
        scale = math.sqrt(features.shape[1] / 2) if scale == "auto" else scale
        kernel = sampler(weights, phases, output_dim, scale)
        machine = LinearSVC(
            dual=False, C=1 / (2 * l2 * len(train)), intercept_scaling=float(sys.argv[4]))
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            machine.fit(kernel.transform(train), labels[parts["train"]])
        unfinished += any(issubclass(warning.category, ConvergenceWarning) for warning in caught)
        found[entry["trial"]] = machine.score(kernel.transform(validation), labels[parts["validation"]])
    print(json.dumps({
        "accuracy": max(found.values()), "trials": len(found), "unfinished": unfinished, "all": found}))


if __name__ == "__main__":
    main()

"""Compares 100 random trials of `kernel-svm` with scikit-learn's SVC at the same settings, on the same rows.

    .venv/bin/python Benchmarks/kernels.py TABLE TARGET [intelex]

TABLE is a delimited file with numeric features and no header, TARGET a position (-1 is the last column). A fifth
of the rows is for validation. CPU seconds: of the whole process for automl with one worker; for the SVC of
fitting and predicting alone, without imports. `intelex` patches scikit-learn with scikit-learn-intelex,
which must be installed.
"""

import csv
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build/release/automl"
PIPELINE = """
version: 1
seed: 1
data: {source: %s, target: %s, header: false}
split: {method: stratified, validation: 0.2, test: 0}
preprocess: [{use: scale, with: {method: standard}}]
models: [{use: kernel-svm, with: {kernel: gaussian, loss: hinge, multiclass: one-vs-one}}]
search: {use: random, trials: 100}
refit: none
evaluate: {test: none}
"""


def automl(table, target, folder):
    """CPU seconds, the trials, and the part of each row."""
    pipeline = folder / "kernels.yaml"
    pipeline.write_text(PIPELINE % (json.dumps(table), target))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [PROGRAM, "run", pipeline, "--workers", "1", "--quiet", "--output", folder / "run"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    board = json.loads((folder / "run/leaderboard.json").read_text())
    rows = csv.DictReader((folder / "run/split.csv").open())
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
            [entry for entry in board["entries"] if entry["trial"] > 0],
            np.array([row["part"] for row in rows]))


def main():
    table, target = str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2]
    if sys.argv[3:] == ["intelex"]:
        from sklearnex import patch_sklearn
        patch_sklearn()
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    with tempfile.TemporaryDirectory() as name:
        ours, entries, part = automl(table, target, pathlib.Path(name))
    text = pathlib.Path(table).read_text()
    dialect = csv.Sniffer().sniff(text.splitlines()[0], delimiters=",;\t")
    values = np.array(list(csv.reader(text.splitlines(), dialect)))
    place = int(target) % values.shape[1] if int(target) < 0 else int(target) - 1
    labels, features = values[:, place], np.delete(values, place, axis=1).astype(float)
    train, validation = part == "train", part == "validation"
    features = StandardScaler().fit(features[train]).transform(features)
    seconds, differences = 0.0, []
    for entry in entries:
        scale = entry["parameters"]["scale"]
        scale = (features.shape[1] / 2) ** 0.5 if scale == "auto" else scale
        start = time.process_time()
        svc = SVC(C=1 / (2 * entry["parameters"]["l2"] * train.sum()), gamma=1 / (2 * scale**2))
        predicted = svc.fit(features[train], labels[train]).predict(features[validation])
        seconds += time.process_time() - start
        differences.append(abs((predicted == labels[validation]).mean() - entry["validation"]["accuracy"]))
    print(f"{len(entries)} trials: automl {ours:.2f} CPU-s, SVC {seconds:.2f} CPU-s; "
          f"accuracies differ by at most {max(differences):.4f}, in {np.count_nonzero(differences)} trials")


if __name__ == "__main__":
    main()

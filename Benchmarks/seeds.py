"""Compares the winner of `automl run` with a tuned SVC of scikit-learn, on the same rows, over many seeds.

    .venv/bin/python Benchmarks/seeds.py TABLE TARGET [SEEDS]

TABLE is a delimited file with numeric features, TARGET a position (-1 is the last column) or a name. The rows
of each part are those of the run's `split.csv`. The SVC is tuned over C and gamma on the validation rows
(a grid of 9 x 9, scaling fitted on the training rows), trained again on training and validation rows,
and tested once, as `automl` does with its winner.
"""

import csv
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build/release/automl"


def read_table(path, target):
    text = pathlib.Path(path).read_text()
    dialect = csv.Sniffer().sniff(text.splitlines()[0], delimiters=",;\t")
    rows = list(csv.reader(text.splitlines(), dialect))
    if not target.lstrip("-").isdigit():
        place = rows[0].index(target)
        rows = rows[1:]
    else:
        place = int(target) if int(target) < 0 else int(target) - 1
    labels = np.array([row[place] for row in rows])
    place %= len(rows[0])
    features = [[float(x or "nan") for i, x in enumerate(row) if i != place] for row in rows]
    return np.array(features), labels


def tuned_svc(features, labels, part):
    train, validation, test = (part == name for name in ("train", "validation", "test"))
    best = (-1.0, None)
    for c in np.logspace(-1, 3, 9):
        for gamma in np.logspace(-3, 1, 9):
            model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), SVC(C=c, gamma=gamma))
            score = model.fit(features[train], labels[train]).score(features[validation], labels[validation])
            if score > best[0]:
                best = (score, model)
    learning = train | validation
    return best[0], best[1].fit(features[learning], labels[learning]).score(features[test], labels[test])


def automl(table, target, seed, folder):
    start = time.monotonic()
    subprocess.run(
        [PROGRAM, "run", ROOT / "pipelines/tabular.yaml", "--quiet", "--output", folder,
         "--set", f"data.source={table}", "--set", f"data.target={target}", "--set", f"seed={seed}"],
        check=True)
    seconds = time.monotonic() - start
    board = json.loads((folder / "leaderboard.json").read_text())
    return board["entries"][0], seconds


def main():
    table, target = sys.argv[1:3]
    seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    features, labels = read_table(table, target)
    differences, ours, theirs, times = [], [], [], []
    print("seed  winner      validation  test    SVC validation  test    seconds")
    for seed in range(1, seeds + 1):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name) / "run"
            winner, seconds = automl(table, target, seed, folder)
            part = np.empty(len(labels), dtype=object)
            for row in csv.DictReader((folder / "split.csv").open()):
                part[int(row["row"])] = row["part"]
        validation, test = tuned_svc(features, labels, part)
        ours.append(winner["test"]["accuracy"])
        theirs.append(test)
        differences.append(ours[-1] - test)
        times.append(seconds)
        print(f"{seed:4}  {winner['model']:10}  {winner['validation']['accuracy']:.4f}      {ours[-1]:.4f}  "
              f"{validation:.4f}          {test:.4f}  {seconds:.1f}", flush=True)
    error = statistics.stdev(differences) / len(differences) ** 0.5
    print(f"mean test accuracy: automl {statistics.mean(ours):.4f}, SVC {statistics.mean(theirs):.4f}; "
          f"difference {statistics.mean(differences):+.4f}, standard error {error:.4f}; "
          f"median {statistics.median(times):.1f} s a run")


if __name__ == "__main__":
    main()

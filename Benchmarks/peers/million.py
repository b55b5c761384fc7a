"""RBFSampler + SGDClassifier.partial_fit on a large table: million.py TABLE RUN.

RUN is a folder of an automl run, for the rows of each part. Three epochs over blocks of 65,536 rows; after each
the objective λ‖W‖² + (1/n) Σ Σ ℓ over all training rows, as automl states it.
"""

import json
import sys

import numpy as np
import polars
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import SGDClassifier

from rows import run_parts, standardised

PENALTY, SCALE, OUTPUT_DIM, BLOCK = 1e-5, 1.87, 1024, 65_536


def main():
    table = polars.read_csv(sys.argv[1])
    labels = table["room"].to_numpy()
    features = table.drop("room").to_numpy().astype(np.float32)
    parts = run_parts(sys.argv[2])
    train, validation = standardised(features, parts["train"], parts["validation"])
    labels, validation_labels = labels[parts["train"]], labels[parts["validation"]]
    classes = np.unique(labels)
    sampler = RBFSampler(gamma=1 / (2 * SCALE**2), n_components=OUTPUT_DIM, random_state=1).fit(train[:1])
    machine = SGDClassifier(loss="squared_hinge", alpha=2 * PENALTY, random_state=1)
    order = np.random.default_rng(1)
    for _ in range(3):
        rows = order.permutation(len(train))
        for start in range(0, len(rows), BLOCK):
            block = rows[start:start + BLOCK]
            machine.partial_fit(sampler.transform(train[block]), labels[block], classes=classes)
    loss = 0.0
    for start in range(0, len(train), BLOCK):
        scores = machine.decision_function(sampler.transform(train[start:start + BLOCK]))
        signs = np.where(labels[start:start + BLOCK, None] == classes, 1.0, -1.0)
        loss += float((np.maximum(0, 1 - signs * scores) ** 2).sum())
    objective = PENALTY * float((machine.coef_.astype(np.float64) ** 2).sum()) + loss / len(train)
    accuracy = machine.score(sampler.transform(validation), validation_labels)
    print(json.dumps({"accuracy": accuracy, "objective": objective}))


if __name__ == "__main__":
    main()

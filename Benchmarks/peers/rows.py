"""Tables as the peers read them, and the rows that an automl run used."""

import csv
import pathlib

import numpy as np


def read_wifi(path):
    """Features as Float32 and labels from a tab-separated table without header, the label last."""
    values = np.loadtxt(path, delimiter="\t")
    return values[:, :-1].astype(np.float32), values[:, -1].astype(int)


def run_parts(folder):
    """The row numbers of each part of an automl run."""
    parts = {}
    with (pathlib.Path(folder) / "split.csv").open() as file:
        for row in csv.DictReader(file):
            parts.setdefault(row["part"], []).append(int(row["row"]))
    return {name: np.array(rows) for name, rows in parts.items()}


def standardised(features, train, *others):
    """The training rows with mean 0 and deviation 1, and other rows on the same scale."""
    mean, deviation = features[train].mean(axis=0), features[train].std(axis=0)
    return [((features[rows] - mean) / deviation).astype(np.float32) for rows in (train, *others)]

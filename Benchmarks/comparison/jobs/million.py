"""A million simulated rows, D = 1024: a kernel machine on random features beyond what memory should hold.

automl stops by its own rule; the peer runs epochs of RBFSampler + SGDClassifier.partial_fit over blocks of
rows, and prints the objective after each.
"""

import re

from ..boards import board, run_command
from ..measuring import Side

ID = "million"
TITLE = "1,000,000 x 7 simulated rows, D = 1024"
PAIRS = 1
REACH = {"automl": {"cpu_seconds": 8, "stretch": 4}}

PIPELINE = """version: 1
name: million
seed: 1
data: {source: %s, target: room}
split: {method: stratified, validation: 0.01, test: 0}
preprocess: [{use: scale, with: {method: standard}}]
models:
  - use: quasi-svm
    with: {kernel: gaussian, loss: squared-hinge, output_dim: 1024, scale: 1.87, l2: 1.0e-5}
    tune: {}
search: {use: random, metric: accuracy, trials: 1}
refit: none
evaluate: {test: none}
"""


def sides(workplace):
    table, folder = workplace.rooms(1_000_000), workplace.folder(ID)
    pipeline = workplace.pipeline(ID, PIPELINE % table)
    return [
        Side("automl", run_command(workplace.program, pipeline, folder, workers=1),
             lambda _: figures(folder)),
        Side("SGDClassifier.partial_fit, 3 epochs", workplace.peer("million", table, folder)),
    ]


def figures(folder):
    """Accuracy and the objective that the model file reports."""
    entry = board(folder)["entries"][0]
    metadata = (folder / "best.safetensors").read_bytes()[:1 << 20].decode("utf-8", "replace")
    objective = re.search(r'objective\\?"\s*:\s*([0-9.eE+-]+)', metadata)
    return {
        "accuracy": entry["validation"]["accuracy"],
        "objective": float(objective.group(1)) if objective else None,
    }

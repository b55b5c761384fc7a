"""A search as a user runs it: a hundred trials of a kernel machine on random features, whole process.

Peers: Optuna's TPE with RBFSampler + SGDClassifier, and with a Keras model (RandomFourierFeatures, hinge, L2,
30 epochs), both with default settings of the sampler, over the same ranges and the same rows.
"""

from ..boards import best_validation, run_command
from ..measuring import Side, run
from .fixed_trials import PIPELINE, RANGES, SPLIT

ID = "search"
TITLE = "search by TPE, 100 trials, Wi-Fi, 1,600/400"
PAIRS = 1
REACH = {"Optuna + SGDClassifier": {"cpu": 20, "stretch": 40}, "Optuna + Keras": {"cpu": 150, "stretch": 300}}


def sides(workplace):
    table, folder = workplace.wifi(), workplace.folder("search")
    text = PIPELINE % (
        "search", table, SPLIT, "{kernel: gaussian, loss: squared-hinge}", RANGES, 100)
    pipeline = workplace.pipeline("search", text.replace("use: random", "use: tpe"))
    ours = Side(
        "automl", run_command(workplace.program, pipeline, folder), lambda _: best_validation(folder))
    # The peers need the rows of each part before their own turn.
    run(ours, workplace.cores)
    ours.costs.clear()
    ours.found.clear()
    return [
        ours,
        Side("Optuna + SGDClassifier", workplace.peer("search", table, folder, "sgd")),
        Side("Optuna + Keras", workplace.peer("search", table, folder, "keras")),
    ]

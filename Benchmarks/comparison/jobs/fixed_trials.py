"""The same hundred settings of a kernel machine on random features, solved by automl and by scikit-learn.

automl draws the settings (output_dim 64 to 4822, scale 0.1 to 100, l2 10^-6 to 1, all logarithmic) and solves
each to its stated gap. The peer reads them from the leaderboard, and the projections from model files, so that
both sides have the same features of the same rows: RBFSampler + LinearSVC(dual=False), C = 1/(2 λ n).

LinearSVC penalises the bias and automl does not, which matters for strong penalties. So accuracies are compared
with a second turn of the peer in which the bias is nearly free (intercept_scaling 30).
"""

from ..boards import board, run_command
from ..measuring import Side, run

ID = "fixed-trials"
TITLE = "100 fixed random trials of quasi-svm, Wi-Fi, 1,600/400"
PAIRS = 1
REACH = {"LinearSVC(dual=False)": {"cpu": 40, "stretch": 80}}

SPLIT = "split: {method: stratified, validation: 0.2, test: 0}"

PIPELINE = """version: 1
name: %s
seed: 1
data: {source: %s, target: -1}
%s
preprocess: [{use: scale, with: {method: standard}}]
models:
  - use: quasi-svm
    with: %s
    tune: %s
search: {use: random, metric: accuracy, trials: %d}
refit: none
evaluate: {test: none}
"""

RANGES = """
      output_dim: {min: 64, max: 4822, log: true}
      scale: {min: 0.1, max: 100, log: true}
      l2: {min: 1.0e-6, max: 1.0, log: true}"""


def sides(workplace):
    table, folder = workplace.wifi(), workplace.folder("fixed-trials")
    search = workplace.pipeline(
        "fixed-trials",
        PIPELINE % ("fixed-trials", table, SPLIT, "{kernel: gaussian, loss: squared-hinge}", RANGES, 100))
    draws = write_draws(workplace, table)
    ours = Side(
        "automl", run_command(workplace.program, search, folder, workers=1),
        lambda _: accuracies(folder))
    # The peer needs the settings before its own turn.
    run(ours, workplace.cores)
    ours.costs.clear()
    ours.found.clear()
    return [
        ours,
        Side("LinearSVC(dual=False)", workplace.peer("fixed_trials", table, folder, draws, 1)),
        Side("LinearSVC, free bias", workplace.peer("fixed_trials", table, folder, draws, 30)),
    ]


def write_draws(workplace, table):
    """Model files that hold the projections and the phases of the study's seed."""
    folder = workplace.folder("draws")
    for name, kernel in [("weights", "gaussian"), ("phases", "random-normal")]:
        pipeline = workplace.pipeline(
            name,
            PIPELINE % (name, table, SPLIT, f"{{kernel: {kernel}, output_dim: 4822, scale: 1, l2: 1}}", "{}", 1))
        run(Side(name, run_command(workplace.program, pipeline, folder / name), lambda _: {}),
            workplace.cores)
    return folder


def accuracies(folder):
    entries = sorted(board(folder)["entries"], key=lambda entry: entry["trial"])
    found = {entry["trial"]: entry["validation"]["accuracy"] for entry in entries if entry["trial"] > 0}
    return {"accuracy": max(found.values()), "trials": len(found), "all": found}


def notes(sides):
    """How far the accuracies of the same problem are from each other, trial by trial."""
    mine, theirs = sides[0].found[-1]["all"], sides[-1].found[-1]["all"]
    differences = {trial: mine[trial] - theirs[str(trial)] for trial in mine}
    worst = max(differences, key=lambda trial: abs(differences[trial]))
    return (f"free bias: largest difference of a trial's accuracy {differences[worst]:+.4f} (trial {worst}), "
            f"{sum(abs(d) > 0.01 for d in differences.values())} of {len(differences)} over 0.01")

"""How the time of a run grows with rows, random features and trials.

Each point is the CPU time of a whole process; the slope on logarithmic axes is the exponent of growth, by
least squares over the upper half of the points, where the constant part of a run no longer counts.
"""

import math
import pathlib

from .boards import run_command
from .measuring import Side, run

FACTORS = {
    "rows": ("rows n, at D = 256", [10**exponent for exponent in (3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5, 7)]),
    "output_dim": ("random features D, at n = 10,000", [2**exponent for exponent in range(6, 14)]),
    "trials": ("trials, at n = 2,000", [10, 30, 100, 300, 1000]),
}

PIPELINE = """version: 1
name: growth
seed: 1
data: {source: %s, target: room}
split: {method: stratified, validation: 0.2, test: 0}
preprocess: [{use: scale, with: {method: standard}}]
models:
  - use: quasi-svm
    with: {kernel: gaussian, loss: squared-hinge%s}
    tune: %s
search: {use: %s, metric: accuracy, trials: %d}
refit: none
evaluate: {test: none}
"""

RANGES = """
      output_dim: {min: 64, max: 4822, log: true}
      scale: {min: 0.1, max: 100, log: true}
      l2: {min: 1.0e-6, max: 1.0, log: true}"""


def measure(workplace, only=None):
    """CPU seconds and peak bytes by factor and value."""
    found = {}
    for factor, (_, values) in FACTORS.items():
        if only in (None, factor):
            found[factor] = [(int(value), *point(workplace, factor, int(value))) for value in values]
    return found


def point(workplace, factor, value):
    rows = {"rows": value, "output_dim": 10_000, "trials": 2_000}[factor]
    table = workplace.rooms(rows)
    if factor == "trials":
        text = PIPELINE % (table, "", RANGES, "tpe", value)
    else:
        output_dim = value if factor == "output_dim" else 256
        text = PIPELINE % (table, f", output_dim: {output_dim}, scale: 1.87, l2: 1.0e-5", "{}", "random", 1)
    folder = workplace.folder(f"growth-{factor}-{value}")
    pipeline = workplace.pipeline(f"growth-{factor}-{value}", text)
    side = Side(f"{factor} {value}", run_command(workplace.program, pipeline, folder, workers=1), lambda _: {})
    run(side, workplace.cores)
    return side.costs[0].cpu, side.costs[0].memory


def slope(points):
    """The exponent of growth over the upper half of the points."""
    upper = points[len(points) // 2:]
    x = [math.log(value) for value, *_ in upper]
    y = [math.log(cpu) for _, cpu, _ in upper]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    return sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x)


def draw(found, path):
    """Writes the plots, one beside the other, as SVG."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "growth"
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, len(found), figsize=(4 * len(found), 3.2), squeeze=False)
    for axis, (factor, points) in zip(axes[0], found.items()):
        axis.loglog([value for value, *_ in points], [cpu for _, cpu, _ in points], marker="o")
        axis.set_xlabel(FACTORS[factor][0])
        axis.set_ylabel("CPU seconds of the process")
        axis.set_title(f"slope {slope(points):.2f}")
        axis.grid(True, which="major", alpha=0.3)
    figure.tight_layout()
    figure.savefig(pathlib.Path(path), metadata={"Date": None})

"""Q-MNIST: 4,096 random Fourier features and a linear head, trained on 48,000 of MNIST's training rows.

The accuracy is that of the final model on the test rows, which nothing was chosen by. The peer is the reference:
Keras 2.15, hinge, Adam, 30 epochs, batches of 128.
"""

import statistics

from ..boards import run_command, test_accuracy
from ..measuring import Side
from ..workplace import FOLDER

ID = "q-mnist"
TITLE = "Q-MNIST, D = 4096, final test accuracy"
PAIRS = 1
REACH = {"automl": {"cpu_seconds": 7.5, "stretch": 4}}
PIPELINE = "mnist-kernel.yaml"
KERAS = "q"


SEEDS = range(1, 6)


def sides(workplace):
    mnist, folder = workplace.mnist(), workplace.folder(ID)
    return mnist_sides(workplace, mnist, folder, PIPELINE, KERAS)


def mnist_sides(workplace, mnist, folder, pipeline, keras):
    def run(seed):
        name = "automl" if seed == 1 else f"automl, seed {seed}"
        own = folder / f"seed-{seed}"
        command = run_command(
            workplace.program, FOLDER / pipeline, own, f"data.source={mnist / 'train.csv'}",
            f"data.test={mnist / 'test.csv'}", "data.target=digit", f"seed={seed}")
        return Side(name, command, lambda _: test_accuracy(own))

    return [*map(run, SEEDS), Side("Keras 2.15", workplace.peer("mnist", mnist, keras))]


def notes(sides):
    """The mean over the seeds: one seed says little about the fourth digit."""
    accuracies = [side.found[-1]["accuracy"] for side in sides if side.name.startswith("automl")]
    return f"mean test accuracy of {len(accuracies)} seeds: {statistics.mean(accuracies):.4f}"

"""Q-MNIST: 4,096 random Fourier features and a linear head, trained on 48,000 of MNIST's training rows.

The accuracy is that of the final model on the test rows, which nothing was chosen by. The peer is the reference:
Keras 2.15, hinge, Adam, 30 epochs, batches of 128.
"""

from ..boards import run_command, test_accuracy
from ..measuring import Side
from ..workplace import FOLDER

ID = "q-mnist"
TITLE = "Q-MNIST, D = 4096, final test accuracy"
PAIRS = 1
REACH = {"automl": {"cpu_seconds": 7.5, "stretch": 4}}
PIPELINE = "mnist-kernel.yaml"
KERAS = "q"


def sides(workplace):
    mnist, folder = workplace.mnist(), workplace.folder(ID)
    return mnist_sides(workplace, mnist, folder, PIPELINE, KERAS)


def mnist_sides(workplace, mnist, folder, pipeline, keras):
    command = run_command(
        workplace.program, FOLDER / pipeline, folder, f"data.source={mnist / 'train.csv'}",
        f"data.test={mnist / 'test.csv'}", "data.target=digit")
    return [
        Side("automl", command, lambda _: test_accuracy(folder)),
        Side("Keras 2.15", workplace.peer("mnist", mnist, keras)),
    ]

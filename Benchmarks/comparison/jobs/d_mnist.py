"""D-MNIST: a network of 128-64-32-16 rectified units under a linear SVM head; otherwise as Q-MNIST."""

from .q_mnist import mnist_sides, notes

ID = "d-mnist"
TITLE = "D-MNIST, 128-64-32-16 and an SVM head, final test accuracy"
PAIRS = 1
REACH = {"Keras 2.15": {"cpu": 10, "stretch": 20}}


def sides(workplace):
    return mnist_sides(
        workplace, workplace.mnist(), workplace.folder(ID), "mnist-deep.yaml", "d")

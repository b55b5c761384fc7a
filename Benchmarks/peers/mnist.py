"""The two models of the reference question in Keras 2.15: mnist.py MNIST q|d.

MNIST is a folder with train.csv and test.csv. Thirty epochs of Adam with batches of 128 on the first four fifths
of the rows, as in the original; the pixels are divided by 255.
"""

import json
import pathlib
import sys

import numpy as np
import polars
import tensorflow as tf


def read(path):
    values = polars.read_csv(path).to_numpy()
    return (values[:, :-1] / 255).astype("float32"), values[:, -1].astype(int)


def model(kind):
    layers = tf.keras.layers
    if kind == "q":
        return tf.keras.Sequential([
            layers.experimental.RandomFourierFeatures(4096, scale=10.0, kernel_initializer="gaussian"),
            layers.Dense(10),
        ])
    return tf.keras.Sequential(
        [layers.Dense(units, activation="relu") for units in (128, 64, 32, 16)]
        + [layers.Dense(10, kernel_regularizer=tf.keras.regularizers.l2(0.01))])


def main():
    folder, kind = pathlib.Path(sys.argv[1]), sys.argv[2]
    tf.keras.utils.set_random_seed(1)
    features, labels = read(folder / "train.csv")
    test, test_labels = read(folder / "test.csv")
    learner = model(kind)
    learner.compile(optimizer="adam", loss="hinge", metrics=["accuracy"])
    learner.fit(
        features, tf.keras.utils.to_categorical(labels, 10), epochs=30, batch_size=128,
        validation_split=0.2, verbose=0)
    predicted = learner.predict(test, batch_size=1024, verbose=0).argmax(axis=1)
    print(json.dumps({"accuracy": float((predicted == test_labels).mean())}))


if __name__ == "__main__":
    main()

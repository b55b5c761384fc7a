"""Optuna's TPE over a kernel machine on random features: search.py TABLE RUN sgd|keras.

RUN is a folder of an automl run, for the rows of each part. One hundred trials, seed 1, one at a time.
"""

import json
import pathlib
import sys
import warnings

import numpy as np
import optuna

from rows import read_wifi, run_parts, standardised


def sgd_accuracy(data, output_dim, scale, l2):
    from sklearn.kernel_approximation import RBFSampler
    from sklearn.linear_model import SGDClassifier
    from sklearn.pipeline import make_pipeline

    train, train_labels, validation, validation_labels = data
    model = make_pipeline(
        RBFSampler(gamma=1 / (2 * scale**2), n_components=output_dim, random_state=1),
        SGDClassifier(loss="squared_hinge", alpha=2 * l2, random_state=1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(train, train_labels).score(validation, validation_labels)


def keras_accuracy(data, output_dim, scale, l2):
    import tensorflow as tf

    train, train_labels, validation, validation_labels = data
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(1)
    classes = np.unique(train_labels)
    model = tf.keras.Sequential([
        tf.keras.layers.experimental.RandomFourierFeatures(
            output_dim, scale=scale, kernel_initializer="gaussian"),
        # Keras' hinge is a mean over classes of unnormalised features: see the README on λ.
        tf.keras.layers.Dense(
            len(classes), kernel_regularizer=tf.keras.regularizers.l2(l2 * output_dim / (2 * len(classes)))),
    ])
    model.compile(optimizer="adam", loss="hinge")
    model.fit(train, (train_labels[:, None] == classes).astype("float32"), epochs=30, batch_size=128, verbose=0)
    predicted = classes[model.predict(validation, verbose=0).argmax(axis=1)]
    return float((predicted == validation_labels).mean())


def main():
    table, run, kind = sys.argv[1:]
    features, labels = read_wifi(pathlib.Path(table))
    parts = run_parts(run)
    train, validation = standardised(features, parts["train"], parts["validation"])
    data = train, labels[parts["train"]], validation, labels[parts["validation"]]
    accuracy = {"sgd": sgd_accuracy, "keras": keras_accuracy}[kind]

    def objective(trial):
        return accuracy(
            data, trial.suggest_int("output_dim", 64, 4822, log=True),
            trial.suggest_float("scale", 0.1, 100, log=True), trial.suggest_float("l2", 1e-6, 1, log=True))

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=1))
    study.optimize(objective, n_trials=100)
    print(json.dumps({"accuracy": study.best_value, "trials": len(study.trials)}))


if __name__ == "__main__":
    main()

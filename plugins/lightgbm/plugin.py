"""Gradient-boosted trees: LightGBM behind automl's protocol."""

import re

from automl_plugin import Refusal, serve

import lightgbm
import numpy


def fit(data, parameters, training):
    rows = numpy.asarray(data.features)
    if rows.shape[1] == 0:
        raise Refusal("LightGBM needs at least one column")
    settings = dict(parameters)
    rounds = settings.pop("num_iterations")
    # Whatever draws at random draws from the seed, and sums are made in one order for any number of threads.
    settings.update(
        objective="binary" if data.classes == 2 else "multiclass",
        num_class=1 if data.classes == 2 else data.classes,
        bagging_freq=1 if settings["bagging_fraction"] < 1 else 0,
        seed=training.trial_seed,
        deterministic=True,
        force_row_wise=True,
        num_threads=training.threads,
        verbosity=-1,
    )
    dataset = lightgbm.Dataset(
        rows,
        label=numpy.asarray(data.labels),
        weight=None if data.weights is None else numpy.asarray(data.weights),
        params={"verbosity": -1, "max_bin": settings["max_bin"], "min_data_in_leaf": settings["min_data_in_leaf"]},
    )
    try:
        booster = lightgbm.train(settings, dataset, num_boost_round=rounds)
    except lightgbm.basic.LightGBMError as error:
        raise Refusal(f"LightGBM: {error}") from error
    training.stopping = "budget"
    training.iterations = booster.current_iteration()
    training.trainable_parameters = sum(int(count) for count in re.findall(r"\nnum_leaves=(\d+)", text(booster)))
    return booster


def scores(booster, features):
    """Raw scores: logits, of class 1 against class 0 where there are two."""
    raw = booster.predict(numpy.asarray(features), raw_score=True, num_threads=1)
    return raw if raw.ndim == 2 else numpy.column_stack([-raw / 2, raw / 2])


def text(booster):
    # The number of threads is no part of a model.
    return re.sub(r"\n\[num_threads: \d+\]", "", booster.model_to_string(num_iteration=-1))


def save(booster):
    return text(booster).encode()


def load(content):
    return lightgbm.Booster(model_str=content.decode(), params={"verbosity": -1})


serve(fit, scores, save, load)

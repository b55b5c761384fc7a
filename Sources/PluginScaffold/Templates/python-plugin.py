"""MY-MODEL: each row belongs to the class whose mean is nearest."""

from automl_plugin import Refusal, serve


def fit(data, parameters, training):
    """Learns from rows (data.features), their classes (data.labels) and how much they count (data.weights)."""
    columns = data.features.column_count
    if columns == 0:
        raise Refusal("a table without columns has no means")
    weights = data.weights or [1.0] * len(data.labels)
    totals = [0.0] * data.classes
    sums = [[0.0] * columns for _ in totals]
    for row, label, weight in zip(data.features, data.labels, weights):
        totals[label] += weight
        for column, value in enumerate(row):
            sums[label][column] += weight * value

    smoothing = parameters["smoothing"]  # declared in plugin.yaml
    overall = [sum(values) / sum(totals) for values in zip(*sums)]
    means = [
        [(value + smoothing * middle) / (total + smoothing) for value, middle in zip(row, overall)]
        for row, total in zip(sums, totals)
    ]
    training.trainable_parameters = data.classes * columns
    return {"means": means}  # whatever JSON can hold; print() goes to the log


def scores(model, features):
    """Scores rows: a list of one number for each class, all finite; the largest wins."""
    return [
        [-sum((value - centre) ** 2 for value, centre in zip(row, mean)) / 2 for mean in model["means"]]
        for row in features
    ]


serve(fit, scores)

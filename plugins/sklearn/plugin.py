"""Any classifier of scikit-learn behind automl's protocol."""

import importlib
import io
import json
import warnings
import zipfile

from automl_plugin import Refusal, serve

import numpy
import skops.io

# The words of `classifier` in plugin.yaml, and where they lie.
CLASSIFIERS = {
    "ada-boost": "ensemble.AdaBoostClassifier",
    "bagging": "ensemble.BaggingClassifier",
    "bernoulli-nb": "naive_bayes.BernoulliNB",
    "decision-tree": "tree.DecisionTreeClassifier",
    "extra-tree": "tree.ExtraTreeClassifier",
    "extra-trees": "ensemble.ExtraTreesClassifier",
    "gaussian-nb": "naive_bayes.GaussianNB",
    "gaussian-process": "gaussian_process.GaussianProcessClassifier",
    "gradient-boosting": "ensemble.GradientBoostingClassifier",
    "hist-gradient-boosting": "ensemble.HistGradientBoostingClassifier",
    "k-neighbors": "neighbors.KNeighborsClassifier",
    "label-propagation": "semi_supervised.LabelPropagation",
    "label-spreading": "semi_supervised.LabelSpreading",
    "linear-discriminant-analysis": "discriminant_analysis.LinearDiscriminantAnalysis",
    "linear-svc": "svm.LinearSVC",
    "logistic-regression": "linear_model.LogisticRegression",
    "mlp": "neural_network.MLPClassifier",
    "multinomial-nb": "naive_bayes.MultinomialNB",
    "nearest-centroid": "neighbors.NearestCentroid",
    "nu-svc": "svm.NuSVC",
    "perceptron": "linear_model.Perceptron",
    "quadratic-discriminant-analysis": "discriminant_analysis.QuadraticDiscriminantAnalysis",
    "random-forest": "ensemble.RandomForestClassifier",
    "ridge": "linear_model.RidgeClassifier",
    "sgd": "linear_model.SGDClassifier",
    "svc": "svm.SVC",
}

# Parameters of plugin.yaml are in small letters.
NAMES = {"c": "C"}

# The least probability that has a logarithm worth telling.
LEAST = 1e-12


def fit(data, parameters, training):
    rows = numpy.asarray(data.features, dtype=float)
    if rows.shape[1] == 0:
        raise Refusal("scikit-learn needs at least one column")
    classifier = make(parameters, training)
    arguments = {}
    if data.weights is not None:
        arguments["sample_weight"] = numpy.asarray(data.weights, dtype=float)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            classifier.fit(rows, numpy.asarray(data.labels), **arguments)
    except (TypeError, ValueError) as error:  # how scikit-learn refuses data and arguments
        raise Refusal(f"{type(classifier).__name__}: {error}") from error
    training.stopping = "budget"
    training.warnings = sorted({" ".join(str(warning.message).split()) for warning in caught})
    return {"classifier": classifier, "classes": data.classes}


def make(parameters, training):
    """The classifier with the arguments that were given; random_state comes from the trial's seed."""
    module, name = CLASSIFIERS[parameters["classifier"]].split(".")
    kind = getattr(importlib.import_module("sklearn." + module), name)
    known = kind().get_params()
    arguments = {NAMES.get(word, word): value for word, value in parameters.items() if value != "auto"}
    arguments = {name: value for name, value in arguments.items() if name in known}
    arguments.update(parameters["arguments"])
    if "random_state" in known:
        arguments.setdefault("random_state", training.trial_seed)
    if unknown := sorted(set(arguments) - set(known)):
        raise Refusal(f"{name} has no argument '{unknown[0]}'; it has: {', '.join(sorted(known))}")
    return kind(**arguments)


def scores(model, features):
    """Logarithms of probabilities where there are any, otherwise decision values; a column for each class."""
    classifier, rows = model["classifier"], numpy.asarray(features, dtype=float)
    if hasattr(classifier, "predict_proba"):
        known = numpy.log(numpy.maximum(classifier.predict_proba(rows), LEAST))
    else:
        known = classifier.decision_function(rows)
        if known.ndim == 1:
            known = numpy.column_stack([-known / 2, known / 2])
    # A class without training rows is behind all others.
    all_classes = numpy.tile(known.min(axis=1, keepdims=True) - 10, (1, model["classes"]))
    all_classes[:, classifier.classes_] = known
    return all_classes


def save(model):
    """The model as skops writes it: types and arrays, no code. Numbers of objects and times are made equal."""
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as written:
        schema = json.loads(written.read("schema.json"))
        content = {name: written.read(name) for name in written.namelist()}
    names, numbers = {}, {}
    canonical(schema, names, numbers)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        entries = {"schema.json": json.dumps(schema, separators=(",", ":")).encode()}
        entries.update({new: content[old] for old, new in names.items()})
        for name, entry in entries.items():
            archive.writestr(zipfile.ZipInfo(name), entry, zipfile.ZIP_DEFLATED, 1)
    return target.getvalue()


def canonical(node, names, numbers):
    """Numbers objects and files in the order of the schema, instead of by their place in memory."""
    if isinstance(node, list):
        for element in node:
            canonical(element, names, numbers)
    elif isinstance(node, dict):
        if "__id__" in node:
            node["__id__"] = numbers.setdefault(node["__id__"], len(numbers))
        if isinstance(node.get("file"), str):
            ending = node["file"].rpartition(".")[2]
            node["file"] = names.setdefault(node["file"], f"{len(names)}.{ending}")
        for element in node.values():
            canonical(element, names, numbers)


def load(content):
    try:
        types = skops.io.get_untrusted_types(data=content)
        # Of a model file that someone else made nothing but scikit-learn's own types is taken.
        trusted = [name for name in types if name.startswith("sklearn.")]
        return skops.io.loads(content, trusted=trusted)
    except Exception as error:
        raise Refusal(f"the state of the model can't be read: {error}") from error


serve(fit, scores, save, load)

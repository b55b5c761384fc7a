"""The protocol between automl and a plugin in Python, version 1: plugins/PROTOCOL.md.

A plugin calls `serve` with functions of its own:

    fit(data, parameters, training) -> model
    scores(model, features) -> a row of `classes` numbers for each row, the largest wins
    save(model) -> bytes, and load(bytes) -> model; only for models that JSON can't hold

`data` has features (rows of numbers), labels (0..<classes), classes, weights (or None) and columns (names, kinds and
origins). `parameters` is a dictionary. `training` has the seeds study_seed and trial_seed, the only randomness, threads,
epochs (how many to run exactly, or None), monitor (rows to watch, or None), and report. Whoever can't train on what it is
given raises `Refusal` with a reason. print() goes to the log.
"""

import sys

# A plugin called random.py must not hide the module random.
sys.path.append(sys.path.pop(0))

import array
import hashlib
import json
import os
import struct
import traceback

if sys.byteorder != "little":
    sys.exit("automl_plugin: arrays are little-endian, and this machine is not")


class Refusal(Exception):
    """A plugin can't do what it is asked, for a reason that a person understands."""


class Rows:
    """Rows of numbers: a sequence of lists of floats; numpy.asarray takes them without copying."""

    def __init__(self, content, row_count, column_count):
        self._content = content
        self._values = memoryview(content).cast("f")
        self.row_count, self.column_count = row_count, column_count

    def __len__(self):
        return self.row_count

    def __getitem__(self, row):
        if not 0 <= row < self.row_count:
            raise IndexError(row)
        return self._values[row * self.column_count : (row + 1) * self.column_count].tolist()

    def __array__(self, dtype=None, copy=None):
        import numpy

        values = numpy.frombuffer(self._content, dtype="<f4")
        return numpy.array(values.reshape(self.row_count, self.column_count), dtype=dtype, copy=copy)


class Data:
    """A matrix with what is known about its rows and columns."""

    def __init__(self, request, arrays):
        shape = request["arrays"][0]["shape"]
        self.features = Rows(arrays["features"], *shape)
        self.labels = memoryview(arrays["labels"]).cast("i") if "labels" in arrays else None
        self.weights = memoryview(arrays["weights"]).cast("f") if "weights" in arrays else None
        self.classes = request.get("classes", 0)
        self.columns = request.get("columns", [])


class Training:
    """What one training may use, and what it tells besides the model."""

    def __init__(self, request, monitor, channel):
        self.study_seed, self.trial_seed = request["study_seed"], request["trial_seed"]
        self.threads = request.get("threads", 1)
        self.epochs = request.get("epochs")
        self.monitor = monitor
        self.trainable_parameters = 0
        self.stopping = "converged"  # or "budget", "early"
        self.objective = self.iterations = self.best_epoch = None
        self.warnings = []
        self._channel = channel

    def report(self, epoch, loss, accuracy, monitor_loss=None, monitor_accuracy=None):
        """Reports an epoch, counted from 1; False means to end with what there is."""
        figures = {
            "epoch": epoch,
            "training_loss": loss,
            "training_accuracy": accuracy,
            "monitor_loss": monitor_loss,
            "monitor_accuracy": monitor_accuracy,
        }
        self._channel.write({"report": {name: value for name, value in figures.items() if value is not None}})
        answer, _ = self._channel.read()
        return answer["verb"] != "stop"

    def _answer(self):
        names = ("trainable_parameters", "stopping", "objective", "iterations", "best_epoch", "warnings")
        told = {name: getattr(self, name) for name in names}
        return {"ok": "fit", **{name: value for name, value in told.items() if value is not None}}


class Channel:
    """Messages: a line of JSON each, with arrays behind it."""

    def __init__(self):
        self._input = os.fdopen(os.dup(0), "rb")
        self._output = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # what a plugin prints goes to the log

    def read(self):
        line = self._input.readline()
        if not line:
            sys.exit()
        message = json.loads(line)
        arrays = {}
        for entry in message.get("arrays", []):
            (size,) = struct.unpack("<Q", self._input.read(8))
            arrays[entry["name"]] = self._input.read(size)
        return message, arrays

    def write(self, message, name=None, kind=None, shape=None, content=b""):
        if name:
            message = {**message, "arrays": [{"name": name, "type": kind, "shape": shape}]}
        self._output.write(json.dumps(message, separators=(",", ":"), allow_nan=False).encode() + b"\n")
        if name:
            self._output.write(struct.pack("<Q", len(content)))
            self._output.write(content)
        self._output.flush()


class Plugin:
    """Answers requests by the functions of a plugin."""

    def __init__(self, fit, scores, save, load):
        self.fit, self.scores, self.save, self.load = fit, scores, save, load
        self.data, self.models = {}, {}
        self.channel = Channel()

    def run(self):
        while True:
            request, arrays = self.channel.read()
            verb = request["verb"]
            if verb == "bye":
                return
            method = getattr(self, "on_" + verb, None)
            if method is None:
                self.channel.write({"unsupported": verb})
                continue
            try:
                answer = method(request, arrays)
            except Refusal as refusal:
                answer = ({"error": one_line(str(refusal))},)
            except Exception as error:
                traceback.print_exc()
                answer = ({"error": one_line(f"{type(error).__name__}: {error}"), "fault": True},)
            self.channel.write(*answer)

    def on_hello(self, request, arrays):
        return ({"ok": "hello", "protocol": 1},)

    def on_data(self, request, arrays):
        self.data[request["data"]] = Data(request, arrays)
        return ({"ok": "data"},)

    def on_fit(self, request, arrays):
        data = self.data[request["data"]]
        training = Training(request, self.data.get(request.get("monitor")), self.channel)
        model = self.fit(data, request["parameters"], training)
        self.models[request["model"]] = (model, data.classes)
        return (training._answer(),)

    def on_save(self, request, arrays):
        model, _ = self.models[request["model"]]
        content = self.save(model)
        state = {"sha256": hashlib.sha256(content).hexdigest()}
        return {"ok": "save", "state": state}, "model", "u8", [len(content)], content

    def on_load(self, request, arrays):
        content = arrays.get("model", b"")
        digest = (request.get("state") or {}).get("sha256")
        if digest != hashlib.sha256(content).hexdigest():
            raise Refusal("the state of the model is damaged")
        self.models[request["model"]] = (self.load(content), request["classes"])
        return ({"ok": "load"},)

    def on_scores(self, request, arrays):
        model, classes = self.models[request["model"]]
        rows = self.data[request["data"]].features
        content = b"" if len(rows) == 0 else floats(self.scores(model, rows))
        return {"ok": "scores"}, "scores", "f32", [len(rows), len(content) // 4 // max(1, len(rows)) or classes], content


def floats(rows):
    """The bytes of rows of numbers, as float32."""
    if hasattr(rows, "astype"):
        return rows.astype("<f4", order="C").tobytes()
    return array.array("f", [value for row in rows for value in row]).tobytes()


def one_line(text):
    return " ".join(text.split()) or "no reason is given"


def to_json(model):
    return json.dumps(model, separators=(",", ":"), allow_nan=False).encode()


def serve(fit, scores, save=to_json, load=json.loads):
    """Answers the requests of automl until it says goodbye."""
    Plugin(fit, scores, save, load).run()

"""Times predictions of models and of their ONNX exports, with one thread each.

    .venv/bin/python Benchmarks/export-speed.py RUN...

RUN is a run folder or a model file. Needs `swift build -c release`. CPU time: of `predict-speed` for automl, which
gets features; of onnxruntime from raw columns, with the rows of the parity file over and over. Batches of 1,000
rows, and rows alone; the best of 20.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnxruntime

BUILD = pathlib.Path(__file__).resolve().parent.parent / ".build/release"
BATCH = 1_000


def best(work, repetitions=20):
    """The least CPU seconds of some repetitions."""
    seconds = []
    for _ in range(repetitions):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return min(seconds)


def columns(parity, count):
    """Raw columns of `count` rows."""
    feeds = {}
    for column in json.loads(parity.read_text())["columns"]:
        if column["kind"] == "number":
            values = [np.nan if value is None else value for value in column["values"]]
            values = np.array(values, np.float64)
        else:
            values = np.array(["" if value is None else value for value in column["values"]], object)
        feeds[column["name"]] = np.resize(values, count)
    return feeds


def onnx(folder):
    """Rows a CPU second in batches, and microseconds of a row alone."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(folder / "m.onnx", options)
    many, one = (columns(folder / "m.parity.json", count) for count in (BATCH, 1))
    together = best(lambda: session.run(None, many))
    alone = best(lambda: [session.run(None, one) for _ in range(200)])
    return BATCH / together, alone / 200 * 1e6


def main():
    print("model, automl: rows a CPU second, a row alone; onnxruntime: the same")
    for run in map(pathlib.Path, sys.argv[1:]):
        model = run / "best.safetensors" if run.is_dir() else run
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            export = ["export", model, "--format", "onnx", "--output", folder / "m.onnx"]
            subprocess.run([BUILD / "automl", *export], check=True, stderr=subprocess.DEVNULL)
            rate, alone = onnx(folder)
        output = subprocess.check_output([BUILD / "predict-speed", model, str(BATCH)], text=True)
        own = json.loads(output)
        print(
            f"{run.name}: {own['rows_per_cpu_second']:,} {own['single_row_microseconds']:.1f} us; "
            f"{rate:,.0f} {alone:.1f} us"
        )


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()

"""Prediction speed of the same random-feature machine elsewhere: predict.py MODEL onnx|sklearn.

MODEL is an automl model file with 1,024 Gaussian features. One thread.
"""

import json
import os
import sys
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
from safetensors.numpy import load_file

BATCH = 8192


def onnx_scores(tensors):
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    weights, head, bias = cosines(tensors)
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["p"]), helper.make_node("Add", ["p", "b"], ["q"]),
        helper.make_node("Cos", ["q"], ["c"]), helper.make_node("MatMul", ["c", "v"], ["r"]),
        helper.make_node("Add", ["r", "a"], ["s"])]
    constants = {"w": weights[0], "b": weights[1], "v": head, "a": bias}
    graph = helper.make_graph(
        nodes, "machine", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, len(weights[0])])],
        [helper.make_tensor_value_info("s", TensorProto.FLOAT, [None, len(bias)])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    return lambda rows: session.run(None, {"x": rows})[0]


def sklearn_scores(tensors):
    from sklearn.kernel_approximation import RBFSampler
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    (weights, offsets), head, bias = cosines(tensors)
    sampler = RBFSampler(n_components=len(offsets)).fit(np.zeros((1, len(weights)), np.float32))
    sampler.random_weights_, sampler.random_offset_ = weights, offsets
    machine = LinearSVC().fit(np.eye(len(bias), len(offsets)), range(len(bias)))
    machine.coef_, machine.intercept_ = head.T * np.sqrt(len(offsets) / 2), bias
    return make_pipeline(sampler, machine).decision_function


def cosines(tensors):
    """Projections and phases of single cosines, and the head for cosines of amplitude 1."""
    draws = tensors["features.weight"]
    pairs = len(draws)
    weights = np.repeat(draws, 2, axis=0).T / np.float32(1.87)
    offsets = np.tile(np.array([0, -np.pi / 2], np.float32), pairs)
    head = tensors["head.weight"].reshape(-1, 2 * pairs).T * np.float32(np.sqrt(1 / pairs))
    return (weights.astype(np.float32), offsets), head.astype(np.float32), tensors["head.bias"]


def main():
    scores = {"onnx": onnx_scores, "sklearn": sklearn_scores}[sys.argv[2]](load_file(sys.argv[1]))
    rows = np.random.default_rng(1).standard_normal((BATCH, 7)).astype(np.float32)
    scores(rows)
    start, repeats = time.process_time(), 0
    while time.process_time() - start < 2:
        scores(rows)
        repeats += 1
    rate = BATCH * repeats / (time.process_time() - start)
    start, singles = time.process_time(), 0
    while time.process_time() - start < 1:
        for row in range(1000):
            scores(rows[row:row + 1])
        singles += 1000
    single = (time.process_time() - start) / singles
    print(json.dumps({
        "million_rows_per_cpu_second": rate / 1e6, "single_row_microseconds": single * 1e6}))


if __name__ == "__main__":
    main()

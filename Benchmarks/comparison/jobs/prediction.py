"""Prediction in process, D = 1024: batches of 8,192 rows, and single rows.

onnxruntime and scikit-learn compute the same graph (projection, cosine, four scores), one thread each.
"""

from ..boards import run_command
from ..measuring import Side, run
from .fixed_trials import PIPELINE, SPLIT

ID = "prediction"
TITLE = "prediction in process, D = 1024, batches of 8,192 rows and single rows"
PAIRS = 3
REACH = {"automl": {"rows_per_cpu_second": 1.8e6, "single_row_microseconds": 5}}


def sides(workplace):
    folder = workplace.folder(ID)
    pipeline = workplace.pipeline(
        ID, PIPELINE % (ID, workplace.wifi(), SPLIT, "{kernel: gaussian, output_dim: 1024, scale: 1.87}", "{}", 1))
    run(Side("model", run_command(workplace.program, pipeline, folder), lambda _: {}), workplace.cores)
    model = folder / "best.safetensors"
    return [
        Side("automl", [workplace.tool("predict-speed"), model]),
        Side("onnxruntime", workplace.peer("predict", model, "onnx")),
        Side("scikit-learn", workplace.peer("predict", model, "sklearn")),
    ]

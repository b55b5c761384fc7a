"""How soon something happens: the program's start, and the whole of the main job."""

import sys

from ..boards import best_validation, run_command
from ..measuring import Side
from ..workplace import ROOT

ID = "start"
TITLE = "automl --version beside import sklearn; the whole of pipelines/tabular.yaml"
PAIRS = 5
REACH = {
    "automl --version": {"wall_seconds": 0.02, "stretch": 0.01},
    "automl run tabular.yaml": {"wall_seconds": 5, "stretch": 2},
}


def sides(workplace):
    folder = workplace.folder(ID)
    return [
        Side("automl --version", [workplace.program, "--version"], lambda _: {}),
        Side("import sklearn", [sys.executable, "-c", "import sklearn.svm"], lambda _: {}),
        Side("automl run tabular.yaml",
             run_command(workplace.program, ROOT / "pipelines/tabular.yaml", folder),
             lambda _: best_validation(folder)),
    ]

"""What a command costs as a whole process."""

import json
import os
import statistics
import subprocess
import tempfile
import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cost:
    """Seconds and bytes of one run."""

    wall: float
    cpu: float
    memory: int


@dataclass
class Side:
    """One competitor in a job.

    `command` is a list of arguments. `figures` turns what it printed on standard output into a dictionary of
    figures to show beside the costs, such as an accuracy.
    """

    name: str
    command: list
    figures: callable = lambda output: json.loads(output.strip().splitlines()[-1])
    costs: list = field(default_factory=list)
    found: list = field(default_factory=list)

    def median(self, name):
        return statistics.median(getattr(cost, name) for cost in self.costs)


def environment(cores):
    """The same number of threads for every library, and OpenBLAS free to choose its kernels."""
    threads = {name: str(cores) for name in (
        "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "POLARS_MAX_THREADS",
        "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")}
    inherited = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
    return inherited | threads | {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}


def run(side, cores):
    """Runs one side once and keeps its cost and figures."""
    allowed = sorted(os.sched_getaffinity(0))[:cores]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as messages:
        start = time.monotonic()
        process = subprocess.Popen(
            [str(argument) for argument in side.command], stdout=output, stderr=messages,
            env=environment(cores), preexec_fn=lambda: os.sched_setaffinity(0, allowed))
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        messages.seek(0)
        if process.returncode != 0:
            raise RuntimeError(
                f"{side.name}: exit {process.returncode}\n{messages.read()[-2000:]}")
        side.costs.append(
            Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024))
        side.found.append(side.figures(output.read()))


def alternate(sides, pairs, cores):
    """Runs the sides in turns, so that a slow minute of the machine meets all of them."""
    for turn in range(pairs):
        for side in sides if turn % 2 == 0 else reversed(sides):
            run(side, cores)

"""The program, the data, and a folder for what the jobs write."""

import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent.parent
ROOT = FOLDER.parent
PEERS = FOLDER / "peers"


class Missing(Exception):
    """Data that a job needs and that are not there."""


class Workplace:
    """Where the jobs find their inputs and leave their files."""

    def __init__(self, data, scratch, cores):
        self.data = pathlib.Path(data).resolve() if data else None
        self.scratch = pathlib.Path(scratch)
        self.cores = cores
        self.program = ROOT / ".build/release/automl"

    def build(self):
        """Builds the program and the tools of the benchmarks."""
        for product in ("automl", "make-rooms", "read-table", "predict-speed"):
            subprocess.run(
                ["swift", "build", "-c", "release", "--product", product], cwd=ROOT, check=True,
                stdout=sys.stderr)

    def tool(self, name):
        """An executable of the package beside the program."""
        return self.program.parent / name

    def peer(self, name, *arguments):
        """The command of a peer's script."""
        return [sys.executable, PEERS / f"{name}.py", *arguments]

    def folder(self, name):
        path = self.scratch / name
        path.mkdir(parents=True, exist_ok=True)
        return path

    def pipeline(self, name, text):
        """Writes a pipeline file."""
        path = self.folder("pipelines") / f"{name}.yaml"
        path.write_text(text)
        return path

    def wifi(self):
        """The UCI Wi-Fi table: tab-separated, no header, seven features, the room last."""
        return self.existing("wifi_localization.txt")

    def mnist(self):
        """The folder with MNIST's train.csv and test.csv."""
        target = self.scratch / "mnist"
        if not target.exists():
            subprocess.run(
                [sys.executable, FOLDER / "mnist-csv.py", self.existing("mnist"), target], check=True,
                stdout=sys.stderr)
        return target

    def rooms(self, rows):
        """A simulated table of so many rows."""
        path = self.scratch / f"rooms-{rows}.csv"
        if not path.exists():
            subprocess.run(
                [self.tool("make-rooms"), "--rows", str(rows), "--missing", "0",
                 "--output", path], check=True, stdout=sys.stderr)
        return path

    def existing(self, name):
        if self.data is None or not (self.data / name).exists():
            raise Missing(f"needs {name}: name the folder that holds it with --data")
        return self.data / name

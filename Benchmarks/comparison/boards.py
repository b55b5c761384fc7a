"""What an automl run left in its folder."""

import json
import pathlib


def board(folder):
    return json.loads((pathlib.Path(folder) / "leaderboard.json").read_text())


def best_validation(folder):
    """The best validation accuracy of a run, with the number of its trials."""
    entries = [entry for entry in board(folder)["entries"] if entry["status"] == "complete"]
    return {
        "accuracy": max(entry["validation"]["accuracy"] for entry in entries),
        "trials": len(entries) - 1,
    }


def test_accuracy(folder):
    """The test accuracy of the winner."""
    return {"accuracy": board(folder)["entries"][0]["test"]["accuracy"]}


def run_command(program, pipeline, folder, *settings, workers=None):
    """The command that runs a pipeline anew."""
    command = [program, "run", pipeline, "--quiet", "--fresh", "--output", folder]
    for setting in settings:
        command += ["--set", setting]
    return command + (["--workers", workers] if workers else [])

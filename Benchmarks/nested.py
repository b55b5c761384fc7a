"""How much the winner's validation figure promises beyond its test figure, and what the ensemble gains.

    .venv/bin/python Benchmarks/nested.py wifi TABLE [--splits 20] [--set KEY=VALUE]…
    .venv/bin/python Benchmarks/nested.py rooms [--tables 40] [--set KEY=VALUE]…

Each run of `pipelines/thorough.yaml` holds out a fifth of the rows, chooses by cross-validation on the rest, and tests
once. `wifi` takes a table without header whose last column is the label, and another split for each seed. `rooms`
simulates tables with `make-rooms`, each with another seed, and adds normal noise to all readings, of 0, 2, 4 or 6 dB.

--from N begins with the N-th run, --output FILE appends a line of JSON for each; a file that is there already gives its
runs to the summary and is gone on with. --set goes to `automl run`.
"""

import argparse
import csv
import json
import math
import pathlib
import random
import statistics
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = ROOT / ".build/release/automl"
NOISE = [0, 2, 4, 6]


def simulated(number, folder):
    """A table of rooms whose readings have noise of their own."""
    plain, noisy = folder / "plain.csv", folder / "rooms.csv"
    subprocess.run([ROOT / ".build/release/make-rooms", "--seed", str(number), "--output", plain], check=True)
    draws, deviation = random.Random(number), NOISE[number % len(NOISE)]
    with plain.open() as source, noisy.open("w", newline="") as target:
        rows = csv.reader(source)
        header = next(rows)
        readings = [name.startswith("ap_") for name in header]
        writer = csv.writer(target)
        writer.writerow(header)
        for row in rows:
            writer.writerow([
                f"{float(cell) + draws.gauss(0, deviation):.1f}" if is_reading and cell else cell
                for cell, is_reading in zip(row, readings)])
    return noisy, "room"


def figures(entry):
    return {"model": entry["model"], "validation": entry["validation"]["accuracy"], "test": entry["test"]["accuracy"]}


def run(table, target, seed, settings, folder):
    command = [PROGRAM, "run", ROOT / "pipelines/thorough.yaml", "--quiet", "--output", folder / "run"]
    for setting in [f"data.source={table}", f"data.target={target}", f"seed={seed}", *settings]:
        command += ["--set", setting]
    subprocess.run(command, check=True)
    board = json.loads((folder / "run/leaderboard.json").read_text())
    entries = [entry for entry in board["entries"] if entry["rank"]]
    ensemble = next((entry for entry in entries if entry["trial"] is None), None)
    return {
        "winner": figures(entries[0]),
        "single": figures(next(entry for entry in entries if entry["trial"] is not None)),
        # Where no other trial adds to the best, the ensemble is that trial.
        "ensemble": figures(ensemble) if ensemble else None,
    }


def with_error(values):
    error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
    return f"{statistics.mean(values):+.4f} (standard error {error:.4f})"


def summary(results):
    optimism = [result["winner"]["validation"] - result["winner"]["test"] for result in results]
    gain = [(result["ensemble"] or result["single"])["test"] - result["single"]["test"] for result in results]
    wins = sum(result["winner"]["model"] == "ensemble" for result in results)
    print(f"{len(results)} runs, the ensemble won {wins}")
    print("test accuracy of the winner", f"{statistics.mean(r['winner']['test'] for r in results):.4f}")
    print("winner's validation less test", with_error(optimism))
    print("ensemble's test less that of the best single model", with_error(gain))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=["wifi", "rooms"])
    parser.add_argument("table", nargs="?")
    parser.add_argument("--splits", type=int, default=20)
    parser.add_argument("--tables", type=int, default=40)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--set", action="append", default=[], dest="settings")
    options = parser.parse_args()
    done = {}
    if options.output and options.output.exists():
        done = {line["run"]: line for line in map(json.loads, options.output.read_text().splitlines())}
    last = options.splits if options.kind == "wifi" else options.tables
    for number in range(options.first, last + 1):
        if number in done:
            continue
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            table, target = (options.table, "-1") if options.kind == "wifi" else simulated(number, folder)
            done[number] = {"run": number, **run(table, target, number, options.settings, folder)}
        print(json.dumps(done[number]), flush=True)
        if options.output:
            with options.output.open("a") as file:
                file.write(json.dumps(done[number]) + "\n")
    summary([done[number] for number in sorted(done)])


if __name__ == "__main__":
    main()

"""Measures how the time of a run grows with rows, random features and trials, and plots it.

    python3 Benchmarks/growth.py [--scratch FOLDER] [--only rows|output_dim|trials] [--plot FILE.svg]
"""

import argparse
import os
import sys
import tempfile

from compare import ENVIRONMENT, FOLDER, install_peers


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--scratch", help="keep tables and runs in this folder")
    parser.add_argument("--only", help="one factor: rows, output_dim or trials")
    parser.add_argument("--plot", default=FOLDER / "growth.svg")
    options = parser.parse_args()
    from comparison import growth
    from comparison.workplace import Workplace

    with tempfile.TemporaryDirectory() as temporary:
        workplace = Workplace(None, options.scratch or temporary, cores=2)
        workplace.build()
        found = growth.measure(workplace, options.only)
    for factor, points in found.items():
        print(f"{factor}: slope {growth.slope(points):.2f}")
        for value, cpu, memory in points:
            print(f"  {value:>10,}  {cpu:8.2f} CPU-s  {memory / 2**20:7.0f} MiB")
    growth.draw(found, options.plot)


if __name__ == "__main__":
    if sys.prefix != str(ENVIRONMENT):
        install_peers()
        python = str(ENVIRONMENT / "bin/python")
        os.execv(python, [python, *sys.argv])
    main()

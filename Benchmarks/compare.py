"""Runs automl and its peers side by side on the same work, and prints what each cost.

    python3 Benchmarks/compare.py [JOB ...] [--data FOLDER] [--pairs N] [--output FILE]

Without JOB it runs all of them; `--list` names them. FOLDER holds `wifi_localization.txt` (UCI) and `mnist/`
(the four gzipped IDX files); a job whose data are not there is left out, with a message. The peers are
installed into `.venv-benchmarks`, the program is built. All sides get the same cores (`--cores`, two
unless told), take turns, and run without OPENBLAS_CORETYPE, so that OpenBLAS chooses its kernels itself.

Figures are medians over the pairs of turns: CPU seconds (user and system, whole processes with their
children), wall seconds and the peak of resident memory.
"""

import os
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).resolve().parent
ENVIRONMENT = FOLDER.parent / ".venv-benchmarks"


def install_peers():
    """Makes the peers' environment where it is missing or older than the requirements."""
    requirements, mark = FOLDER / "requirements.txt", ENVIRONMENT / "installed"
    if mark.exists() and mark.stat().st_mtime >= requirements.stat().st_mtime:
        return
    subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
    subprocess.run(
        [ENVIRONMENT / "bin/python", "-m", "pip", "install", "--quiet",
         "--disable-pip-version-check", "-r", requirements], check=True)
    mark.touch()


if __name__ == "__main__":
    install_peers()
    python = ENVIRONMENT / "bin/python"
    os.chdir(FOLDER)
    os.execv(python, [str(python), "-m", "comparison", *sys.argv[1:]])

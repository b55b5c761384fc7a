"""The command line of compare.py."""

import argparse
import json
import sys
import tempfile

from . import jobs, measuring, results
from .workplace import Missing, Workplace


def arguments():
    parser = argparse.ArgumentParser(prog="compare.py", description=__doc__)
    parser.add_argument("jobs", nargs="*", metavar="JOB", help="which jobs to run; all of them unless told")
    parser.add_argument("--list", action="store_true", help="name the jobs and end")
    parser.add_argument("--data", help="a folder with wifi_localization.txt and mnist/")
    parser.add_argument("--pairs", type=int, help="turns of each side; each job has its own default")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--only", help="run only the sides whose names begin so, such as automl")
    parser.add_argument("--skip-build", action="store_true", help="take the program as it was last built")
    parser.add_argument("--scratch", help="keep tables and runs in this folder")
    parser.add_argument("--output", help="write the results as JSON")
    return parser.parse_args()


def chosen(names):
    known = {job.ID: job for job in jobs.ALL}
    for name in names:
        if name not in known:
            sys.exit(f"there is no job '{name}'; there are: {', '.join(known)}")
    return [known[name] for name in names] or jobs.ALL


def run(job, workplace, options):
    sides = job.sides(workplace)
    if options.only:
        sides = [side for side in sides if side.name.startswith(options.only)]
    measuring.alternate(sides, options.pairs or job.PAIRS, workplace.cores)
    return sides


def main():
    options = arguments()
    if options.list:
        for job in jobs.ALL:
            print(f"{job.ID:14} {job.TITLE}")
        return
    with tempfile.TemporaryDirectory() as temporary:
        workplace = Workplace(options.data, options.scratch or temporary, options.cores)
        if not options.skip_build:
            workplace.build()
        report = {"machine": results.machine(workplace), "jobs": []}
        print("  ".join(f"{name} {value}" for name, value in report["machine"].items()), flush=True)
        for job in chosen(options.jobs):
            try:
                sides = run(job, workplace, options)
            except Missing as reason:
                print(f"\n{job.TITLE}: left out, {reason}", flush=True)
                continue
            report["jobs"].append(results.summary(job, sides, is_whole=not options.only))
            print("\n" + results.text(report["jobs"][-1]), flush=True)
    if options.output:
        with open(options.output, "w") as file:
            json.dump(report, file, indent=2)
            file.write("\n")


if __name__ == "__main__":
    main()

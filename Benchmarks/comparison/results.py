"""The results as a table for people and as JSON for programs."""

import datetime
import importlib.metadata
import platform
import subprocess

PEERS = ("scikit-learn", "optuna", "tensorflow-cpu", "polars", "onnxruntime", "numpy")


def machine(workplace):
    """What the figures depend on: processor, cores, versions."""
    model = next(
        (line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine())
    version = subprocess.run(
        [workplace.program, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    return {
        "date": datetime.date.today().isoformat(), "processor": model, "cores": workplace.cores,
        "automl": version, **{name: importlib.metadata.version(name) for name in PEERS},
    }


def summary(job, sides, is_whole=True):
    """The medians of a job's sides, and which of the targets were reached."""
    return {
        "job": job.ID, "title": job.TITLE, "turns": len(sides[0].costs),
        "sides": [
            {
                "name": side.name, "cpu_seconds": side.median("cpu"), "wall_seconds": side.median("wall"),
                "peak_bytes": side.median("memory"), "figures": shown(side),
            } for side in sides
        ],
        "targets": [
            line for name, wanted in job.REACH.items() for line in verdicts(sides, name, wanted)] if is_whole else [],
        "notes": job.notes(sides) if is_whole and hasattr(job, "notes") else None,
    }


def shown(side):
    return {name: value for name, value in side.found[-1].items() if name != "all"}


def verdicts(sides, name, wanted):
    """Compares what was reached with what was to be: ratios to a peer, or limits of our own."""
    ours, named = sides[0], next(side for side in sides if side.name == name)
    for key, goal in wanted.items():
        if key == "stretch":
            continue
        if key in ("cpu", "wall", "memory"):
            ratio = named.median(key) / ours.median(key)
            yield verdict(f"{key} of {name}", ratio, goal, "x less", ratio >= goal)
        elif key in ("cpu_seconds", "wall_seconds"):
            seconds = named.median(key.split("_")[0])
            yield verdict(f"{key} of {name}", seconds, goal, "s", seconds <= goal)
        else:
            value = named.found[-1][key]
            reached = value <= goal if key.endswith("microseconds") else value >= goal
            yield verdict(f"{key} of {name}", value, goal, "", reached)


def verdict(what, found, goal, unit, reached):
    return {"what": what, "found": found, "goal": goal, "unit": unit, "reached": reached}


def text(result):
    """A job's result for the terminal."""
    lines = [f"{result['title']}  (turns: {result['turns']})"]
    width = max(len(side["name"]) for side in result["sides"])
    for side in result["sides"]:
        figures = "  ".join(
            f"{name} {value:.4f}" if isinstance(value, float) else f"{name} {value}"
            for name, value in side["figures"].items())
        lines.append(
            f"  {side['name']:{width}}  {side['cpu_seconds']:9.2f} CPU-s  {side['wall_seconds']:9.2f} s  "
            f"{side['peak_bytes'] / 2**20:8.0f} MiB  {figures}")
    for target in result["targets"]:
        lines.append(
            f"  {'reached' if target['reached'] else 'missed '}  {target['what']}: {target['found']:.3g} "
            f"{target['unit']}, goal {target['goal']:g}")
    if result["notes"]:
        lines.append(f"  {result['notes']}")
    return "\n".join(lines)

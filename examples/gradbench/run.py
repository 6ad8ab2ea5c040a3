"""GradBench's protocol: a message of JSON in every line that comes in, and an answer in every line that goes out.

gradbench run --eval "..." --tool "python examples/gradbench/run.py"
"""

from __future__ import annotations

import json
import sys
import traceback
from pathlib import Path
from time import perf_counter_ns

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from evals import EVALS


def plain(value):
    """Turn arrays into lists, and NumPy's numbers into Python's."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def evaluate(module, function, given):
    """Compute as often as is asked for; return the last output, and how long each time took."""
    compute = EVALS[module](given)[function]
    runs = given if isinstance(given, dict) else {}
    least, seconds = max(runs.get("min_runs", 1), 1), runs.get("min_seconds", 0)
    timings = []
    while len(timings) < least or sum(timings) < seconds * 1e9:
        start = perf_counter_ns()
        output = compute()
        timings.append(perf_counter_ns() - start)
    times = [{"name": "evaluate", "nanoseconds": t} for t in timings]
    return {"success": True, "output": plain(output), "timings": times}


def answer(message):
    """Answer a message, but for its number."""
    if message["kind"] == "start":
        return {"tool": "microgradnet"}
    if message["kind"] == "define":
        return {"success": message["module"] in EVALS}
    if message["kind"] != "evaluate":
        return {}
    try:
        return evaluate(message["module"], message["function"], message["input"])
    except Exception:  # which is told to who has asked
        return {"success": False, "error": traceback.format_exc()}


for line in sys.stdin:
    message = json.loads(line)
    print(json.dumps({"id": message["id"], **answer(message)}), flush=True)

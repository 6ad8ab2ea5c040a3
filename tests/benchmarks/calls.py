"""What recording costs: a call of every operation of the table of cases, over the time that NumPy itself takes.

python -m tests.benchmarks.calls

Microseconds of processor time, the least of many turns, on the arguments of the operation's first case, which are a few
numbers each. Four spellings: all arguments tensors; one of them a tensor and the others plain arrays; NumPy's
function called on tensors; and NumPy's on one tensor among plain arrays. NumPy's own time is that on the values that
the tensors have: a single number is NumPy's number, on which its functions of one argument take 0.15 us less than on an
array without axes, and those of two 0.2 us more. What NumPy doesn't have is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import microgradnet as mg
from tests.benchmarks.measure import seconds
from tests.ops.cases import CASES, Case

SPELLINGS = ("tensors", "one tensor", "np.f, tensors", "np.f, one tensor")
TURNS, LEAST = 25, 1e-3


def first_cases() -> list[Case]:
    """One case for each operation: the first that NumPy computes too."""
    found: dict[str, Case] = {}
    for case in CASES:
        if case.reference is None:
            found.setdefault(case.operation, case)
    return list(found.values())


def calls(case: Case) -> dict[str, Callable[[], Any]]:
    """The spellings of a case that there are, and NumPy's own."""
    arrays = case.arguments()
    tensors = [mg.tensor(a, requires_grad=True) for a in arrays]
    values = [a[()] for a in arrays]
    made: dict[str, Callable[[], Any]] = {
        "": lambda: case.call(np, *values),
        "tensors": lambda: case.call(mg, *tensors),
        "np.f, tensors": lambda: case.call(np, *tensors),
    }
    if len(arrays) > 1:
        mixed = [tensors[0], *arrays[1:]]
        made["one tensor"] = lambda: case.call(mg, *mixed)
        made["np.f, one tensor"] = lambda: case.call(np, *mixed)
    return made


def overhead(case: Case) -> dict[str, float]:
    """Microseconds over NumPy's own time, by spelling."""
    made = calls(case)
    for f in made.values():
        f()
    repeat = max(1, round(LEAST / max(seconds(made[""], 3) / 3, 1e-7)))
    least = dict.fromkeys(made, np.inf)
    for _ in range(TURNS):
        for name, f in made.items():
            least[name] = min(least[name], seconds(f, repeat) / repeat * 1e6)
    return {name: least[name] - least[""] for name in made if name}


def main() -> None:
    rows = {case.operation: overhead(case) for case in first_cases()}
    print("| operation | " + " | ".join(SPELLINGS) + " |\n| --- |" + " ---: |" * len(SPELLINGS))
    for operation, found in sorted(rows.items()):
        cells = [f"{found[s]:.2f}" if s in found else "" for s in SPELLINGS]
        print(f"| {operation} | {' | '.join(cells)} |")
    print()
    for spelling in SPELLINGS:
        of = {operation: found[spelling] for operation, found in rows.items() if spelling in found}
        slowest = sorted(of, key=of.__getitem__, reverse=True)[:10]
        within = sum(t <= (0.6 if spelling == "tensors" else 1.1) for t in of.values())
        print(f"{spelling}: median {median(of.values()):.2f}; {within} of {len(of)} within the aim; the slowest ten: "
              + ", ".join(f"{o} {of[o]:.1f}" for o in slowest))  # fmt: skip


if __name__ == "__main__":
    with threadpool_limits(1):
        main()

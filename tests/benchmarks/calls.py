"""What recording costs: a call of every operation of the table of cases, over the time that NumPy itself takes.

python -m tests.benchmarks.calls

Microseconds of processor time, the least of many turns, of the call of the operation alone, with the arguments that a
case gives it, which are a few numbers each: the first case without keywords, if there is one. Four spellings: all
arguments tensors; one of them a tensor and the others plain arrays; NumPy's function called on tensors; and NumPy's on
one tensor among plain arrays. NumPy's own time is that on the values that the tensors have: a single number is NumPy's
number, on which its functions of one argument take 0.15 us less than on an array without axes, and those of two 0.2 us
more. What NumPy doesn't have is left out.

Two columns are the floors of these spellings, which no package can go below that keeps the promises of this one:
*dispatch* is what NumPy's function takes to hand its arguments over to a class that returns nothing at once, and
*copies* what a copy of each plain array takes, so that no later write changes a gradient. A line tells what is left
without them.

The last lines tell the calls on tensors by what they leave in the record: the more operations, the longer.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from types import ModuleType
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import microgradnet as mg
from microgradnet.deferred import Deferred
from microgradnet.record import next_index, node_of
from tests.benchmarks.measure import seconds
from tests.ops.cases import CASES, Case

FLOORS = ("dispatch", "copies")
BELOW = {
    "tensors": (), "one tensor": ("copies",), "np.f, tensors": ("dispatch",), "np.f, one tensor": FLOORS,
}  # fmt: skip
SPELLINGS = tuple(BELOW)
PASSES, TURNS, LEAST = 3, 15, 1e-3

Call = Callable[[], Any]


class Watched:
    """A namespace that remembers how one of its functions was called first."""

    def __init__(self, module: Any, name: str, found: list[Call]) -> None:
        self._known = module, name, found

    def __getattr__(self, asked: str) -> Any:
        module, name, found = self._known
        f = getattr(module, asked)
        if isinstance(f, ModuleType):
            return Watched(f, name, found)

        def call(*args: Any, **kwargs: Any) -> Any:
            found.append(lambda: f(*args, **kwargs))
            found[-1].given = args, kwargs  # type: ignore[attr-defined]
            return f(*args, **kwargs)

        return call if asked == name else f


def alone(case: Case, xp: Any, arguments: list[Any]) -> Call:
    """The call of the operation that a case is of; all of the case where that has no name, as an operator."""
    found: list[Call] = []
    case.call(Watched(xp, case.operation.rpartition(".")[2], found), *arguments)
    return found[0] if found else lambda: case.call(xp, *arguments)


class Answering:
    """What NumPy's functions hand over to, and nothing else."""

    def __array_ufunc__(self, *called: Any, **given: Any) -> None: ...
    def __array_function__(self, *called: Any) -> None: ...
    def __iter__(self) -> Any:
        return iter((self,))


ANSWERING = Answering()


def replaced(given: Any) -> Any:
    """The same arguments with what only answers in place of tensors."""
    if isinstance(given, list | tuple):
        return type(given)(map(replaced, given))
    return ANSWERING if isinstance(given, mg.Tensor) else given


def floors(call: Any) -> dict[str, Call]:
    """The calls that the floors of NumPy's function are measured by, from its call on one tensor or on tensors."""
    args, kwargs = call.given
    f = call.__closure__[[*call.__code__.co_freevars].index("f")].cell_contents
    changed = replaced(args)
    plain = [x for x in args if type(x) is np.ndarray]
    made: dict[str, Call] = {"dispatch": lambda: f(*changed, **kwargs)}
    if plain:
        made["copies"] = lambda: [x.copy("K") for x in plain]
    return made


def first_cases() -> list[Case]:
    """One case for each operation: the first that NumPy computes too, without keywords if there is one."""
    found: dict[str, Case] = {}
    plain: dict[str, Case] = {}
    for case in CASES:
        if case.reference is None:
            found.setdefault(case.operation, case)
            if case.operation not in plain and not has_keywords(case):
                plain[case.operation] = case
    return list((found | plain).values())


def given(case: Case, xp: Any, arguments: list[Any]) -> tuple[Any, dict[str, Any]]:
    """The arguments of that call, and its keywords."""
    return getattr(alone(case, xp, arguments), "given", ((), {}))


def has_keywords(case: Case) -> bool:
    return bool(given(case, np, case.arguments())[1])


def has_arrays(case: Case) -> bool:
    """Whether plain arrays are among the arguments though all that a case is given are tensors, as a mask is."""
    arguments, _ = given(case, mg, [mg.tensor(a) for a in case.arguments()])
    return any(type(x) is np.ndarray for x in arguments)


def calls(case: Case) -> dict[str, Call]:
    """The spellings of a case that there are, NumPy's own, and the floors."""
    arrays = case.arguments()
    tensors = [mg.tensor(a, requires_grad=True) for a in arrays]
    made = {
        "": alone(case, np, [a[()] for a in arrays]),
        "tensors": alone(case, mg, tensors),
        "np.f, tensors": alone(case, np, tensors),
    }
    if len(arrays) > 1:
        mixed = [tensors[0], *arrays[1:]]
        made["one tensor"] = alone(case, mg, mixed)
        made["np.f, one tensor"] = alone(case, np, mixed)
    last = made.get("np.f, one tensor", made["np.f, tensors"])
    return made | (floors(last) if hasattr(last, "given") else {})


def overhead(case: Case) -> dict[str, float]:
    """Microseconds by spelling, over NumPy's own time, and those of the floors."""
    made = calls(case)
    for f in made.values():
        f()
    repeat = max(1, round(LEAST / max(seconds(made[""], 3) / 3, 1e-7)))
    least = dict.fromkeys(made, np.inf)
    for _ in range(TURNS):
        for name, f in made.items():
            least[name] = min(least[name], seconds(f, repeat) / repeat * 1e6)
    return {name: time - least[""] if name in SPELLINGS else time for name, time in least.items()}


def left(case: Case) -> tuple[str, int]:
    """What a call on tensors leaves in the record, and how many operations that is."""
    call = alone(case, mg, [mg.tensor(a, requires_grad=True) for a in case.arguments()])
    before = next_index()
    returned = call()
    results = returned if isinstance(returned, list | tuple) else [returned]
    found = [node_of(t) for t in results if isinstance(t, mg.Tensor)]
    for node in found:
        found += [p for p in node.inputs if p not in found and p.index < before]
    made = [node.primitive for node in found if node.primitive is not None]
    if len(results) > 1:
        return "several results", len(made)
    if len(made) != 1:
        return "several operations" if made else "nothing", len(made)
    return "deferred" if isinstance(made[0], Deferred) else "a view" if made[0].views else "one operation", 1


def in_passes(cases: list[Case]) -> dict[str, dict[str, float]]:
    """The medians of several passes over all cases, by operation."""
    passes = [{case.operation: overhead(case) for case in cases} for _ in range(PASSES)]
    return {
        operation: {name: median(found[operation][name] for found in passes) for name in first}
        for operation, first in passes[0].items()
    }


def main() -> None:
    cases = first_cases()
    rows = in_passes(cases)
    mixed = {case.operation for case in cases if has_arrays(case)}
    columns = ("NumPy", *SPELLINGS, *FLOORS)
    print("| operation | " + " | ".join(columns) + " |\n| --- |" + " ---: |" * len(columns))
    for operation, found in sorted(rows.items()):
        cells = [f"{found[s]:.2f}" if s in found else "" for s in ("", *SPELLINGS, *FLOORS)]
        print(f"| {operation} | {' | '.join(cells)} |")
    print()
    for spelling, below in BELOW.items():
        of = {operation: found[spelling] for operation, found in rows.items() if spelling in found}
        report(spelling, of, {o: 0.6 if spelling == "tensors" and o not in mixed else 1.1 for o in of})
        if below:
            rest = {o: time - sum(rows[o].get(floor, 0.0) for floor in below) for o, time in of.items()}
            report(f"{spelling}, without {' and '.join(below)}", rest, dict.fromkeys(of, 0.6))
    by_kind: dict[str, list[tuple[float, int]]] = {}
    for case in cases:
        kind, count = left(case)
        by_kind.setdefault(kind, []).append((rows[case.operation]["tensors"], count))
    for kind, known in sorted(by_kind.items()):
        print(f"tensors, {kind}: {len(known)} calls, median {median(time for time, _ in known):.2f}, "
              f"{median(time / max(count, 1) for time, count in known):.2f} for each recorded operation")  # fmt: skip


def report(what: str, of: dict[str, float], aim: dict[str, float]) -> None:
    slowest = sorted(of, key=of.__getitem__, reverse=True)[:10]
    within = sum(time <= aim[operation] for operation, time in of.items())
    aims = " or ".join(f"{a}" for a in sorted({*aim.values()}))
    print(f"{what}: median {median(of.values()):.2f}; {within} of {len(of)} within {aims}; the slowest ten: "
          + ", ".join(f"{o} {of[o]:.1f}" for o in slowest))  # fmt: skip


if __name__ == "__main__":
    with threadpool_limits(1):
        main()

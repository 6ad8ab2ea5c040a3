"""Run all of it and print what is wrongly said: ``python -m tests.check.right [part of a model's name]``."""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np

from .differences import excess
from .model import MISTAKES, RETURNS, Case, cases, verdict, verdict_on_mistake, with_mistake
from .models import MODELS


def main(part: str = "") -> None:
    """Print a table, a line for each model and edge, and a line for each verdict that is wrong."""
    began = time.monotonic()
    models = [m for m in MODELS if part in m.name]
    right_derivations(models)
    wrong_derivations(models)
    print(f"{time.monotonic() - began:.0f} s")


def right_derivations(models) -> None:
    """How many are told to agree."""
    matrix = [(f"{case.model.name}, {case.edge}".rstrip(", "), case) for case in cases(models)]
    for how, change in RETURNS.items():
        matrix += [(how, case) for case in cases(map(change, models), dtypes=(np.float64,), scales=(1,))]
    table: dict[str, Counter] = defaultdict(Counter)
    wrong: list[str] = []
    for name, case in matrix:
        table[name]["cases"] += 1
        if not case.is_finite():
            table[name]["not finite"] += 1
            continue
        said = verdict(case)
        table[name][said.split(":")[0].split(" ")[0] or "right"] += 1
        if said:
            wrong.append(
                f"{case}{', ' + name if name in RETURNS else ''}: {said} (own rounding {max(case.lost()):.1e})"
            )
    columns = ("cases", "not finite", "right", "called", "diagnosed", "raised")
    table["all"] = sum(table.values(), Counter())
    print(f"{'':36}" + "".join(f"{column:>12}" for column in columns))
    for name, counts in table.items():
        print(f"{name:36}" + "".join(f"{counts[column] or '·':>12}" for column in columns))
    print(*wrong, sep="\n")
    print(f"{len(wrong)} of {table['all']['cases'] - table['all']['not finite']} right derivations are called wrong")


def wrong_derivations(models) -> None:
    """How many that are wrong for certain are told to agree, lest what is mended above is mended by saying yes."""
    tried, accepted = Counter(), Counter()
    for case in cases(models, seeds=(0,)):
        for position in mistakable(case):
            for name, factor in MISTAKES.items():
                mistake = with_mistake(case, position, factor)
                if case.edge and excess(case, mistake) < 1e-3:
                    continue  # between the slopes on both sides of a kink
                kind = (name, "at an edge" if case.edge else "elsewhere")
                tried[kind] += 1
                if said := verdict_on_mistake(mistake):
                    accepted[kind] += 1
                    print(f"{case}, argument {position}, {name}: {said}")
    for kind, count in tried.items():
        print(f"{', '.join(kind)}: {accepted[kind]} of {count} wrong derivations are not told to differ")


def mistakable(case: Case) -> Iterator[int]:
    """The parameters whose gradient has digits left, so that a wrong factor is wrong for certain."""
    if (case.edge and case.scale != 1) or not case.is_finite():
        return
    with np.errstate(all="ignore"):
        gradients = case.model.gradients(*case.arguments())
    for position, gradient, lost in zip(case.model.parameters, gradients, case.lost(), strict=True):
        if gradient.any() and lost < 1e-4:
            yield position


main(*sys.argv[1:])

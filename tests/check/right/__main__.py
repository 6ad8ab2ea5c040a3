"""Run all right derivations and print which are called wrong: ``python -m tests.check.right [part of a name]``."""

import sys
import time
from collections import Counter, defaultdict

import numpy as np

from .model import RETURNS, Case, cases, verdict
from .models import MODELS


def main(part: str = "") -> None:
    """Print a table: a line for each model and edge, a line for each verdict that is wrong."""
    began = time.monotonic()
    models = [m for m in MODELS if part in m.name]
    matrix = [("", case) for case in cases(models)]
    matrix += [(how, case) for how in RETURNS for case in cases(models, dtypes=(np.float64,), scales=(1,))]
    table: dict[str, Counter] = defaultdict(Counter)
    wrong: list[tuple[str, Case, str]] = []
    for how, case in matrix:
        name = how or f"{case.model.name}, {case.edge}".rstrip(", ")
        table[name]["cases"] += 1
        if not case.is_finite():
            table[name]["not finite"] += 1
            continue
        said = verdict(case, RETURNS[how](case.model) if how else None)
        table[name][said.split(":")[0].split(" ")[0] or "right"] += 1
        if said:
            wrong.append((how, case, said))
    columns = ("cases", "not finite", "right", "called", "diagnosed", "raised")
    print(f"{'':36}" + "".join(f"{column:>12}" for column in columns))
    for name, counts in table.items():
        print(f"{name:36}" + "".join(f"{counts[column] or '·':>12}" for column in columns))
    total = sum(table.values(), Counter())
    print(f"{'all':36}" + "".join(f"{total[column] or '·':>12}" for column in columns))
    for how, case, said in wrong:
        print(f"{case}{', ' * bool(how)}{how}: {said} (its own rounding: {case.lost():.1e})")
    print(f"{len(wrong)} of {total['cases'] - total['not finite']} are wrong, {time.monotonic() - began:.0f} s")


main(*sys.argv[1:])

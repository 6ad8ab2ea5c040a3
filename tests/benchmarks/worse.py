"""What became worse: two kept results of one benchmark, line by line.

    git show main:tests/benchmarks/results/peers.md > before.md
    python -m tests.benchmarks.worse before.md tests/benchmarks/results/peers.md

Lines are alike if their words are; of those the numbers are compared, one by one: times, ratios and bytes, of which
fewer are better. What grew by more than a tenth, and lines that only one has, are printed; the exit status is 1 if any
grew.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*[×x*]|\w)")
MORE = 1.1


def figures(text: str) -> dict[str, list[float]]:
    """By what a line says: its numbers. In a table the first cell says it, elsewhere all words."""
    found: dict[str, list[float]] = {}
    for line in text.splitlines():
        label, row = line, line
        if line.startswith("|"):
            label, _, row = line.strip("| ").partition("|")
        elif ":" in line:
            label, _, row = line.partition(":")
        numbers = [float(n.replace(",", "")) for n in NUMBER.findall(row)]
        words = label.strip() if row is not line else NUMBER.sub("#", line).strip()
        if numbers and words:
            found.setdefault(words, []).extend(numbers)
    return found


def worse(before: str, after: str) -> tuple[list[str], list[str]]:
    """Say what grew, and what only one of both has."""
    old, new = figures(before), figures(after)
    grown = [
        f"{what}: {a:g} → {b:g} ({b / a:.2f}×)"
        for what in old
        for a, b in zip(old[what], new.get(what, []), strict=False)
        if a > 0 and b > MORE * a
    ]
    alone = [
        f"only {'before' if what in old else 'after'}: {what}"
        for what in {**old, **new}
        if (what in old) != (what in new)
    ]
    return grown, alone


def main(before: str, after: str) -> int:
    grown, alone = worse(*(Path(p).read_text(encoding="utf-8") for p in (before, after)))
    print(*grown, *alone, sep="\n") if grown or alone else print("nothing grew by more than a tenth")
    return int(bool(grown))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))

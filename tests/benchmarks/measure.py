"""Two functions timed side by side: interleaved in one process, so that both meet the same weather.

What is counted is processor time, of all threads together: neither what else the machine does nor a library's
second thread changes a ratio. Memory that is given back is kept by the process, so that a step that takes large arrays
anew in every call isn't timed with the operating system's handing out of pages: how much that is depends on what ran
before, and it can double a time.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

with suppress(OSError, AttributeError):  # glibc only: M_MMAP_THRESHOLD and M_TRIM_THRESHOLD, see man mallopt
    for parameter in (-3, -1):
        ctypes.CDLL(None).mallopt(parameter, 1 << 30)


@dataclass(frozen=True)
class Ratio:
    """Seconds per call of both, and the median over all rounds of the ratio within a round."""

    ours: float
    theirs: float
    ratio: float

    def report(self, what: str, other: str) -> str:
        return f"{what}: {duration(self.ours)}, {other} {duration(self.theirs)}, ratio {self.ratio:.2f}"


def duration(seconds: float) -> str:
    unit, factor = next((u, f) for u, f in (("s", 1), ("ms", 1e3), ("µs", 1e6)) if seconds * f >= 1 or u == "µs")
    return f"{seconds * factor:.3g} {unit}"


def side_by_side(
    ours: Callable[[], Any], theirs: Callable[[], Any], *, rounds: int = 101, least: float = 0.005
) -> Ratio:
    """Time both in turns; a turn is as many calls as take `least` seconds."""
    calls = max(1, round(least / max(seconds(theirs, 3) / 3, 1e-9)))
    seconds(ours, calls)  # warm
    measured = []
    for i in range(rounds):
        gc.collect(0)
        if i % 2:
            a, b = seconds(ours, calls), seconds(theirs, calls)
        else:
            b, a = seconds(theirs, calls), seconds(ours, calls)
        measured.append((a, b))
    return Ratio(
        median(a for a, _ in measured) / calls,
        median(b for _, b in measured) / calls,
        median(a / b for a, b in measured),
    )


def seconds(f: Callable[[], Any], calls: int = 1) -> float:
    """Time a number of calls."""
    repeat = range(calls)
    start = process_time()
    for _ in repeat:
        f()
    return process_time() - start

"""How long ``import microgradnet`` takes beside ``import numpy``, in fresh processes with warm bytecode caches."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from statistics import median

from tests.benchmarks.measure import Ratio

ROUNDS = 31

TIMED = "from time import process_time as now; start = now(); import {}; print(now() - start)"


def measure() -> str:
    with tempfile.TemporaryDirectory() as cache:
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = cache

        def seconds(module: str) -> float:
            command = [sys.executable, "-c", TIMED.format(module)]
            return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)

        seconds("microgradnet")  # fills the cache
        pairs = [(seconds("microgradnet"), seconds("numpy")) for _ in range(ROUNDS)]
    ratio = Ratio(median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs))
    return ratio.report("import microgradnet", "import numpy")


def test_import_time_beside_numpy(show: Callable[[str], None]) -> None:
    show(measure())


if __name__ == "__main__":
    print(measure())

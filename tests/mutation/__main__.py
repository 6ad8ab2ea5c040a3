"""Plant mistakes, and print those that no test notices: ``python -m tests.mutation [seed] [how many] [at a time]``.

A mutant is one operator, number or keyword of the rooms below, replaced by Cosmic Ray. Places are drawn at random, each
once, and at each one of the mutants that are not nonsense (which anything would notice). Each is met by the tests that
ran its line when coverage was measured, those of its own room first, until they would take too long. What can't be
noticed, for it computes the same, has its reason in ``equivalent.toml``.
"""

from __future__ import annotations

import ast
import random
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from xml.etree import ElementTree as ET

from cosmic_ray.commands.init import init
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import MutationSpec, TestOutcome
from coverage import CoverageData

ROOT = Path(__file__).parents[2]
ROOMS = ("record", "calls", "backward", "ops", "simplify", "transforms", "graph", "passes", "compiler")
LONGEST = 60.0
"""Seconds that the tests of one mutant may take together, as they took while coverage was measured."""

ALIKE = ({"Add", "Sub"}, {"Mul", "Div", "FloorDiv"}, {"BitOr", "BitAnd"}, {"Pow", "Mul"}, {"Is", "IsNot"},
         {"Eq", "NotEq", "Lt", "LtE", "Gt", "GtE"})  # fmt: skip
"""Operators that may stand for one another."""


def main(seed: str = "1", count: str = "100", at_a_time: str = "1") -> None:
    """Print each mutant that lives, and the score."""
    began = time.monotonic()
    draw = random.Random(int(seed))
    tests = Tests()
    drawn = [draw.choice(each) for each in draw.sample(list(places().values()), int(count))]
    copies: SimpleQueue[Path] = SimpleQueue()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(int(at_a_time)) as pool:
        for n in range(int(at_a_time)):
            skip = shutil.ignore_patterns(".*", "__pycache__", "_build")
            copies.put(shutil.copytree(ROOT, Path(folder) / str(n), ignore=skip))
        outcomes = list(pool.map(lambda mutant: met(mutant, tests, copies), drawn))
    counts = Counter(outcome for outcome, _ in outcomes)
    for outcome, words in sorted(outcomes):
        if outcome != "killed":
            print(f"{outcome}: {words}")
    possible = len(drawn) - counts["equivalent"]
    print(
        f"seed {seed}: {possible - counts['alive']} of {possible} mutants are killed, "
        f"{(possible - counts['alive']) / possible:.0%}; {counts['equivalent']} more compute the same; "
        f"{time.monotonic() - began:.0f} s"
    )


# --- what is planted ---------------------------------------------------------------------------------------------


def places() -> dict[tuple[str, int, int], list[MutationSpec]]:
    """List the mutants of each place: a file, a line and a column."""
    files = [f for room in ROOMS for f in sorted((ROOT / "microgradnet").glob(f"{room}.py"))]
    files += [f for room in ROOMS for f in sorted((ROOT / "microgradnet" / room).glob("**/*.py"))]
    found: dict[tuple[str, int, int], list[MutationSpec]] = defaultdict(list)
    with use_db(":memory:", WorkDB.Mode.create) as work:
        init([f.relative_to(ROOT) for f in files], work, {})
        mutants = [item.mutations[0] for item in work.work_items]
    lines = {f.relative_to(ROOT): f.read_text(encoding="utf-8").splitlines() for f in files}
    types = {f.relative_to(ROOT): list(annotations(f)) for f in files}
    for mutant in mutants:
        line, column = mutant.start_pos
        text = lines[mutant.module_path][line - 1][column : mutant.end_pos[1]]
        if mutant.operator_name.endswith("NumberReplacer") and ast.literal_eval(text) + 1 == ast.literal_eval(text):
            continue  # so large that one more makes no difference
        if sensible(mutant.operator_name) and not any(a <= mutant.start_pos < b for a, b in types[mutant.module_path]):
            found[str(mutant.module_path), *mutant.start_pos].append(mutant)
    return dict(sorted(found.items()))


def sensible(operator: str) -> bool:
    """Whether an operator of Cosmic Ray's replaces one by its like; what changes no operator is sensible."""
    kind, _, both = operator.partition("Operator_")
    pair = set(both.split("_"))
    if kind.endswith("Unary"):
        return not pair & {"Invert", "Not"} or pair == {"Delete", "Not"}
    return not kind.endswith(("Binary", "Comparison")) or any(pair <= like for like in ALIKE)


def annotations(file: Path) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Find from where to where a file annotates types, which nobody evaluates, or caches, which changes no value."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        decorators = [d for d in getattr(node, "decorator_list", ()) if ast.unparse(d) in ("overload", "cache")]
        for a in (getattr(node, "annotation", None), getattr(node, "returns", None), *decorators):
            if a is not None:
                yield (a.lineno, a.col_offset), (a.end_lineno, a.end_col_offset)


# --- what meets it -----------------------------------------------------------------------------------------------


class Tests:
    """Which tests run a line, and how long they take, from ``.coverage`` and ``.durations.xml``."""

    def __init__(self) -> None:
        self.data = CoverageData(str(ROOT / ".coverage"))
        self.data.read()
        self.seconds: dict[str, float] = {}
        for case in ET.parse(ROOT / ".durations.xml").iter("testcase"):
            name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
            self.seconds[name] = float(case.get("time", 0))

    def of(self, mutant: MutationSpec) -> list[list[str]]:
        """List the tests that run a mutated line, or, where none does, its file: those of its room, then the others."""
        contexts = self.data.contexts_by_lineno(str(mutant.module_path))
        lines = range(mutant.start_pos[0], mutant.end_pos[0] + 1)
        names = {c.split("|")[0] for n in lines for c in contexts.get(n, ()) if c}
        names = names or {c.split("|")[0] for found in contexts.values() for c in found if c}
        room = mutant.module_path.parts[1].removesuffix(".py")
        own = f"tests/{room}/" if (ROOT / "tests" / room).is_dir() else f"tests/test_{room}.py"
        chosen: tuple[list[str], list[str]] = ([], [])
        total = 0.0
        for name in sorted(names, key=lambda n: (not n.startswith(own), self.seconds.get(n, 0.0), n)):
            total += self.seconds.get(name, 0.0)
            if total <= LONGEST:
                chosen[not name.startswith(own)].append(name)
        return [part for part in chosen if part]


def met(mutant: MutationSpec, tests: Tests, copies: SimpleQueue[Path]) -> tuple[str, str]:
    """Plant a mutant in a copy, run its tests, and return how it fared, and where it stands."""
    copy = copies.get()
    spec = MutationSpec(
        copy / mutant.module_path, mutant.operator_name, mutant.occurrence, mutant.start_pos, mutant.end_pos
    )
    try:
        for names in tests.of(mutant):
            result = mutate_and_test([spec], running(names, copy), 3 * LONGEST)
            if result.test_outcome != TestOutcome.SURVIVED:
                break
    finally:
        copies.put(copy)
    changed = [line for line in (result.diff or "").splitlines() if line[:1] in "-+" and line[:3] not in ("---", "+++")]
    before, after = (" ".join(line[1:].strip() for line in changed if line[0] == sign) for sign in "-+")
    words = f"{mutant.module_path}:{mutant.start_pos[0]}: {before}  →  {after}"
    print(f"{result.test_outcome.value}: {words}", file=sys.stderr, flush=True)
    if result.test_outcome != TestOutcome.SURVIVED:
        return "killed", words
    reason = EQUIVALENT.get(mutant.module_path.name, {}).get(after)
    return ("equivalent", f"{words}  ({reason})") if reason else ("alive", words)


def running(names: list[str], copy: Path) -> str:
    """Write the command that runs some tests in a copy."""
    only = copy / ".only"
    only.write_text("\n".join(names), encoding="utf-8")
    files = " ".join(sorted({name.split("::")[0] for name in names}))
    command = f"{sys.executable} -m pytest -q -x -p no:cacheprovider -p tests.mutation.only {files}"
    return f"sh -c 'cd {copy} && ONLY={only} PYTHONPATH={copy} exec {command}'"


EQUIVALENT = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text(encoding="utf-8"))
"""By file and mutated line: why nothing that is computed changes."""

main(*sys.argv[1:])

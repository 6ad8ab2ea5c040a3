"""``python -m tests.check.located [FOLDER]``: of derivations that people got wrong, whose line and kind is found.

A line that is named is right if it is one of those that the case's first lines name, and else an accusation. Of these
it is said how many are right all the same, as changing that line alone mends everything: the patch is made, and the
file run beside finite differences. Where no kind is told, a line may be, with what belongs there: it is counted apart,
and ``unexplained`` is right where a case expects that, too. The right derivations are diagnosed too, each beside the
wrong one: nothing may be found in them.
"""

import io
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

import microgradnet as mg

from .test_corpus_of_derivations import FOLDER, SEEDS, by_name, changes, corrected, differences, head_of, run, wrong


def module(source, path):
    """Run a file's source as if it lay at a path, so that its lines can be read."""
    path.write_text(source, encoding="utf-8")
    return run(source, path)


def diagnosed(names, function, arrays):
    """Diagnose a derivation, or, where a case is given as arrays, the numbers it gives, which have no source."""
    arguments = names["data"]()
    manual = names[function](*names["data"]()) if arrays else names[function]
    order = names["loss"].__code__.co_varnames
    places = tuple(order.index(name) for name in names["PARAMETERS"])
    with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        return mg.diagnose(names["loss"], manual, *arguments, argnums=places)


def mends_alone(found, copy):
    """Whether the one line that was named mends everything, as its patch makes it."""
    if len(found) != 1 or found[0].patch is None:
        return False
    patched = copy.with_name(f"{copy.stem}_patched.py")
    command = ["patch", "-s", "-o", patched, copy, "-"]
    if subprocess.run(command, input=found[0].patch, text=True, capture_output=True).returncode:
        return False
    names = run(patched.read_text(encoding="utf-8"), patched)
    given = [names["data"](seed) for seed in SEEDS]
    return not any(wrong(by_name(names, "backprop", arguments), differences(names, arguments)) for arguments in given)


def score(path, folder):
    """Return what was found of one case: the verdicts, and words."""
    source = path.read_text(encoding="utf-8")
    head = head_of(source)
    copy = folder / path.name
    arrays = head.get("given as") == "arrays"
    told = diagnosed(module(source, copy), "backprop", arrays)
    found = [d for d in told if d.kind not in ("unexplained", "automatic-wrong")]
    lines = [d.line for d in found]
    mending, kinds = changes(head), [k.split(" or ") for k in head["expected kind"].split(" + ")]
    verdicts = Counter({"cases": 1, "with source": not arrays, "unexplained": not found})
    if found:
        verdicts["line first"] = lines[0] in {n for group in mending for n in group}
        verdicts["accused"] = any(n is not None and n not in {m for g in mending for m in g} for n in lines)
        verdicts["of the accused mend all alone"] = verdicts["accused"] and mends_alone(found, copy)
        verdicts["kind first"] = any(found[0].kind in group for group in kinds)
        verdicts["all causes"] = len(kinds) > 1 and any(set(group) <= set(lines) for group in mending)
    elif told:  # the line is named, and what belongs there, where no mistake is known that gives these numbers
        places = {d.line for d in told} - {None}
        right = {n for group in mending for n in group}
        verdicts["line of an unexplained"] = told[0].line in right
        verdicts["accused by an unexplained"] = bool(places - right)
    verdicts["kind first"] |= not found and any("unexplained" in group for group in kinds)
    verdicts["combinations"] = len(kinds) > 1
    for function in ("right", "backprop"):
        text = source if function == "right" else corrected(source, head, mending[0])
        right = diagnosed(module(text, folder / f"{path.stem}_{function}.py"), function, arrays)
        verdicts["right ones"] += 1
        verdicts["right called wrong"] += bool(right)
    return verdicts, ", ".join(f"line {n} {d.kind}" for n, d in zip(lines, found, strict=True)) or _placed(told)


def _placed(told):
    places = [str(d.line) for d in told if d.line is not None]
    return f"line {', '.join(places)} unexplained" if places else "nothing"


def main(where=str(FOLDER)):
    total, seconds = Counter(), []
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="ignore"):
        for path in sorted(Path(where).glob("*.py")):
            start = time.perf_counter()
            head = head_of(path.read_text(encoding="utf-8"))
            try:
                verdicts, said = score(path, Path(folder))
            except Exception as error:  # a crash is a miss, told as what it is
                said = f"{type(error).__name__}: {error}"[:100]
                verdicts = Counter({"cases": 1, "with source": head.get("given as") != "arrays", "crashed": 1})
                verdicts["combinations"] = " + " in head["expected kind"]
            total += verdicts
            seconds.append(time.perf_counter() - start)
            marks = "".join(m if verdicts[k] else "." for m, k in (("L", "line first"), ("K", "kind first")))
            print(f"{marks} {path.stem:<52} {head['wrong line']:<10} {head['expected kind']:<36}  {said}", flush=True)
    print(", ".join(f"{name} {count}" for name, count in total.items()))
    print(f"half of them within {sorted(seconds)[len(seconds) // 2]:.1f} s, three derivations each")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""``python -m tests.check.planting [FOLDER [SEED]]``: mistakes are put into right derivations, and looked for.

A file of the folder is a derivation that is right, and a list of mistakes: a piece of its text, what stands there
instead, which kinds may be said of it, and a note. One after the other is looked for; with a seed two of each file are
drawn, and looked for together. A line that is named is right if it is one of those that were changed, or if the patch
that is shown mends everything by itself.
"""

import itertools
import random
import sys
import tempfile
import time
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from .located import diagnosed, mends_alone
from .test_corpus_of_derivations import run

FOLDER = Path(__file__).parent / "planted"
FOLDERS = FOLDER, FOLDER.with_name("planted_again")
START = "\nMISTAKES = ["


def read(path):
    """Return the source of a right derivation, and the mistakes that may be made in it."""
    source = path.read_text(encoding="utf-8")
    return source.split(START)[0].rstrip() + "\n", run(source, path)["MISTAKES"]


def mistaken(source, old, new):
    """Put a mistake into a derivation; return its source, and the lines that are changed, or beside what is gone."""
    assert source.count(old) == 1, old
    text = source.replace(old, new)
    matcher = SequenceMatcher(None, source.splitlines(), text.splitlines(), autojunk=False)
    changed = [(a, b) for how, _, _, a, b in matcher.get_opcodes() if how != "equal"]
    return text, {n for a, b in changed for n in (range(a + 1, b + 1) if b > a else (a, a + 1))}


def singles(source, mistakes):
    """List each mistake by its number: the source with it, its lines, its kinds, and a note."""
    for number, (old, new, kinds, note) in enumerate(mistakes):
        text, lines = mistaken(source, old, new)
        yield f"{number:02}", text, [lines], kinds.split(" or "), note


def pair(source, mistakes, seed):
    """Draw two mistakes that can be made at once, at lines of their own."""
    drawn = list(itertools.combinations(range(len(mistakes)), 2))
    random.Random(seed).shuffle(drawn)
    for i, k in drawn:
        (old, new, kinds, note), (other, instead, more, too) = mistakes[i], mistakes[k]
        texts = [source.replace(a, b) for a, b in ((old, new), (other, instead))]
        if texts[0].count(other) != 1 or texts[1].count(old) != 1:
            continue
        (text, second), (again, first) = mistaken(texts[0], other, instead), mistaken(texts[1], old, new)
        if text == again and not first & second:
            return f"{i:02}_{k:02}", text, [first, second], f"{kinds} or {more}".split(" or "), f"{note}; {too}"
    raise ValueError("no two of them can be made at once")


def score(text, causes, kinds, copy):
    """Diagnose the mistakes of one source; return the verdicts, and words."""
    copy.write_text(text, encoding="utf-8")
    found = [d for d in diagnosed(run(text, copy), "backprop", False) if d.kind != "unexplained"]
    verdicts = Counter({"mistakes": 1, "unexplained": not found})
    if found:
        verdicts["line first"] = any(found[0].line in lines for lines in causes)
        verdicts["mended alone elsewhere"] = not verdicts["line first"] and mends_alone(found, copy)
        verdicts["kind first"] = found[0].kind in kinds
    if len(causes) > 1:
        verdicts["all causes"] = all(any(d.line in lines for d in found) for lines in causes)
    return verdicts, ", ".join(f"line {d.line} {d.kind}" for d in found) or "nothing"


def main(where=str(FOLDER), seed=None):
    total, seconds = Counter(), []
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="ignore"):
        for path in sorted(Path(where).glob("*.py")):
            source, mistakes = read(path)
            cases = singles(source, mistakes) if seed is None else [pair(source, mistakes, seed)]
            for number, text, causes, kinds, note in cases:
                start = time.perf_counter()
                try:
                    verdicts, said = score(text, causes, kinds, Path(folder) / f"{path.stem}_{number}.py")
                except Exception as error:  # a crash is a miss, told as what it is
                    verdicts, said = Counter({"mistakes": 1, "crashed": 1}), f"{type(error).__name__}: {error}"[:100]
                total += verdicts
                seconds.append(time.perf_counter() - start)
                marks = (("L", "line first"), ("a", "mended alone elsewhere"), ("K", "kind first"), ("A", "all causes"))
                letters = "".join(m for m, k in marks if verdicts[k])
                place = ", ".join("-".join(map(str, sorted({min(lines), max(lines)}))) for lines in causes)
                row = f"{letters:<2} {path.stem}_{number} {place:<5} {' or '.join(kinds)}: {said} ({note})"
                print(row[:160], flush=True)
    print(", ".join(f"{name} {count}" for name, count in total.items()))
    print(f"half of them within {sorted(seconds)[len(seconds) // 2]:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])

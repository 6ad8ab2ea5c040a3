"""``python -m tests.check.planting [FOLDER]``: one mistake after another is put into right derivations, and looked for.

A file of the folder is a derivation that is right, and a list of mistakes: a piece of its text, what stands there
instead, which kinds may be said of it, and a note. A line that is named is right if it is one of those that were
changed, or if the patch that is shown mends everything by itself.
"""

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


def score(text, lines, kinds, copy):
    """Diagnose one mistake; return the verdicts, and words."""
    copy.write_text(text, encoding="utf-8")
    found = [d for d in diagnosed(run(text, copy), "backprop", False) if d.kind != "unexplained"]
    verdicts = Counter({"mistakes": 1, "unexplained": not found})
    if found:
        verdicts["line first"] = found[0].line in lines
        verdicts["mended alone elsewhere"] = not verdicts["line first"] and mends_alone(found, copy)
        verdicts["kind first"] = found[0].kind in kinds.split(" or ")
    return verdicts, ", ".join(f"line {d.line} {d.kind}" for d in found) or "nothing"


def main(where=str(FOLDER)):
    total, seconds = Counter(), []
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="ignore"):
        for path in sorted(Path(where).glob("*.py")):
            source, mistakes = read(path)
            for number, (old, new, kinds, note) in enumerate(mistakes):
                text, lines = mistaken(source, old, new)
                start = time.perf_counter()
                try:
                    verdicts, said = score(text, lines, kinds, Path(folder) / f"{path.stem}_{number}.py")
                except Exception as error:  # a crash is a miss, told as what it is
                    verdicts, said = Counter({"mistakes": 1, "crashed": 1}), f"{type(error).__name__}: {error}"[:100]
                total += verdicts
                seconds.append(time.perf_counter() - start)
                marks = (("L", "line first"), ("a", "mended alone elsewhere"), ("K", "kind first"))
                letters = "".join(m for m, k in marks if verdicts[k])
                place = "-".join(map(str, sorted({min(lines), max(lines)})))
                print(f"{letters:<2} {path.stem}_{number:02} {place:<5} {kinds}: {said} ({note})"[:160], flush=True)
    print(", ".join(f"{name} {count}" for name, count in total.items()))
    print(f"half of them within {sorted(seconds)[len(seconds) // 2]:.1f} s")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""``python -m tests.check.score FILE.py …`` scores `diagnose` on wrong derivations in files.

Each file defines ``loss``, ``backprop``, ``data`` and maybe ``PARAMETERS``, and says in its first lines ``expected
kind:`` and ``wrong line:``, alternatives joined by " or ". Printed are the files in which the line that comes first
isn't one of those, or the kinds aren't, and then the counts.
"""

import inspect
import re
import runpy
import sys
import time

import microgradnet as mg


def alternatives(source, what):
    found = re.search(rf"^{what}: (.*)$", source, re.MULTILINE)
    return found[1].split(" or ") if found else []


def main(files):
    lines = kinds = patched = unexplained = 0
    seconds = []
    for file in files:
        names = runpy.run_path(file)
        with open(file) as opened:
            source = opened.read()
        known = list(inspect.signature(names["loss"]).parameters)
        argnums = [known.index(p) for p in names["PARAMETERS"]] if "PARAMETERS" in names else None
        start = time.perf_counter()
        found = mg.diagnose(names["loss"], names["backprop"], *names["data"](), argnums=argnums)
        seconds.append(time.perf_counter() - start)
        line = bool(found) and str(found[0].line) in alternatives(source, "wrong line")
        kind = sorted(d.kind for d in found) in [sorted(k.split(" + ")) for k in alternatives(source, "expected kind")]
        lines, kinds = lines + line, kinds + kind
        patched += bool(found) and all(d.patch for d in found)
        unexplained += any(d.kind == "unexplained" for d in found)
        if not (line and kind):
            print(file, *(f"  line {d.line}: {d.kind}: {d.expression} -> {d.correction}" for d in found), sep="\n")
    print(
        f"{len(files)} files: line right first in {lines}, kind in {kinds}, patched {patched}, "
        f"unexplained {unexplained}; "
        f"half of them within {sorted(seconds)[len(seconds) // 2]:.2f} s, all within {max(seconds):.2f} s"
    )


if __name__ == "__main__":
    main(sys.argv[1:])

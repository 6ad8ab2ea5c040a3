"""``python -m tests.check.innocent [FOLDER]``: right derivations, of which none may be called wrong.

Those of the corpus, and the wrong ones corrected, at several seeds, in both precisions, with parameters a million times
larger and smaller. Where the loss isn't finite then, there is nothing to judge.
"""

import io
import sys
import tempfile
import warnings
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

import numpy as np

import microgradnet as mg

from .located import module
from .test_corpus_of_derivations import FOLDER, changes, corrected, head_of

SEEDS, DTYPES, SCALES = (0, 1), (np.float64, np.float32), (1.0, 1e-6, 1e6)


def arguments_of(names, seed, dtype, scale):
    """Draw the data, with the parameters scaled, in one precision."""
    order = names["loss"].__code__.co_varnames
    given = []
    for name, value in zip(order, names["data"](seed), strict=False):
        is_real = np.asarray(value).dtype.kind == "f"
        factor = scale if name in names["PARAMETERS"] else 1.0
        given.append(np.asarray(value, dtype) * dtype(factor) if is_real and np.ndim(value) else value)
    return given


def judged(names, function, given):
    """Return what is found in a right derivation; None where nothing can be judged."""
    order = names["loss"].__code__.co_varnames
    places = tuple(order.index(name) for name in names["PARAMETERS"])
    try:
        found = mg.diagnose(names["loss"], names[function], *given, argnums=places)
    except (ValueError, ArithmeticError):
        return None
    return None if any(d.kind in ("not-finite", "not-to-be-believed") for d in found) else found


def main(where=str(FOLDER)):
    total = Counter()
    with tempfile.TemporaryDirectory() as folder, np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for path in sorted(Path(where).glob("*.py")):
            source = path.read_text(encoding="utf-8")
            head = head_of(source)
            for function in ("right", "backprop"):
                text = source if function == "right" else corrected(source, head, changes(head)[0])
                names = module(text, Path(folder) / f"{path.stem}_{function}.py")
                for case in ((s, d, c) for s in SEEDS for d in DTYPES for c in SCALES):
                    with redirect_stdout(io.StringIO()):
                        found = judged(names, function, arguments_of(names, *case))
                    blamed = [d for d in found or () if d.line is not None]
                    total += Counter(cases=1, unjudged=found is None, called_wrong=bool(found), blamed=bool(blamed))
                    if found:
                        print(path.stem, function, case[0], case[1].__name__, case[2], found[0].kind, found[0].line)
    print(", ".join(f"{name} {count}" for name, count in total.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`mg.diagnose` beside one evaluation of the loss: the article, the corpus of mistakes, a large network.

    python -m tests.benchmarks.diagnosis > tests/benchmarks/results/diagnosis.txt

The wrong derivations are functions, of which the line is found, or the same gradients as arrays, where numbers are all
there is. What is timed is the whole call, from the first look at the arguments; the source of a file is read once, as
it is for whoever asks once. Processor time, on one thread.
"""

from __future__ import annotations

import io
import linecache
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import microgradnet as mg
from tests.benchmarks.measure import duration, seconds
from tests.check.test_corpus_of_derivations import FOLDER, head_of, run

COMMAND = "python -m tests.benchmarks.diagnosis > tests/benchmarks/results/diagnosis.txt"

NETWORK = """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(X, Y, W1, b1, W2, b2):
    h = sigmoid(X @ W1 + b1)
    return np.sum((Y - sigmoid(h @ W2 + b2)) ** 2) / len(X)

def backprop(X, Y, W1, b1, W2, b2):
    m = len(X)
    a1 = sigmoid(X @ W1 + b1)
    a2 = sigmoid(a1 @ W2 + b2)
    dz2 = 2 * (a2 - Y) * a2 * (1 - a2) / m
    dW2, db2 = a1.T @ dz2, dz2.sum(axis=0)
    dz1 = (dz2 @ W2.T) * a1 * (1 - a1)
    dW1, db1 = X.T @ dz1, dz1.sum(axis=0)
    return dW1, db1, dW2, db2
"""

MISTAKES = [
    ("not divided by the rows", " / m\n", "\n"),
    ("without the slope of the hidden units", "(dz2 @ W2.T) * a1 * (1 - a1)", "dz2 @ W2.T"),
    ("the slope of another layer's input", "a1 * (1 - a1)", "(X @ W1) * (1 - X @ W1)"),
    ("a bias by the mean", "db1 = X.T @ dz1, dz1.sum(", "db1 = X.T @ dz1, dz1.mean("),
]

ARTICLE = [(4, 3), (4, 1), (3, 4), (4, 1)]
"""The shapes of x, y, weights1 and weights2."""

BY_HAND = """
import numpy as np
from microgradnet import article

loss = article.loss

def backprop(x, y, weights1, weights2):
    layer1 = 1 / (1 + np.exp(-x @ weights1))
    output = 1 / (1 + np.exp(-layer1 @ weights2))
    delta2 = 2 * (output - y) * output * (1 - output)
    d_weights2 = layer1.T @ delta2
    d_weights1 = x.T @ ((delta2 @ weights2.T) * layer1 * (1 - layer1))
    return d_weights1, d_weights2
"""


def called(source: str) -> dict[str, Any]:
    """Run a source that its lines can be read of."""
    file = f"<derivation {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names: dict[str, Any] = {"__name__": "derivation"}
    exec(compile(source, file, "exec"), names)
    return names


def timed(loss: Callable[..., Any], manual: Any, args: Sequence[Any], argnums: Any, times: int = 3) -> tuple[Any, ...]:
    """Return what is found, and the seconds that a diagnosis and the loss take, the median of a few."""
    found: list[Any] = []

    def diagnose() -> None:
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            found[:] = mg.diagnose(loss, manual, *args, argnums=argnums)

    calls = max(1, round(0.002 / max(seconds(lambda: loss(*args), 3) / 3, 1e-7)))
    rounds = [(seconds(diagnose), seconds(lambda: loss(*args), calls) / calls) for _ in range(times)]
    return found, median(a for a, _ in rounds), median(b for _, b in rounds), median(a / b for a, b in rounds)


def line(what: str, found: Sequence[Any], took: float, once: float, ratio: float) -> str:
    """Write what took how long."""
    said = ", ".join(f"{d.kind} in line {d.line}" if d.line else str(d.kind) for d in found) or "nothing"
    return f"{what}: {duration(took)}, the loss {duration(once)}, ratio {ratio:.0f}  ({said})"


def article() -> None:
    random = np.random.default_rng(0)
    args = [random.random(shape) for shape in ARTICLE]
    for what, source in (
        ("the article, right", BY_HAND),
        ("the article, σ′ of the output left out", BY_HAND.replace(" * output * (1 - output)", "")),
        ("the article, not transposed", BY_HAND.replace("layer1.T @ delta2", "delta2.T @ layer1")),
    ):
        names = called(source)
        print(line(what, *timed(names["loss"], names["backprop"], args, (2, 3), 11)))


def network() -> None:
    random = np.random.default_rng(0)
    shapes = [(64, 784), (64, 10), (784, 128), (128,), (128, 10), (10,)]
    args = [0.1 * random.normal(size=shape) for shape in shapes]
    for what, right, wrong in MISTAKES:
        names = called(NETWORK.replace(right, wrong))
        loss, manual = names["loss"], names["backprop"]
        print(line(f"784-128-10, 64 rows, {what}", *timed(loss, manual, args, (2, 3, 4, 5), 1)))
        print(line("  as arrays", *timed(loss, manual(*args), args, (2, 3, 4, 5), 1)))


def corpus() -> None:
    """Time every derivation of a corpus, those given as arrays too."""
    took, ratios = zip(*sorted(each(FOLDER)), strict=True)
    half, most, all_ = map(duration, (median(took), took[int(0.9 * len(took))], took[-1]))
    print(
        f"{len(took)} derivations of tests/check/derivations: half of them within {half}, ratio {median(ratios):.0f};"
    )
    print(f"  nine of ten within {most}, all within {all_}")


def each(where: Path) -> Iterator[tuple[float, float]]:
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(where.glob("*.py")):
            source = path.read_text(encoding="utf-8")
            copy = Path(folder) / path.name
            copy.write_text(source, encoding="utf-8")
            names = run(source, copy)
            order = names["loss"].__code__.co_varnames
            places = tuple(order.index(name) for name in names["PARAMETERS"])
            arguments, manual = names["data"](), names["backprop"]
            if head_of(source).get("given as") == "arrays":
                manual = manual(*names["data"]())
            _, took, _, ratio = timed(names["loss"], manual, arguments, places, 1)
            yield took, ratio


def main() -> None:
    print(COMMAND)
    print(f"NumPy {np.__version__}, float64, one thread; processor time\n")
    with threadpool_limits(1), np.errstate(all="ignore"):
        article()
        print()
        network()
        print()
        corpus()


if __name__ == "__main__":
    main()

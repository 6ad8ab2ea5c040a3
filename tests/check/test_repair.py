"""`repair`: what the smallest change is that mends a derivation, and where, of one mistake and of two at once."""

import linecache

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.by_hand import ByHand
from microgradnet.check.located import Sources, located
from microgradnet.check.mend import repair
from microgradnet.check.mend.scan import Scan
from microgradnet.check.rerun import Rerun

from .located import module

LAYER_NORM = """
import numpy as np

def loss(x, t):
    mean = np.mean(x, axis=1, keepdims=True)
    std = np.sqrt(np.mean((x - mean) ** 2, axis=1, keepdims=True) + 1e-3)
    return np.sum(np.tanh((x - mean) / std) * t)

def backprop(x, t):
    std = np.sqrt(x.var(axis=1, keepdims=True) + 1e-3)
    n = (x - x.mean(axis=1, keepdims=True)) / std
    d = t * (1 - np.tanh(n) ** 2)
    first = d.mean(axis=1, keepdims=True)
    second = (d * n).mean(axis=1, keepdims=True)
    return (d - first - n * second) / std
"""

ROWS = """
import numpy as np

rows = np.array([0, 2, 2, 1])

def loss(x, t):
    return np.sum((np.tanh(x)[rows] - t) ** 2)

def backprop(x, t):
    h = np.tanh(x)
    grad = np.zeros_like(h)
    np.add.at(grad, rows, 2 * (h[rows] - t))
    for _ in range(1):
        slope = 1 - h ** 2
    return grad * slope
"""

TWICE = """
import numpy as np

class Layer:
    def __init__(self, w):
        self.w, self.grad = w, np.zeros_like(w)

    def backward(self, x, d):
        self.grad = x.T @ d

def loss(x, t):
    return np.sum((t @ x) ** 2)

def backprop(x, t):
    layer = Layer(x)
    for _ in range(3):
        layer.backward(t, 2 * t @ x)
    return layer.grad
"""

BRANCHES = """
import numpy as np

def norm_back(d, v):
    return d - v * (d * v).sum(axis=1, keepdims=True)

def loss(x, t):
    n = np.tanh(x) @ t.T
    return np.sum(n ** 3) + np.sum(x * x * x)

def backprop(x, t):
    h = np.tanh(x)
    d = 3 * (h @ t.T) ** 2
    return (d @ t) * (1 - h ** 2) + 3 * x ** 2
"""

AXES = [("first = d.mean(axis=1,", "first = d.mean(axis=0,"), ("n).mean(axis=1,", "n).mean(axis=0,")]

CASES = [
    ("two axes at once", LAYER_NORM, AXES),
    ("added up at every index", ROWS, [("np.add.at(grad, rows, 2 * ", "grad[rows] += (2 * ")]),
    ("an addition for an assignment", TWICE, [("self.grad = x.T @ d", "self.grad += x.T @ d")]),
    ("parentheses elsewhere", BRANCHES, [("(1 - h ** 2) + 3 * x ** 2", "((1 - h ** 2) + 3 * x ** 2)")]),
    ("a factor", ROWS, [("grad * slope", "grad")]),
]  # fmt: skip


def sources_of(source):
    file = f"<repaired {len(linecache.cache)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    names = {"__name__": "repaired"}
    exec(compile(source, file, "exec"), names)
    random = np.random.default_rng(0)
    x = random.normal(size=(3, 4))
    shape = (4, 4) if "rows =" in source else (3, 4) if "std" in source else (5, 4) if "h @" in source else (5, 3)
    t = random.normal(size=shape)
    derivation = ByHand.read(names["loss"], names["backprop"], [x, t], 0, False, "recorded", caller="test")
    return Sources.of(derivation), list(derivation.gradients)


def changed(source, changes):
    lines = set()
    for right, wrong in changes:
        lines.add(source[: source.index(right)].count("\n") + 1)
        source = source.replace(right, wrong)
    return source, lines


@pytest.mark.parametrize(("source", "changes"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_each_place_that_was_changed_is_named_with_what_stood_there(source, changes):
    wrong, lines = changed(source, changes)
    found, together = located(*sources_of(wrong), np.inf)
    assert {d.line for d in found} == lines
    assert together is not None


@pytest.mark.parametrize("source", [LAYER_NORM, ROWS, TWICE, BRANCHES])
def test_a_right_derivation_has_no_place_to_name(source):
    assert located(*sources_of(source), np.inf) == ([], None)


def test_what_may_be_computed_ends_the_search_and_is_counted(monkeypatch):
    wrong, _ = changed(*CASES[0][1:])
    first, again = (located(*sources_of(wrong), np.inf)[0] for _ in range(2))
    assert [(d.line, d.correction) for d in first] == [(d.line, d.correction) for d in again]
    monkeypatch.setattr(repair, "WORK", 0.0)
    assert located(*sources_of(wrong), np.inf)[0] == []


BESIDE = """
import numpy as np

def delete_all(x):
    raise SystemExit("called")

def slope(z):
    return 1 - np.tanh(z) ** 2

def loss(x, w):
    return np.sum(np.tanh(x @ w) ** 2)

def backprop(x, w):
    z = x @ w
    d = 2 * np.tanh(z) * slope(np.tanh(z))
    return x.T @ d
"""


def test_functions_that_the_derivation_does_not_call_are_never_called(tmp_path):
    names = module(BESIDE, tmp_path / "beside.py")
    x, w = np.array([[1.0, 2.0], [0.3, -0.4]]), np.array([[0.2], [-0.7]])
    (found,) = mg.diagnose(names["loss"], names["backprop"], x, w, argnums=1)
    assert found.line is not None


@pytest.mark.parametrize(
    "short",
    [
        "x = x.astype(np.float32)",
        'x, t = x.astype("float32"), t.astype(dtype=np.float32)',
        "x = np.array([[np.float16(e) for e in row] for row in x])",
    ],
)
@pytest.mark.parametrize(("source", "changes"), [c[1:] for c in CASES[1:2] + CASES[-1:]], ids=["added up", "a factor"])
def test_what_computes_in_fewer_digits_is_read_in_all_of_them(source, changes, short):
    wrong, lines = changed(source.replace("    h = np.tanh(x)\n", f"    {short}; h = np.tanh(x)\n"), changes)
    found, together = located(*sources_of(wrong), np.inf)
    assert {d.line for d in found} == lines
    assert together is not None
    assert located(*sources_of(source.replace("h = np", f"{short}; h = np")), np.inf) == ([], None)


CANCELS = """
import numpy as np

def loss(x, t):
    z = (t @ x + OFFSET) - OFFSET
    return np.sum(np.tanh(z) ** 2)

def backprop(x, t):
    h = np.tanh(t @ x)
    d = 2 * h
    return t.T @ (d * (1 - h ** 2))
"""


@pytest.mark.parametrize("offset", [1e7, 1e9, 1e11])
def test_what_has_lost_digits_in_the_loss_is_still_known_and_mended(offset):
    source = CANCELS.replace("OFFSET", f"{offset:.0f}.0")
    reading, _ = sources_of(source)
    known = {reading.program.text(p) for p in reading.program.places if any(reading.aligned.matches(p))}
    assert {"t @ x", "np.tanh(t @ x)", "2 * h", "d * (1 - h ** 2)"} <= known
    (found,), _ = located(*sources_of(source.replace("1 - h ** 2", "1 - h")), np.inf)
    assert (found.line, found.patch is not None) == (11, True)


@pytest.mark.parametrize(("late", "scale"), [(True, 6.0), (False, 1.0)])
def test_gradients_that_are_divided_by_the_rows_at_the_end_are_known_for_what_they_will_be(late, scale, tmp_path):
    now, then = ("", " / m") if late else (" / m", "")
    source = f"""
import numpy as np

def loss(W, V, x, y):
    return np.mean((np.tanh(x @ W) @ V - y) ** 2)

def backprop(W, V, x, y):
    m = len(x)
    a = np.tanh(x @ W)
    d2 = 2 * (a @ V - y){now}
    d1 = np.outer(d2, V) * (1 - a ** 2)
    return x.T @ d1{then}, a.T @ d2{then}
"""
    names = module(source, tmp_path / "late.py")
    arguments = [np.random.default_rng(k).normal(size=s) for k, s in enumerate([(3, 4), 4, (6, 3), 6])]
    derivation = ByHand.read(names["loss"], names["backprop"], arguments, (0, 1), False, "recorded", caller="test")
    reading = Sources.of(derivation)
    (d1,) = (p for p in reading.program.places if p.variable == "d1")
    assert reading.aligned.matches(d1)[0].exact
    assert reading.aligned.known.scale == scale


CENTERED = """
import numpy as np

def loss(w, b, x):
    h = x @ w + b
    return np.sum(np.sin((h - h.mean(axis=0)) ** 2))

def backprop(w, b, x):
    h = x @ w + b
    c = h - h.mean(axis=0)
    dc = np.cos(c ** 2) * c
    dh = dc - dc.mean(axis=0)
    return x.T @ dh, dh.sum(axis=0)
"""


def test_a_gradient_that_is_rounding_keeps_no_place_out_of_the_search(tmp_path):
    names, random = module(CENTERED, tmp_path / "centered.py"), np.random.default_rng(0)
    arguments = [random.normal(size=s) for s in ((3, 2), 2, (5, 3))]
    derivation = ByHand.read(names["loss"], names["backprop"], arguments, (0, 1), False, "recorded", caller="test")
    reading = Sources.of(derivation)
    rerun = Rerun(reading.program, derivation, reading.draws, reading.observed[0])
    search = repair.Repair(rerun, reading.aligned, frozenset("w"), np.inf, frozenset())
    scan = Scan.after(search, frozenset("w"), [])  # that of b is as good as nothing, whatever it is made of
    assert {"dc", "dh"} <= {reading.program.places[i].variable for i in scan.reach}

"""What stands in the wrong place, or is taken from one: a loop's line outside of it, what a stack gives back."""

import numpy as np
import pytest

from microgradnet.check.mend.moved import moved
from microgradnet.check.observe import Place, Source
from microgradnet.check.patch import changed

from .test_observe import defined
from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

PLAIN = """
def loss(w, b, x):
    return np.mean(np.sum(np.sin(x @ w + b), axis=1))

def backprop(w, b, x):
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for row in x:
        d = np.cos(row @ w + b)
        dw += np.outer(row, d)
        db += d
    dw /= len(x)
    db /= len(x)
    return dw, db
"""

TWO_LAYERS = """
def loss(w, v, x):
    return np.sum(np.sin(np.tanh(x @ w) @ v))

def backprop(w, v, x):
    h = np.tanh(x @ w)
    d = np.cos(h @ v)
    dv = h.T @ d
    d = d @ v.T
    d *= 1 - h**2
    dw = x.T @ d
    return dw, dv
"""

STACK = """
def loss(w, v, x):
    return np.sum(np.sin(np.tanh(np.tanh(x @ w) @ w) @ v))

class Layer:
    def __init__(self, w):
        self.w, self.dw, self.kept = w, np.zeros_like(w), []

    def forward(self, x):
        out = np.tanh(x @ self.w)
        self.kept.append((x, out))
        return out

    def backward(self, d):
        x, out = self.kept.pop()
        d = d * (1 - out**2)
        self.dw += x.T @ d
        return d @ self.w.T

def backprop(w, v, x):
    layer = Layer(w)
    h = layer.forward(layer.forward(x))
    d = np.cos(h @ v)
    dv = h.T @ d
    d = d @ v.T
    d = layer.backward(d)
    layer.backward(d)
    return layer.dw, dv
"""

OBJECTS = """
def loss(w, v, u, x):
    return np.sum(np.sin(np.tanh(np.tanh(x @ w) @ v) @ u))

class Tanh:
    def forward(self, z):
        self.out = np.tanh(z)
        return self.out

    def backward(self, d):
        return d * (1 - self.out**2)

class Dense:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.x = x
        return x @ self.w

    def backward(self, d):
        self.dw = self.x.T @ d
        return d @ self.w.T

def backprop(w, v, u, x):
    dense = [Dense(w), Dense(v), Dense(u)]
    act = Tanh()
    layers = [dense[0], act, dense[1], act, dense[2]]
    for layer in layers:
        x = layer.forward(x)
    d = np.cos(x)
    for layer in layers[::-1]:
        d = layer.backward(d)
    return [layer.dw for layer in dense]
"""

EPISODES = """
def loss(w, x, b, lengths):
    total = 0.0
    for e, n in enumerate(lengths):
        for t in range(n):
            total = total + (x[e, t] @ w - b[e, t]) ** 2
    return total

def backprop(w, x, b, lengths):
    dw = np.zeros_like(w)
    for e, n in enumerate(lengths):
        rows = x[e, :n]
        off = rows @ w - b[e, :n]
        dw += 2 * rows.T @ off
    return dw
"""

JOINED = """
def loss(w, x, h):
    for row in x:
        h = np.tanh(np.concatenate([h, row]) @ w)
    return np.sum(np.sin(h))

def backprop(w, x, h):
    size, states, inputs = len(h), [h], []
    for row in x:
        inputs.append(np.concatenate([states[-1], row]))
        states.append(np.tanh(inputs[-1] @ w))
    dw, dh = np.zeros_like(w), np.cos(states[-1])
    for t in range(len(x))[::-1]:
        dz = dh * (1 - states[t + 1] ** 2)
        dw += np.outer(inputs[t], dz)
        di = w @ dz
        dh = di[:size]
    return dw
"""

GATES = """
def squashed(z):
    return 1 / (1 + np.exp(-z))

def loss(wf, wi, wo, x):
    h = np.ones(len(wf))
    for row in x:
        f, i, o = squashed(wf @ h), squashed(wi @ h), np.tanh(wo @ h)
        h = f * h + i * o + row
    return np.sum(np.sin(h))

def backprop(wf, wi, wo, x):
    h, kept = np.ones(len(wf)), []
    for row in x:
        f, i, o = squashed(wf @ h), squashed(wi @ h), np.tanh(wo @ h)
        kept.append((h, f, i, o))
        h = f * h + i * o + row
    dwf, dwi, dwo = np.zeros_like(wf), np.zeros_like(wi), np.zeros_like(wo)
    dh = np.cos(h)
    for h, f, i, o in kept[::-1]:
        df, di, do = dh * h * f * (1 - f), dh * o * i * (1 - i), dh * i * (1 - o**2)
        dwf += np.outer(df, h)
        dwi += np.outer(di, h)
        dwo += np.outer(do, h)
        before = dh * f
        before += wf.T @ df
        before += wi.T @ di
        before += wo.T @ do
        dh = before
    return dwf, dwi, dwo
"""

MARGINS = """
STEP = 0.7

def loss(w, x, y):
    s = x @ w
    rows = np.arange(len(y))
    m = np.maximum(0, s - s[rows, y][:, None] + STEP)
    m[rows, y] = 0
    return np.sum(m)

def slope(s, label):
    ds = np.zeros_like(s)
    count = 0
    for j in range(len(s)):
        margin = s[j] - s[label] + STEP
        if j != label and margin > 0:
            ds[j] = 1
            count += 1
    ds[label] = -count
    return ds

def backprop(w, x, y):
    dw = np.zeros_like(w)
    for row, label in zip(x, y):
        dw += np.outer(row, slope(row @ w, label))
    return dw
"""

SHARED = """
def loss(z, pairs):
    return np.sum([np.sum((z[i] - z[j]) ** 2) for i, j in pairs])

def backprop(z, pairs):
    dz = np.zeros_like(z)
    for i, j in pairs:
        d = 2 * (z[i] - z[j])
        dz[i] += d
        dz[j] += -d
    return dz
"""

SLOPES = """
def gelu(u):
    return u / (1 + np.exp(-1.7 * u))

def gelu_slope(d, kept):
    s, u = kept
    return d * (s + 1.7 * u * s * (1 - s))

def loss(w, x):
    return np.sum(np.sin(gelu(x @ w)))

def backprop(w, x):
    u = x @ w
    gelu_kept = 1 / (1 + np.exp(-1.7 * u)), u
    d = np.cos(gelu(u))
    du = gelu_slope(d, gelu_kept)
    return x.T @ du
"""

PENALISED = """
def loss(w, x, y):
    return np.mean((x @ w - y) ** 2) + 0.3 * np.sum(w**2)

def backprop(w, x, y):
    d = 2 * (x @ w - y) / len(y)
    dw = np.sum(x * d[:, None], axis=0)
    dw += 0.3 * 2 * w
    return dw
"""

COUNTED = """
def loss(w, b, x):
    total = 0.0
    for k in range(len(x)):
        total = total + np.sum(np.sin(x[k] @ w + b))
    return total / 3

def backprop(w, b, x):
    n, dw, db = x.shape[1], np.zeros_like(w), np.zeros_like(b)
    for k in range(len(x)):
        d = np.zeros((n, w.shape[1]))
        d += np.cos(x[k] @ w + b)
        d = d / n
        dw += x[k].T @ d
        db += d.sum(0)
    return dw, db
"""

BIASES = """
def loss(w, b, x):
    return np.sum(np.sin(w @ x + b))

def backprop(w, b, x):
    d = np.cos(w @ x + b)
    db = np.sum(d, axis=1, keepdims=True)
    return d @ x.T, db
"""

BLOCK = "  # behind the block that begins in line"
LABELS = np.array([1, 0, 2, 1, 2])
PAIRS = np.array([[0, 1], [1, 2], [3, 0], [2, 0]])
LENGTHS = np.array([3, 2, 4])
GIVEN = {
    PLAIN: (normal((3, 2), 2, (5, 3)), (0, 1)),
    TWO_LAYERS: (normal((3, 4), (4, 2), (5, 3)), (0, 1)),
    STACK: (normal((3, 3), (3, 2), (4, 3)), (0, 1)),
    OBJECTS: (normal((3, 4), (4, 4), (4, 2), (5, 3)), (0, 1, 2)),
    EPISODES: ((*normal(3, (3, 4, 3), (3, 4)), LENGTHS), (0,)),
    JOINED: (normal((7, 4), (5, 3), 4), (0,)),
    GATES: (normal((4, 4), (4, 4), (4, 4), (3, 4)), (0, 1, 2)),
    MARGINS: ((*normal((3, 3), (5, 3)), LABELS), (0,)),
    SHARED: ((*normal((4, 3)), PAIRS), (0,)),
    SLOPES: (normal((3, 2), (5, 3)), (0,)),
    PENALISED: (normal(3, (5, 3), 5), (0,)),
    BIASES: (normal((3, 4), (3, 1), (4, 5)), (0, 1)),
    COUNTED: (normal((2, 4), 4, (4, 3, 2)), (0, 1)),
}


@pytest.mark.parametrize(
    ("source", "old", "new", "meant"),
    [
        (PLAIN, "        db += d\n", "    db += d\n", {"db += d": "  # behind line"}),
        (PLAIN, "    dw /= len(x)\n", "        dw /= len(x)\n", {"dw /= len(x)": BLOCK}),
        (COUNTED, "    return dw", "        return dw", {"return dw, db": BLOCK}),
        (PLAIN, "    dw /= len(x)\n    db /= len(x)\n", "        dw /= len(x)\n        db /= len(x)\n",
         {"dw /= len(x)": BLOCK, "db /= len(x)": BLOCK}),
        (PLAIN, "        db += d\n    dw /= len(x)\n", "        dw /= len(x)\n    db += d\n",
         {"db += d": "  # behind line", "dw /= len(x)": BLOCK}),
        (TWO_LAYERS, "    d *= 1 - h**2\n    dw = x.T @ d\n", "    dw = x.T @ d\n    d *= 1 - h**2\n",
         {"dw = x.T @ d": "  # behind line"}),
        (STACK, "self.kept.pop()", "self.kept.pop(0)", {"x, out = self.kept.pop(0)": "self.kept.pop("}),
        (STACK, "self.kept.pop()", "self.kept[-1]", {"x, out = self.kept[-1]": "self.kept.pop()"}),
        (STACK, "    d = layer.backward(d)\n", "    layer.backward(d)\n", {"layer.backward(d)": "d = layer."}),
        (OBJECTS, "", "", {"layers = [dense[0], act, dense[1], act, dense[2]]": "Tanh(), dense[1], Tanh()"}),
        (EPISODES, " - b[e, :n]", "", {"off = rows @ w": " - b[e, :n]"}),
        (EPISODES, "rows = x[e, :n]\n        off = rows @ w - b[e, :n]", "rows, off = x[e, :n], x[e, :n] @ w - b[e, 0]",
         {"rows, off = x[e, :n], x[e, :n] @ w - b[e, 0]": "- b[e, :n]"}),
        (JOINED, "        dh = di[:size]\n", "", {"di = w @ dz": "dh = di[:size]"}),
        (JOINED, "di[:size]", "di[-size:]", {"dh = di[-size:]": "di[:size]"}),
        (GATES, "        before += wi.T @ di\n", "", {"before = dh * f": "dh * f + wi.T @ di"}),
        (MARGINS, "    ds[label] = -count\n", "", {"return ds": "ds[label] = -count"}),
        (MARGINS, "s[label] + STEP", "s[label]", {"margin = s[j] - s[label]": "s[j] - s[label] + STEP"}),
        (SHARED, "+= d\n        dz[j] += -d", "= d\n        dz[j] = -d",
         {"dz[i] = d": "dz[i] += d", "dz[j] = -d": "dz[j] += -d"}),
        (SLOPES, "gelu_slope(d, gelu_kept)", "d * (u > 0)", {"du = d * (u > 0)": "gelu_slope(d, gelu_kept)"}),
        (PENALISED, "2 * w\n", "np.sum(w**2)\n", {"dw += 0.3 * np.sum(w**2)": "2 * w"}),
        (PENALISED, "np.sum(x * d[:, None], axis=0)", "np.sum(x, axis=0) * np.sum(d[:, None], axis=0)",
         {"dw = np.sum(x, axis=0) * np.sum(d[:, None], axis=0)": "np.sum(x * d[:, None], axis=0)"}),
        (BIASES, "np.sum(d, axis=1, keepdims=True)", "np.zeros_like(b)", {"db = np.zeros_like(b)": "d.sum(axis=1, "}),
        (COUNTED, "        d = d / n\n", "", {"d += np.cos(x[k] @ w + b)": " / n"}),
    ],
    ids=[
        "outside of its loop", "divided in every turn", "returned in the first turn", "two divided in every turn",
        "one in the loop and one not",
        "too early", "off the other end of a stack", "not off the stack", "a result that is lost",
        "one object in two places", "another array at the same index", "one element for a part",
        "a block is not handed on",
        "another block", "a gate forgotten", "counted and put nowhere", "a term that a condition reads",
        "two write over each other", "a function that nobody calls", "a penalty itself", "a product of sums",
        "never summed", "a count that the last turn has, too",
    ],
)  # fmt: skip
def test_the_line_is_named_and_where_it_belongs(source, old, new, meant, tmp_path):
    assert not old or source.count(old) == 1
    arguments, argnums = GIVEN[source]
    wrong = HEAD + source.replace(old, new) if old else HEAD + source
    found = diagnosed(wrong, arguments, argnums, tmp_path)
    lines = {wrong.splitlines()[d.line - 1].strip(): d for d in found}
    assert lines.keys() == meant.keys(), found
    assert all(words in f"{lines[line].correction} {lines[line].right}" for line, words in meant.items()), found
    assert all(d.patch for d in found)
    right = HEAD + source.replace("act = Tanh()\n    ", "").replace(" act,", " Tanh(),")
    assert not diagnosed(right, arguments, argnums, tmp_path)


LARGE = """
def loss(w, b, v, x):
    return np.sum(np.sin(np.tanh(x @ w + b) @ v))

def backprop(w, b, v, x):
    h = np.tanh(x @ w + b)
    d = np.cos(h @ v)
    dv = h.T @ d
    dz = d @ v.T
    return x.T @ dz, dz.sum(axis=0), dv
"""


def test_of_many_numbers_one_line_is_named_that_two_gradients_come_of(tmp_path):
    given = [0.1 * np.cos(np.arange(np.prod(s))).reshape(s) for s in ((200, 60), (60,), (60, 2), (8, 200))]
    (found,) = diagnosed(HEAD + LARGE, given, (0, 1, 2), tmp_path)
    assert (found.kind, found.parameters, found.correction) == (
        "missing-factor",
        ("w", "b"),
        "dz = d @ v.T * (1 - h ** 2)",
    )


# --- the source with a statement moved ----------------------------------------------------------------------------

FUNCTION = """def f(x):
    total = 0.0
    for row in x:
        total += row
        last = row  # kept
    again = last
    return total + again
"""


def written(source, first, kind, other):
    """Move one statement of a function ahead of another, or behind it."""
    program = Source.of(defined(source))
    statements = {program.text(p, p.statement).splitlines()[0]: p for p in program.places}
    at, node = statements[first], statements[other].statement if other in statements else None
    node = next(s for s in program.trees[program.file].body[0].body if hasattr(s, "body")) if node is None else node
    place = Place(-1, f"moved {kind}", node, at.statement, at.file, at.function)
    return changed(program, program.file, [(place, first)])


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("source", "first", "kind", "other", "after"),
    [
        (FUNCTION, "again = last", "behind", "last = row", "  last = row  # kept\n        again = last\n"),
        (FUNCTION, "last = row", "behind", "the loop", "        total += row\n    last = row  # kept\n    again"),
        (FUNCTION, "last = row", "ahead", "total += row", "  last = row  # kept\n        total += row\n"),
        (FUNCTION.replace("        total += row\n", ""), "last = row", "behind", "the loop",
         "        pass\n    last = row  # kept\n    again"),
    ],
    ids=["into a loop", "out of it", "further up", "out of it, and nothing is left"],
)  # fmt: skip
def test_a_statement_is_moved_with_the_indentation_of_where_it_belongs(source, first, kind, other, after, ending):
    new = written(source.replace("\n", ending), first, kind, other)
    assert after.replace("\n", ending) in new or after in new.replace("\r\n", "\n")
    assert new.count(first) == source.count(first)


def test_where_a_statement_may_belong_is_listed_nearest_first():
    program = Source.of(defined(FUNCTION))
    at = next(p for p in program.places if program.text(p, p.statement) == "again = last")
    options = [(p.kind, program.text(p, p.node), r.kind) for p, r in moved(at, program.trees[program.file])]
    assert options[0] == ("moved behind", "last = row", "missing-term")
    assert ("moved behind", "return total + again", "stale-value") not in options
    nothing = next(p for p in program.places if program.text(p, p.statement) == "total = 0.0")
    options = [(p.kind, program.text(p, p.node), r.kind) for p, r in moved(nothing, program.trees[program.file])]
    assert options[0] == ("moved ahead", "total += row", "repeated-term")  # begun anew in each turn
    assert [kind for kind, _, _ in options[1:]] == ["moved behind"]

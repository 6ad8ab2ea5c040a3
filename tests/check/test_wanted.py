"""`wanted`: what belongs at a place, written in the user's variables, where only its numbers are known."""

import warnings

import numpy as np
import pytest

import microgradnet as mg

from .located import module

TWO_TERMS = """
import numpy as np

def loss(a, b, xs):
    c = 0 * a + 0.2
    for x in xs:
        i = 1 / (1 + np.exp(-(a * c)))
        f = np.tanh(b * c)
        c = f * c + i * np.tanh(x)
    return np.sum(c ** 2)

def backprop(a, b, xs):
    cs, gi, gf, gg = [0 * a + 0.2], [], [], []
    for x in xs:
        gi.append(1 / (1 + np.exp(-(a * cs[-1]))))
        gf.append(np.tanh(b * cs[-1]))
        gg.append(np.tanh(x))
        cs.append(gf[-1] * cs[-1] + gi[-1] * gg[-1])
    da, db = np.zeros_like(a), np.zeros_like(b)
    dc = 2 * cs[-1]
    for s in reversed(range(len(xs))):
        di = dc * gg[s] * gi[s] * (1 - gi[s])
        df = dc * cs[s] * (1 - gf[s] ** 2)
        da += di * cs[s]
        db += df * cs[s]
        dc = dc * gf[s]
    return da, db
"""

POLYNOMIAL = """
import numpy as np

def loss(w, x):
    t = np.tanh(x * w)
    return np.mean((-2 * t * (1 - t ** 2) + t) ** 2)

def backprop(w, x):
    t = np.tanh(x * w)
    first = 1 - t ** 2
    third = -2 * first
    r = 2 * (-2 * t * first + t) / len(x)
    dz = r * (third + first)
    return dz * x
"""

CARRIED = """
import numpy as np

def loss(W, U, x):
    for _ in range(2):
        h, g = np.maximum(x @ W, 0), 1 / (1 + np.exp(-(x @ U)))
        x = h * g + x * (1 - g)
    return np.sum(x ** 2)

def layer(x, W, U):
    z, g = x @ W, 1 / (1 + np.exp(-(x @ U)))
    return np.maximum(z, 0) * g + x * (1 - g), (x, z, g)

def back(dout, cache, W, U):
    x, z, g = cache
    dz = dout * g * (z > 0)
    du = dout * (np.maximum(z, 0) - x) * g * (1 - g)
    dx = dz @ W.T + du @ U.T
    return dx, x.T @ dz, x.T @ du

def backprop(W, U, x):
    caches = []
    for _ in range(2):
        x, cache = layer(x, W, U)
        caches.append(cache)
    dW, dU, d = np.zeros_like(W), np.zeros_like(U), 2 * x
    while caches:
        d, gW, gU = back(d, caches.pop(), W, U)
        dW, dU = dW + gW, dU + gU
    return dW, dU
"""

NEXT_TURN = (
    TWO_TERMS.replace("    dc = 2 * cs[-1]\n", "    carried, top = 2 * cs[-1], len(xs) - 1\n")
    .replace("        di = dc", "        dc = carried\n        di = dc")
    .replace("        dc = dc * gf[s]\n", "        carried = dc * gf[s]\n")
)

ROW_BY_ROW = """
import numpy as np

def loss(w, v, x):
    z = x @ w
    return np.sum(np.tanh(0.5 * z * (1 + np.tanh(z))) @ v) / len(x)

def slope(z):
    t = np.tanh(z)
    return 0.5 * (1 + t)

def backprop(w, v, x):
    dw, dv = np.zeros_like(w), np.zeros_like(v)
    for row in x:
        z = row @ w
        a = np.tanh(0.5 * z * (1 + np.tanh(z)))
        dv += a / len(x)
        da = v / len(x) * (1 - a ** 2)
        dz = da * slope(z)
        dw += np.outer(row, dz)
    return dw, dv
"""

SHARED_OUT = """
import numpy as np

def loss(w, x, t):
    h = 1 / (1 + np.exp(-(x @ w)))
    return np.sum((h - t) ** 2) + np.sum(h.mean(axis=0) ** 3)

def backprop(w, x, t):
    h = 1 / (1 + np.exp(-(x @ w)))
    mean = h.mean(axis=0)
    penalty = 3 * mean ** 2
    dz = 2 * (h - t) * h * (1 - h) + penalty
    return x.T @ dz
"""

SCALED_AFTER = """
import numpy as np

def loss(w, x):
    h = np.tanh(x @ w)
    z = (h - h.mean(0)) / np.sqrt(h.var(0) + 0.1)
    return np.sum(np.sin(z))

def backprop(w, x):
    h = np.tanh(x @ w)
    spread = np.sqrt(h.var(0) + 0.1)
    z = (h - h.mean(0)) / spread
    dz = np.cos(z)
    dh = dz - z * (dz * z).mean(0)
    dh /= spread
    return x.T @ (dh * (1 - h ** 2))
"""

UNCERTAIN = """
import numpy as np

def loss(w, x):
    p = np.mean(1 / (1 + np.exp(-(x @ w))), axis=0)
    return np.sum(0.1 * np.log(0.1 / p) + 0.9 * np.log(0.9 / (1 - p)))

def backprop(w, x, r=0.1):
    h = 1 / (1 + np.exp(-(x @ w)))
    p = np.mean(h, axis=0)
    dp = -r / p
    return x.T @ (dp / len(x) * h * (1 - h))
"""

OF_A_FUNCTION = """
import numpy as np

def loss(a, b, x, noise):
    mean, log = x @ a, x @ b
    divergence = -0.5 * np.sum(1 + log - mean ** 2 - np.exp(log))
    return np.sum((mean + np.exp(0.5 * log) * noise) ** 3) + divergence

def backprop(a, b, x, noise):
    da, db = np.zeros_like(a), np.zeros_like(b)
    for row, n in zip(x, noise):
        mean, log = row @ a, row @ b
        z = mean + np.exp(0.5 * log) * n
        dmean = 3 * z ** 2 + mean
        dlog = 1.5 * z ** 2 * n * np.exp(0.5 * log)
        dlog += log - 1 / log
        da += np.outer(row, dmean)
        db += np.outer(row, dlog)
    return da, db
"""

DIVIDED_LAST = """
import numpy as np

def loss(a, b, c, x):
    total = 0.0
    for row in x:
        h = np.tanh(a * row)
        total = total + np.sum(np.sin(b @ h)) * np.sum(np.cos(c @ h)) + np.sum(h ** 2 * row)
    return total / len(x)

def one(a, b, c, row):
    h = np.tanh(a * row)
    u, v = b @ h, c @ h
    du = np.cos(u) * np.sum(np.cos(v))
    dv = -np.sin(v) * np.sum(np.sin(u))
    dh = b.T @ du + 2 * h * row
    da = dh * (1 - h ** 2) * row
    return da, np.outer(du, h), np.outer(dv, h)

def backprop(a, b, c, x):
    da, db, dc = np.zeros_like(a), np.zeros_like(b), np.zeros_like(c)
    for row in x:
        ga, gb, gc = one(a, b, c, row)
        da += ga / len(x)
        db += gb / len(x)
        dc += gc / len(x)
    return da, db, dc
"""

SOME_USES = """
import numpy as np

def loss(u, v, w, xs):
    c = 0 * u + 0.2
    total = 0.0
    for x in xs:
        i, f = 1 / (1 + np.exp(-(u * c + x))), 1 / (1 + np.exp(-(v * c - x)))
        c = f * c + i * np.sin(x)
        total = total + np.sum(w * np.tanh(c))
    return total

def step(u, v, c, x):
    i, f = 1 / (1 + np.exp(-(u * c + x))), 1 / (1 + np.exp(-(v * c - x)))
    return f * c + i * np.sin(x), (c, i, f, np.sin(x))

def back(dc, kept, u, v):
    c, i, f, g = kept
    di = dc * g * i * (1 - i)
    df = dc * c * f * (1 - f)
    return dc * f, di * c, df * c

def backprop(u, v, w, xs):
    c, kept, cells = 0 * u + 0.2, [], []
    for x in xs:
        c, k = step(u, v, c, x)
        kept.append(k)
        cells.append(c)
    du, dv, dw, dc = np.zeros_like(u), np.zeros_like(v), np.zeros_like(w), np.zeros_like(u)
    for k, c in zip(kept[::-1], cells[::-1]):
        t = np.tanh(c)
        dw += t
        dc = dc + w * (1 - t * t)
        dc, gu, gv = back(dc, k, u, v)
        du += gu
        dv += gv
    return du, dv, dw
"""

ADDED_AT = """
import numpy as np

def loss(E, U, words):
    h = np.tanh(E[words] @ U)
    return np.sum(np.sin(E @ h[1:].T))

def backprop(E, U, words):
    x = E[words]
    h = np.tanh(x @ U)
    d = np.cos(E @ h[1:].T)
    dh = np.zeros_like(h)
    dh[1:] = d.T @ E
    dz = dh * (1 - h ** 2)
    dE = np.zeros_like(E)
    np.add.at(dE, words, dz @ U.T)
    return dE, x.T @ dz
"""

BATCHES = """
import numpy as np

def loss(s, w, x):
    return np.sum(w * np.sin(s @ s.transpose(0, 2, 1))) + np.sum(x * s)

def backprop(s, w, x):
    d = w * np.cos(np.einsum("nij,nkj->nik", s, s))
    ds = x.copy()
    ds += np.einsum("nik,nkj->nij", d, s)
    return ds
"""

BRACKET = """
import numpy as np

def loss(w, x, t):
    p = 1 / (1 + np.exp(-(x @ w)))
    return 1 - 2 * np.sum(p * t) / (np.sum(p) + np.sum(t))

def backprop(w, x, t):
    p = 1 / (1 + np.exp(-(x @ w)))
    both, total = np.sum(p * t), np.sum(p) + np.sum(t)
    top = t * total + both
    dp = -2 * top / total * total
    return x.T @ (dp * p * (1 - p))
"""


BY_FORMAT = """    x, z, g = cache
    k, kept = 1, {"g1": g, "d1": dout}
    g, dout = kept[f"g{k}"], kept[f"d{k}"]
"""

ENTRIES = CARRIED.replace("    x, z, g = cache\n", BY_FORMAT)


def normal(*shapes):
    random = np.random.default_rng(1)
    return [random.standard_normal(s) for s in shapes]


def diagnosed(source, arguments, argnums, tmp_path):
    names = module(source, tmp_path / "case.py")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mg.diagnose(names["loss"], names["backprop"], *arguments, argnums=argnums)


@pytest.mark.parametrize(
    ("source", "shapes", "argnums", "line", "words", "kind"),
    [
        (TWO_TERMS, [3, 3, (4, 3)], (0, 1), "dc = dc * gf[s]", ("di * a", "df * b"), "missing-term"),
        (POLYNOMIAL, [6, 6], (0,), "third = -2 * first", ("(3 * first - 2)",), "missing-factor"),
        (CARRIED, [(3, 3), (3, 3), (4, 3)], (0, 1), "dx = dz @ W.T + du @ U.T", ("dout * (1 - g)",), "missing-term"),
        (ENTRIES, [(3, 3), (3, 3), (4, 3)], (0, 1), "dx = dz @ W.T + du @ U.T", ("(1 - ",), "missing-term"),
        (NEXT_TURN, [3, 3, (4, 3)], (0, 1), "carried = dc * gf[s]", ("di * a", "df * b"), "missing-term"),
        (ROW_BY_ROW, [(3, 2), 2, (4, 3)], (0, 1), "return 0.5 * (1 + t)", ("z * (1 - t ** 2)",), "missing-term"),
        (
            SHARED_OUT,
            [(3, 2), (5, 3), (5, 2)],
            (0,),
            "dz = 2 * (h - t) * h * (1 - h) + penalty",
            ("/ len(x)",),
            "missing-factor",
        ),
        (SCALED_AFTER, [(3, 2), (5, 3)], (0,), "dh = dz - z * (dz * z).mean(0)", ("dz.",), "missing-term"),
        (UNCERTAIN, [(3, 2), (5, 3)], (0,), "dp = -r / p", ("(1 - r) / (1 - p)",), "missing-term"),
        (
            OF_A_FUNCTION,
            [(3, 2), (3, 2), (5, 3), (5, 2)],
            (0, 1),
            "dlog += log - 1 / log",
            ("+= 0.5 * (np.exp(log) - 1)",),
            "wrong-activation",
        ),
        (
            DIVIDED_LAST,
            [3, (2, 3), (4, 3), (5, 3)],
            (0, 1, 2),
            "dh = b.T @ du + 2 * h * row",
            ("c.T @ dv",),
            "missing-term",
        ),
        (
            SOME_USES,
            [3, 3, 3, (4, 3)],
            (0, 1, 2),
            "return dc * f, di * c, df * c",
            ("return dc * f + ", "di * u", "df * v"),
            "missing-term",
        ),
        (
            BATCHES,
            [(2, 3, 4), (2, 3, 3), (2, 3, 4)],
            (0,),
            "ds = x.copy()",
            ("d.swapaxes(-1, -2) @ s",),
            "missing-term",
        ),
        (ADDED_AT, [(5, 3), (3, 3)], (0, 1), "dE = np.zeros_like(E)", ("dE = d @ h[1:]",), "detached"),
    ],
    ids=[
        "two terms",
        "a polynomial",
        "what is carried past",
        "beside entries that are read by a format",
        "the next turn",
        "a helper, row by row",
        "one of so many parts",
        "before it is scaled",
        "what is left to one",
        "a function that is added",
        "what is divided last",
        "what some uses hand back",
        "products of batches",
        "what is added to at indices",
    ],
)
def test_what_is_missing_is_written_in_the_users_variables(source, shapes, argnums, line, words, kind, tmp_path):
    words_read = [np.array([0, 3, 3, 1])] if "words" in source else []
    found = diagnosed(source, [*normal(*shapes), *words_read], argnums, tmp_path)
    assert len(found) == 1
    assert source.splitlines()[found[0].line - 1].strip() == line
    assert all(w in found[0].correction for w in words), found[0].correction
    assert found[0].kind == kind
    assert found[0].patch


def test_of_two_mistakes_one_may_make_all_right_but_for_a_factor(tmp_path):
    found = diagnosed(BRACKET, [*normal(3, (9, 3)), np.array([1, 0, 0, 1, 1, 0, 0, 0, 1])], (0,), tmp_path)
    lines = [BRACKET.splitlines()[d.line - 1].strip() for d in found]
    assert lines == ["top = t * total + both", "dp = -2 * top / total * total"]

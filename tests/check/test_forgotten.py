"""What was forgotten: where a value was made, in a loop that adds up, inside a condition, or in a formula."""

import numpy as np
import pytest

import microgradnet as mg

from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

MADE_ONCE = """
def loss(a, b, x, y):
    return np.mean((x @ a + b - y) ** 2)

def backprop(a, b, x, y):
    r = x @ a + b
    da = 2 / len(y) * x.T @ r
    db = 2 / len(y) * r.sum()
    return da, db
"""

NOT_CALLED = """
def squashed(z):
    return 1 / (1 + np.exp(-z))

def loss(w, v, x, h):
    z = squashed(x @ w)
    return np.sum(np.sin(((1 - z) * h + z * v)))

def gated(w, v, x, h):
    z = x @ w
    kept = z
    return (1 - z) * h + z * v, kept

def backprop(w, v, x, h):
    out, z = gated(w, v, x, h)
    d = np.cos(out)
    return x.T @ (d * (v - h) * z * (1 - z)), (d * z).sum(0)
"""

CUBED = """
def bent(z):
    return 0.5 * z * (1 + np.tanh(0.8 * (z + 0.045 * z ** 3)))

def loss(w, x):
    return np.sum(np.sin(bent(x @ w)))

def bent_backward(d, z):
    t = np.tanh(0.8 * (z + 0.045 * z ** 3))
    slope = 0.5 * (1 + t) + 0.5 * z * (1 - t ** 2) * 0.8 * (1 + 0.045 * z ** 2)
    return d * slope

def backprop(w, x):
    z = x @ w
    return x.T @ bent_backward(np.cos(bent(z)), z)
"""

AROUND = """
def loss(a, b, c, x):
    h = np.sin(x @ a) + b
    return np.sum((h + np.tanh(h @ c)) ** 2)

def dense_backward(d, x, w):
    return d @ w.T, x.T @ d

def backprop(a, b, c, x):
    h = np.sin(x @ a) + b
    u = np.tanh(h @ c)
    dz = 2 * (h + u)
    dh, dc = dense_backward(dz * (1 - u ** 2), h, c)
    db = dh.sum(0)
    return x.T @ (dh * np.cos(x @ a)), db, dc
"""

CHANNELS_LAST = """
def pairs(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w).transpose(0, 2, 4, 1, 3)

def loss(k, x, t):
    y = np.einsum("nchw,dc->ndhw", x, k)
    return np.sum(np.sin(np.max(pairs(y), axis=-1).transpose(0, 3, 1, 2)) * t)

def sin_backward(d, z):
    return d * np.cos(z)

def pool_backward(d, cache):
    where, (n, c, h, w) = cache
    most = np.zeros((d.size, 2))
    most[np.arange(where.size), where.flatten()] = d.flatten()
    most = most.reshape(d.shape + (2,))
    return most.transpose(0, 3, 1, 4, 2).reshape(n, c, h, w)

def backprop(k, x, t):
    y = np.einsum("nchw,dc->ndhw", x, k)
    cols = pairs(y)
    out = np.max(cols, axis=-1).transpose(0, 3, 1, 2)
    d = t
    for back, cache in ((sin_backward, out), (pool_backward, (np.argmax(cols, axis=-1), y.shape))):
        d = back(d, cache)
    dy = d.transpose(0, 2, 3, 1)
    return dy.reshape(-1, dy.shape[-1]).T @ x.transpose(0, 2, 3, 1).reshape(-1, x.shape[1])
"""

NEVER_ADDED = """
def loss(w, b, x):
    return np.sum(np.sin(x @ w + b))

def backprop(w, b, x):
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for row in x:
        d = np.cos(row @ w + b)
        dw += np.outer(row, d)
        last = d
    return dw, db
"""

AN_ENTRY = """
def loss(w, b, x):
    return np.sum(np.sin(x @ w + b))

def add(grads, row, w, b):
    d = np.cos(row @ w + b)
    grads["w"] += np.outer(row, d)

def backprop(w, b, x):
    grads = {"w": np.zeros_like(w), "b": np.zeros_like(b)}
    for row in x:
        add(grads, row, w, b)
    return grads
"""

MARGINS = """
def loss(w, x, y):
    s = x @ w
    rows = np.arange(len(y))
    m = np.maximum(0, s - s[rows, y][:, None] + 1)
    m[rows, y] = 0
    return np.sum(m)

def backprop(w, x, y):
    dw = np.zeros_like(w)
    for i in range(len(x)):
        s = x[i] @ w
        for j in range(w.shape[1]):
            if j != y[i] and s[j] - s[y[i]] + 1 > 0:
                dw[:, j] += x[i]
    return dw
"""

IN_A_CONDITION = """
def loss(w, b, x, t):
    return np.sum(np.maximum(0, 1 - t * (x @ w + b)))

def backprop(w, b, x, t):
    turned = x * t[:, None]
    on = turned @ w + b < 1
    return -turned[on].sum(0), -t[on].sum()
"""

ANOTHER_ARRAY = """
def loss(w, x):
    return np.sum(np.maximum(w, 0) * x)

def backprop(w, x):
    dw = np.zeros_like(w)
    for i in range(len(w)):
        if x[i] > 0:
            dw[i] += x[i]
    return dw
"""

BY_NAME = """
RHO = 0.3

def loss(w):
    return -RHO * np.sum(np.log(w * w))

def backprop(w):
    return -1 * 2 / w
"""

A_NORM = """
def loss(w, t):
    n = w / np.sqrt(np.sum(w * w, axis=1, keepdims=True))
    return np.sum(n * t)

def backprop(w, t):
    s = np.sqrt(np.sum(w * w, axis=1, keepdims=True))
    n = w / s
    return (t - n) / s
"""

LABELS = """
def loss(z, gains, y):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.sum(gains * np.log(p[np.arange(len(y)), y]))

def backprop(z, gains, y):
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return gains[:, None] * p
"""

DISCOUNT = """
RATE = 0.8

def loss(w, x):
    return sum(RATE**k * np.sin(x[k] @ w) for k in range(len(x)))

def backprop(w, x):
    dw = np.zeros_like(w)
    for k in range(len(x)):
        d = np.cos(x[k] @ w)
        dw += d * x[k]
    return dw
"""

TOO_MUCH = """
def loss(b, w, x, users):
    return np.sum(np.log(1 + np.exp(-(x @ w)))) + 0.1 * np.sum(b * b)

def backprop(b, w, x, users):
    db, dw = 0.2 * b, np.zeros_like(w)
    for row, u in zip(x, users):
        push = -1 / (1 + np.exp(row @ w))
        db[u] += push
        dw += push * row
    return db, dw
"""

AT_ZERO = """
def loss(w, x, t):
    h = np.maximum(0, x @ w)
    return np.sum(np.sin(h - t))

def backprop(w, x, t):
    h = np.maximum(0, x @ w)
    d = np.cos(h - t)
    d[h < 0] = 0
    return x.T @ d
"""

NO_MINUS = """
def loss(w, x, y):
    p = 1 / (1 + np.exp(-(x @ w)))
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))

def backprop(w, x, y):
    p = 1 / (1 + np.exp(x @ w))
    return x.T @ (p - y)
"""

ANOTHER_SUM = """
def loss(w, b, x):
    return np.sum(np.sin(x @ w + b))

def backprop(w, b, x):
    d = np.cos(x @ w + b)
    dw = x.T @ d
    return dw, dw.sum()
"""

RECURRENT = """
def loss(U, W, v, X, T):
    h, total = np.zeros(3), 0.0
    for t in range(len(X)):
        h = np.tanh(X[t] @ U + h @ W)
        total = total + (h @ v - T[t]) ** 2
    return total

def backprop(U, W, v, X, T):
    hs = [np.zeros(3)]
    for x in X:
        hs.append(np.tanh(x @ U + hs[-1] @ W))
    dU, dW, dv, dnext = np.zeros_like(U), np.zeros_like(W), np.zeros_like(v), np.zeros(3)
    for t in reversed(range(len(X))):
        h = hs[t + 1]
        e = 2 * (h @ v - T[t])
        dv += e * h
        dh = e * v + dnext
        dz = dh * (1 - h * h)
        dU += np.outer(X[t], dz)
        dW += np.outer(hs[t], dz)
        dnext = dz @ W.T
    return dU, dW, dv
"""

CELL = """
def sig(z):
    return 1 / (1 + np.exp(-z))

def loss(W, v, X, y):
    h, c = np.zeros(2), np.zeros(2)
    for x in X:
        z = np.concatenate([x, h]) @ W
        c = sig(z[:2]) * c + sig(z[2:4]) * np.tanh(z[6:])
        h = sig(z[4:6]) * np.tanh(c)
    return (h @ v - y) ** 2

def backprop(W, v, X, y):
    h, c, steps = np.zeros(2), np.zeros(2), []
    for x in X:
        u = np.concatenate([x, h])
        z = u @ W
        f, i, o, g, old = sig(z[:2]), sig(z[2:4]), sig(z[4:6]), np.tanh(z[6:]), c
        c = f * c + i * g
        h = o * np.tanh(c)
        steps.append((u, f, i, o, g, old, c))
    e = 2 * (h @ v - y)
    dh, dc, dW = e * v, np.zeros(2), np.zeros_like(W)
    for u, f, i, o, g, old, c in reversed(steps):
        tc = np.tanh(c)
        do = dh * tc
        dc = dc + dh * o * (1 - tc ** 2)
        df, di, dg = dc * old, dc * g, dc * i
        dz = np.concatenate([df * f * (1 - f), di * i * (1 - i), do * o * (1 - o), dg * (1 - g ** 2)])
        dW += np.outer(u, dz)
        dh = (W @ dz)[len(X[0]):]
        dc = dc * f
    return dW, e * h
"""

MARGINS_AT_ONCE = """
def loss(w, x, y):
    s = x @ w
    return np.sum(np.maximum(0, s - s[np.arange(len(y)), y][:, None] + 1)) - len(y)

def backprop(w, x, y):
    s = x @ w
    margins = np.maximum(0, s - s[np.arange(len(y)), y][:, None] + 1)
    margins[np.arange(len(y)), y] = 0
    total = np.sum(margins)
    binary = margins
    binary[margins > 0] = 1
    return x.T @ binary
"""

WHOLE = np.array([1, 0, 2, 1, 2])


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "line", "meant"),
    [
        (MADE_ONCE, (*normal(3), normal(())[0], *normal((5, 3), 5)), (0, 1), "r = x @ a + b", "r = x @ a + b - y"),
        (NOT_CALLED, normal((3, 2), 2, (5, 3), (5, 2)), (0, 1), "z = x @ w", "z = squashed(x @ w)"),
        (NEVER_ADDED, normal((3, 2), 2, (5, 3)), (0, 1), "dw += np.outer(row, d)", "; db += d"),
        (AN_ENTRY, normal((3, 2), 2, (5, 3)), (0, 1), 'grads["w"] += np.outer(row, d)', "; grads['b'] += d"),
        (MARGINS, (*normal((3, 3), (5, 3)), WHOLE), (0,), "dw[:, j] += x[i]", "dw[:, y[i]] -= x[i]"),
        (
            MARGINS_AT_ONCE, (*normal((3, 3), (5, 3)), WHOLE), (0,),
            "binary[margins > 0] = 1", "; binary[np.arange(len(y)), y] -= ",
        ),
        (
            IN_A_CONDITION, (*normal(3), normal(())[0], *normal((9, 3), 9)), (0, 1),
            "on = turned @ w + b < 1", "on = turned @ w + b * t < 1",
        ),
        (ANOTHER_ARRAY, normal(6, 6), (0,), "if x[i] > 0:", "if w[i] > 0:"),
        (BY_NAME, normal(4), (0,), "return -1 * 2 / w", "return -RHO * 2 / w"),
        (A_NORM, normal((3, 4), (3, 4)), (0,), "return (t - n) / s", ".sum(axis=1, keepdims=True)"),
        (LABELS, (*normal((5, 3), 5), WHOLE), (0,), "return gains[:, None] * p", "np.eye("),
        (
            CUBED, normal((3, 2), (5, 3)), (0,),
            "slope = 0.5 * (1 + t) + 0.5 * z * (1 - t ** 2) * 0.8 * (1 + 0.045 * z ** 2)", "(1 + 3 * 0.045 * z ** 2)",
        ),
        (AROUND, normal((3, 4), 4, (4, 4), (5, 3)), (0, 1, 2), "db = dh.sum(0)", "dh += dz; db = dh.sum(0)"),
        (
            CHANNELS_LAST, normal((3, 2), (2, 2, 6, 3), (2, 3, 3, 3)), (0,),
            "where, (n, c, h, w) = cache", "d = d.transpose(0, 2, 3, 1); where, (n, c, h, w) = cache",
        ),
        (DISCOUNT, normal(3, (5, 3)), (0,), "d = np.cos(x[k] @ w)", "RATE ** k"),
        (AT_ZERO, normal((3, 2), (5, 3), (5, 2)), (0,), "d[h < 0] = 0", "d[h <= 0] = 0"),
        (NO_MINUS, normal(3, (5, 3), 5), (0,), "p = 1 / (1 + np.exp(x @ w))", "np.exp(-(x @ w))"),
        (ANOTHER_SUM, (*normal(3), normal(())[0], *normal((5, 3))), (0, 1), "return dw, dw.sum()", "d.sum()"),
    ],
    ids=[
        "a value that several lines read", "a function of a value that several lines read", "what stays zero",
        "an entry that stays zero", "another class in a loop over margins", "the right class of each row",
        "a factor inside a condition",
        "an element of another array", "a number that has a name", "a sum of products", "the labels",
        "the exponent of a cube",
        "the way around a layer, for all that reads it",
        "the axes of what a function is given",
        "a power of what discounts", "what is just at zero", "the minus of a sigmoid", "the sum of another array",
    ],
)  # fmt: skip
def test_the_line_is_named_and_what_was_forgotten(source, arguments, argnums, line, meant, tmp_path):
    (found,) = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert (HEAD + source).splitlines()[found.line - 1].strip() == line, found
    assert meant in found.correction, found.correction
    assert found.step.count("(") == found.step.count(")")
    assert found.patch


HANDED_ON, CARRIED = "        dnext = dz @ W.T\n", "        dc = dc * f\n"


@pytest.mark.parametrize(
    ("source", "changes", "meant"),
    [
        (RECURRENT, {HANDED_ON: "", "outer(hs[t], dz)": "outer(h, dz)"}, {"dnext = dz @ W.T", "np.outer(hs[t], dz)"}),
        (RECURRENT, {"2 * (h @ v": "(h @ v", "outer(hs[t], dz)": "outer(h, dz)"}, {"(2 * (h @", "np.outer(hs[t], dz)"}),
        (CELL, {CARRIED: ""}, {"; dc = dc * f"}),
        (CELL, {"dh * o * (1": "dh * (1", "di * i * (1": "di * (1"}, {"(1 - tc ** 2) * o", "di * (1 - i) * i"}),
    ],
    ids=[
        "what is handed on, and another state", "a factor of two lines, and another state", "a gate of a cell",
        "a factor of what is carried, and another",
    ],
)  # fmt: skip
def test_a_line_is_named_for_each_thing_that_was_forgotten(source, changes, meant, tmp_path):
    arguments = normal((2, 3), (3, 3), 3, (4, 2), 4) if source is RECURRENT else [*normal((4, 8), 2, (3, 2)), 0.4]
    for old, new in changes.items():
        assert source.count(old) == 1
        source = source.replace(old, new)
    found = diagnosed(HEAD + source, arguments, (0, 1, 2)[: len(arguments) - 2], tmp_path)
    assert len(found) == len(meant)
    assert all(any(m in d.correction for d in found) for m in meant), [d.correction for d in found]


def test_what_is_added_and_too_much_is_left_out(tmp_path):
    arguments = (*normal(4, 3, (5, 3)), np.array([0, 2, 1, 3, 2]))
    (found,) = diagnosed(HEAD + TOO_MUCH, arguments, (0, 1), tmp_path)
    assert (HEAD + TOO_MUCH).splitlines()[found.line - 1].strip() == "db[u] += push"
    assert (found.kind, found.correction, found.right) == ("repeated-term", None, "this statement is left out")


def test_a_gradient_with_the_other_sign_is_that_of_no_other_loss(tmp_path):
    source = """
def loss(w, x, y):
    return np.sum((x @ w - y) ** 2)

def backprop(w, x, y):
    error = y - x @ w
    return 2 * x.T @ error
"""
    (found,) = diagnosed(HEAD + source, normal(3, (5, 3), 5), (0,), tmp_path)
    assert found.kind == "sign"


def test_a_penalty_of_all_where_the_loss_penalises_a_part():
    w, x, y = normal(4, (5, 4), 5)

    def loss(w, x, y):
        return mg.sum((x @ w - y) ** 2) + 0.3 * mg.sum(w[1:] ** 2)

    (found,) = mg.diagnose(loss, 2 * x.T @ (x @ w - y) + 0.6 * w, w, x, y, argnums=(0,))
    assert found.kind == "repeated-term"
    assert found.wrong == "0.6 w was added in all of it: the loss penalises a part of w"
    assert not mg.diagnose(loss, 2 * x.T @ (x @ w - y) + 0.6 * np.r_[0, w[1:]], w, x, y, argnums=(0,))

"""Scores that are used as they are, masks and bounds that were left out, and places in what is cut up or turned."""

import numpy as np
import pytest

from .planting import FOLDER, read, score, singles
from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

SIGMOID = """
def loss(w, b, x, y):
    z = x @ w + b
    return np.mean(np.log(1 + np.exp(z)) - y * z)

def backprop(w, b, x, y):
    p = x @ w + b
    d = (p - y) / len(y)
    return x.T @ d, d.sum()
"""

SOFTMAX = """
def loss(u, w, x, y):
    z = np.tanh(x @ u) @ w
    return np.mean(np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(len(y)), y])

def backprop(u, w, x, y):
    h = np.tanh(x @ u)
    p = h @ w
    d = p.copy()
    d[np.arange(len(y)), y] -= 1
    d /= len(y)
    return x.T @ (d @ w.T * (1 - h**2)), h.T @ d
"""

CAPPED = """
MOST = 1.0

def loss(w, x, y, counts):
    return np.sum(np.minimum(counts / 3, MOST) * (x @ w - y) ** 2)

def backprop(w, x, y, counts):
    weight = counts / 3
    return 2 * x.T @ (weight * (x @ w - y))
"""

WORDS = """
def loss(E, v, words, mask, y):
    mean = np.sum(E[words] * mask[:, :, None], axis=1)
    return np.sum((mean @ v - y) ** 2)

def backprop(E, v, words, mask, y):
    dE = np.zeros_like(E)
    mean = np.sum(E[words] * mask[:, :, None], axis=1)
    d = 2 * (mean @ v - y)
    for i in range(len(words)):
        share = d[i] * v
        for t in range(words.shape[1]):
            dE[words[i, t]] += share
    return dE, mean.T @ d
"""

ROWS = """
def loss(w, x, y, train):
    return np.sum((np.tanh(x @ w) - y) ** 2 * train) / np.sum(train)

def backprop(w, x, y, train):
    rows = np.arange(len(x))
    h = np.tanh(x[rows] @ w)
    return x[rows].T @ (2 * (h - y[rows]) * (1 - h**2)) / len(rows)
"""

PAIRS = """
def loss(V, x, y):
    out = 0.5 * np.sum((x @ V) ** 2 - x**2 @ V**2, axis=1)
    return np.sum((out - y) ** 2)

def backprop(V, x, y):
    grads, S = {"V": np.zeros_like(V)}, x @ V
    e = np.sum(S**2 - x**2 @ V**2, axis=1) - 2 * y
    for n in range(len(x)):
        for i in range(V.shape[0]):
            for f in range(V.shape[1]):
                s = S[n, f]
                grads["V"][i, f] += e[n] * x[n, i] * s
    return grads["V"]
"""

STATES = """
def loss(x, u, v):
    return np.sum(np.sin(x)) + np.sum(np.tanh(np.tanh(x @ u) @ v) ** 2)

def backprop(x, u, v):
    h = np.tanh(np.einsum("btd,de->bte", x, u))
    a = np.tanh(np.einsum("bte,e->bt", h, v))
    dx = np.cos(x)
    ds = 2 * a * (1 - a**2)
    dv = np.einsum("bt,bte->e", ds, h)
    dh = ds[:, :, None] * v * (1 - h**2)
    du = np.einsum("btd,bte->de", x, dh)
    return dx, du, dv
"""

BEST = """
def loss(w, q, r):
    target = r + 0.9 * np.max(q, axis=1)
    return np.sum((w - target) ** 2)

def backprop(w, q, r):
    d = np.zeros_like(w)
    for k in range(len(w)):
        target = r[k] + 0.9 * q[k].mean()
        d[k] = 2 * (w[k] - target)
    return d
"""

PIECES = """
def loss(w, x):
    z = np.stack([x @ w[k] for k in range(len(w))])
    return np.sum(np.sin(np.max(z, axis=0)))

def backprop(w, x):
    z = np.einsum("ni,kio->kno", x, w)
    winner, pieces = z.argmax(axis=0), len(w)
    d = np.cos(z.max(axis=0))
    dw = np.zeros_like(w)
    for k in range(pieces):
        dw[k] = x.T @ (d / pieces)
    return dw
"""

POSITIONS = """
def loss(x):
    total = 0.0
    for i in range(2):
        for j in range(3):
            total = total + np.sum(np.sin(x[i : i + 2, j : j + 2]) * (i + 2 * j + 1))
    return total

def backprop(x):
    rows, columns = 2, 3
    weights = np.array([i + 2 * j + 1 for i in range(rows) for j in range(columns)])
    dx = np.zeros_like(x)
    for i in range(rows):
        for j in range(columns):
            dx[i : i + 2, j : j + 2] += weights[j * rows + i]
    return dx * np.cos(x)
"""

ALONG = """
ORDER = [3, 0, 4, 1, 2]

def loss(w, x):
    h, total = x[3], 0.0
    for k in ORDER[1:]:
        h = np.tanh(w * h) + x[k]
        total = total + np.sum(h**2)
    return total

def backprop(w, x):
    states, h = x.copy(), x[3]
    for t in ORDER[1:]:
        h = states[t] = np.tanh(w * h) + x[t]
    dw, back = np.zeros_like(w), 0.0
    for k in range(len(ORDER) - 1, 0, -1):
        t = ORDER[k]
        before = states[t - 1]
        d = (2 * states[t] + back) * (1 - np.tanh(w * before) ** 2)
        dw += d * before
        back = d * w
    return dw
"""

ENLARGED = """
def loss(x, y):
    up = np.repeat(np.repeat(x, 2, axis=1), 3, axis=2)
    return np.sum(np.sin(up) * y)

def backprop(x, y):
    n, rows, columns = x.shape
    d = np.cos(x.repeat(2, axis=1).repeat(3, axis=2)) * y
    return d.reshape(n, 2, rows, 3, columns).sum(axis=(1, 3))
"""

CHANNELS = """
def loss(x, w):
    return np.sum(np.cos(np.reshape(np.sin(x), (len(x), -1)) @ w))

def backprop(x, w):
    n, channels, rows, columns = x.shape
    flat = np.sin(x).reshape(n, -1)
    d = -np.sin(flat @ w)
    dx = (d @ w.T).reshape(n, rows, columns, channels).transpose(0, 3, 1, 2)
    return dx * np.cos(x), flat.T @ d
"""

BOTH_WAYS = """
def loss(u, v, w, x, mask):
    h, g = np.sin(x @ u) * mask[:, None], np.sin(x @ v)
    return np.sum(np.cos(np.concatenate([h, g], axis=1) @ w) * mask)

def backprop(u, v, w, x, mask):
    h, g = np.sin(x @ u) * mask[:, None], np.sin(x @ v)
    both = np.concatenate([h, g], axis=1)
    d = -np.sin(both @ w)
    dboth = np.outer(d, w)
    dh = dboth[:, :2] * np.cos(x @ u) * mask[:, None]
    dg = dboth[:, 2:] * np.cos(x @ v)
    return x.T @ dh, x.T @ dg, both.T @ d
"""

HALF = """
def loss(w, x, y):
    r = x @ w - y
    return np.sum(np.where(np.abs(r) <= 1, 0.5 * r**2, np.abs(r) - 0.5))

def backprop(w, x, y):
    dw = np.zeros_like(w)
    for row, t in zip(x, y):
        r = row @ w - t
        if abs(r) <= 1:
            d = r
        else:
            d = 0
        dw += d * row
    return dw
"""

LAYERS = """
def loss(u, w, x):
    for v in (u, w):
        z = x @ v
        x = z / (1 + np.exp(-z))
    return np.sum(x**2)

class Linear:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        self.x = x
        return x @ self.w

    def backward(self, d):
        self.dw = self.x.T @ d
        return d @ self.w.T

class Gated:
    def forward(self, x):
        self.x, self.s = x, 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, d):
        return d * self.s * (1 - self.s)

def backprop(u, w, x):
    first, gated, last, again = Linear(u), Gated(), Linear(w), Gated()
    out = again.forward(last.forward(gated.forward(first.forward(x))))
    first.backward(gated.backward(last.backward(again.backward(2 * out))))
    return first.dw, last.dw
"""

KEPT = np.array([[True, True, False], [True, False, False], [True, True, True], [False, True, True]])
IDS = np.array([[1, 2, 0], [3, 0, 0], [2, 4, 1], [0, 1, 3]])
COUNTS = np.array([1.0, 2.0, 4.0, 7.0, 2.5, 9.0])
TRAIN = np.array([True, False, True, True, False])


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "meant"),
    [
        (SIGMOID, (*normal(3, (), (5, 3)), IDS[[0, 1, 2, 3, 0], 0] % 2), (0, 1), "(1 / (1 + np.exp(-p)) - y)"),
        (SOFTMAX, (*normal((3, 4), (4, 3), (5, 3)), IDS[[0, 1, 2, 3, 0], 0] % 3), (0, 1), ".sum(1, keepdims=True)"),
        (CAPPED, (*normal(3, (6, 3), 6), COUNTS), (0,), "np.minimum(counts / 3, MOST)"),
        (WORDS, (*normal((5, 3), 3), IDS, KEPT, *normal(4)), (0, 1), "share * mask[i, t]"),
        (ROWS, (*normal(3, (5, 3), 5), TRAIN), (0,), "rows = np.flatnonzero(train)"),
        (PAIRS, normal((3, 2), (4, 3), 4), (0,), "s = S[n, f] - x[n, i] * V[i, f]"),
        (STATES, normal((2, 4, 3), (3, 5), 5), (0, 1, 2), "dh @ u.T"),
        (BEST, normal(4, (4, 3), 4), (0,), "q[k].max()"),
        (PIECES, normal((3, 3, 2), (5, 3)), (0,), "d * (winner == k)"),
        (POSITIONS, normal((3, 4)), (0,), "weights[i * columns + j]"),
        (ALONG, normal(3, (5, 3)), (0,), "before = states[ORDER[k - 1]]"),
        (ENLARGED, normal((2, 2, 2), (2, 4, 6)), (0,), "d.reshape(n, rows, 2, columns, 3).sum(axis=(2, 4))"),
        (CHANNELS, normal((2, 3, 2, 2), (12, 4)), (0, 1), "(d @ w.T).reshape(n, channels, rows, columns)"),
        (BOTH_WAYS, (*normal((3, 2), (3, 2), 4, (5, 3)), TRAIN), (0, 1, 2), "mask"),
        (HALF, normal(3, (6, 3), 6), (0,), "d = np.sign(r)"),
        (LAYERS, normal((3, 5), (5, 2), (7, 3)), (0, 1), "d * self.s * (1 + self.x * (1 - self.s))"),
    ],
    ids=["a sigmoid", "a softmax", "a bound", "a mask where loops are", "rows of a mask", "an element of the array",
         "the same matrix for all", "the largest", "a choice", "counted along the other axis", "along a list",
         "enlarged", "channels last", "a mask that leaves something right",
         "nothing in one branch", "methods of one name"],
)  # fmt: skip
def test_what_was_left_out_or_stands_elsewhere_is_written(source, arguments, argnums, meant, tmp_path):
    (found,) = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert meant in found.correction, found.correction


SLOW = [("conv_pool_naive", "03"), ("conv_pool_naive", "16"), ("svm_loops", "01")]


@pytest.mark.parametrize(("name", "number"), SLOW)
def test_what_stands_in_many_loops_is_looked_for_to_the_end(name, number, tmp_path):
    cases = {n: (text, causes, kinds) for n, text, causes, kinds, _ in singles(*read(FOLDER / f"{name}.py"))}
    verdicts, said = score(*cases[number], tmp_path / "case.py")
    assert verdicts["line first"], said

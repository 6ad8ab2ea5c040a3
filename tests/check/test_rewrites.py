"""`rewrites`: what people write for what they mean: the line is named, and what should stand there."""

import numpy as np
import pytest

from .test_wanted import diagnosed, normal

HEAD = """
import numpy as np

"""

MASK = """
def loss(b, X, e):
    return np.sum((X @ b)[e == 1] ** 2)

def backprop(b, X, e):
    rows = X[e]
    return 2 * rows.T @ (rows @ b)
"""

BACKWARDS = """
def loss(w, x, y):
    h = (np.tanh(w) * x)[::-1]
    return np.sum((h - y) ** 2)

def backprop(w, x, y):
    h = (np.tanh(w) * x)[::-1]
    d = 2 * (h - y)
    dw = d * x
    return dw * (1 - np.tanh(w) ** 2)
"""

MERGED = """
def split(x):
    return x.reshape(len(x), 2, -1).transpose(1, 0, 2)

def merge(x):
    return x.transpose(1, 0, 2).reshape(x.shape[1], -1)

def loss(W, X, Y):
    return np.sum((merge(np.tanh(split(X @ W))) - Y) ** 2)

def backprop(W, X, Y):
    q = np.tanh(split(X @ W))
    dout = 2 * (merge(q) - Y)
    dq = split(dout) * (1 - q ** 2)
    dQ = dq.reshape(len(X), -1)
    return X.T @ dQ
"""

A_NUMBER_FOR_A_ROW = """
def loss(V, u):
    return np.sum(np.tanh(V @ u))

def backprop(V, u):
    dV = np.zeros_like(V)
    for j in range(len(V)):
        slope = 1 - np.tanh(V[j] @ u) ** 2
        dV[j] += slope
    return dV
"""

GROUP = """
def loss(g, x):
    return np.sum(np.tanh(g * np.repeat(x, 2)))

def backprop(g, x):
    dg = np.zeros_like(g)
    for c in range(len(g)):
        own = c // 2
        y = np.tanh(g[c] * x[own])
        k = c % 2
        dg[c] = (1 - y ** 2) * x[k]
    return dg
"""

ONE_SIDE = """
def loss(u):
    return np.sum(np.diff(u) ** 4)

def backprop(u):
    flow = 4 * np.diff(u) ** 3
    g = np.zeros_like(u)
    g[1:] += flow
    return g
"""

PARAMETER = """
def loss(W, b, x):
    return np.sum(np.tanh(x @ W + b))

def backprop(W, b, x):
    d = 1 - np.tanh(x @ W + b) ** 2
    db = d.sum(axis=0)
    grads = {}
    grads["W"] = x.T @ d
    grads["b"] = b
    return grads
"""

MULTIPLIED_UP = """
def loss(b, X):
    return np.sum((X @ b) ** 2)

def backprop(b, X):
    g = np.zeros_like(b)
    for i in range(len(X)):
        e = 2 * np.dot(X[i], b)
        for j in range(len(b)):
            e = e * X[i, j]
            g[j] += e
    return g
"""

RETURNED = """
def loss(w, x, t):
    z = np.outer(np.ones(4), w) * x
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return np.sum((p - t) ** 2)

class Softmax:
    def forward(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, d):
        return d

def backprop(w, x, t):
    layer = Softmax()
    p = layer.forward(w * x)
    d = 2 * (p - t)
    dz = layer.backward(d)
    return (dz * x).sum(axis=0)
"""

SOLVED = """
def fixed(A, b):
    return np.linalg.solve(np.eye(len(b)) - A, b)

def loss(A, b):
    return np.sum(np.tanh(fixed(A, b)))

def backprop(A, b):
    z = fixed(A, b)
    dz = 1 - np.tanh(z) ** 2
    u = fixed(A, dz)
    return np.outer(u, z), u
"""

ENTRY = """
class Node:
    def __init__(self, params):
        self.params = params

    def backward(self, d, h):
        dh = self.params["L"].T.dot(d)
        return dh * (1 - h ** 2)

def loss(L, R, x):
    return np.sum(np.tanh(R @ np.tanh(L @ x)))

def backprop(L, R, x):
    node = Node({"L": L, "R": R})
    h = np.tanh(node.params["L"] @ x)
    d = 1 - np.tanh(node.params["R"] @ h) ** 2
    return np.outer(node.backward(d, h), x), np.outer(d, h)
"""

UNPACKED = """
def loss(U, V, x):
    return np.sum(np.concatenate([np.tanh(x @ U), x @ V], axis=1) ** 2)

def backprop(U, V, x):
    h = np.tanh(x @ U)
    both = 2 * np.concatenate([h, x @ V], axis=1)
    dv, du = np.split(both, 2, axis=1)
    return x.T @ (du * (1 - h ** 2)), x.T @ dv
"""

KEPT_TWICE = """
class Tower:
    def __init__(self, w):
        self.w, self.grads = w, {}

    def backward(self, x, d):
        step = {"w": x.T @ d}
        for name, value in step.items():
            self.grads[name] = value

def loss(w, x, y):
    return np.sum((x @ w) ** 2) + np.sum((y @ w) ** 2)

def backprop(w, x, y):
    tower = Tower(w)
    tower.backward(x, 2 * x @ w)
    tower.backward(y, 2 * y @ w)
    return tower.grads["w"]
"""

OF_EACH_ROW = """
def loss(W, x, t):
    h = x @ W
    return np.sum(h / np.sqrt(np.sum(h ** 2, axis=1, keepdims=True)) * t)

def backprop(W, x, t):
    h = x @ W
    norm = np.linalg.norm(h)
    u = h / np.sqrt(np.sum(h ** 2, axis=1, keepdims=True))
    d = (t - u * np.sum(t * u, axis=1, keepdims=True)) / norm
    return x.T @ d
"""

ONE_OF_EACH = """
def loss(s, r):
    return np.sum(s + r ** 2 * np.exp(-s))

def backprop(s, r):
    n = len(r)
    ds = 1 - np.sum(r ** 2) * np.exp(-s)
    return ds
"""

OTHER_NAME = """
def loss(W, x, y):
    z = x @ W
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return -np.sum(np.log(p[np.arange(4), y])) + np.sum(p ** 2)

def backprop(W, x, y):
    e = np.exp(x @ W)
    p = e / e.sum(axis=1, keepdims=True)
    d = p
    d[np.arange(4), y] -= 1
    g = 2 * p
    d = d + p * (g - (g * p).sum(axis=1, keepdims=True))
    return x.T @ d
"""

NEIGHBOUR = """
def loss(w, x):
    h = np.tanh(w * x)
    return np.sum(h[1:] * h[:-1])

def backprop(w, x):
    h = np.tanh(w * x)
    dh = np.zeros_like(h)
    dh[1:] += h[1:]
    dh[:-1] += h[1:]
    return dh * (1 - h ** 2) * x
"""

FROM_ONE = """
def loss(W, x, y):
    return np.sum(np.tanh((x @ W)[np.arange(4), y - 1]))

def backprop(W, x, y):
    z = x @ W
    d = np.zeros((4, 4))
    d[np.arange(4), y] = 1 - np.tanh(z[np.arange(4), y - 1]) ** 2
    return x.T @ d
"""

OF_ITS_OUTPUT = """
def loss(W, x):
    z = x @ W
    return np.sum(np.where(z > 0, z, np.exp(z) - 1) ** 2)

def forward(W, x):
    z = x @ W
    return np.where(z > 0, z, np.exp(z) - 1)

def backprop(W, x):
    h = forward(W, x)
    d = 2 * h * np.where(h > 0, 1.0, np.exp(h))
    return x.T @ d
"""

HANDED_ON = """
class Add:
    def forward(self, x, b):
        return x + b

    def gradient(self, d):
        return d

def loss(b, x):
    return np.sum(np.tanh(x + b))

def backprop(b, x):
    add = Add()
    d = 1 - np.tanh(add.forward(x, b)) ** 2
    return add.gradient(d)
"""

LETTERS = """
def loss(W, x):
    return np.sum(np.tanh(x @ W))

def backprop(W, x):
    d = 1 - np.tanh(x @ W) ** 2
    return np.einsum("bi,bj->ji", x, d)
"""

ONE_FOR_THE_OTHER = """
def loss(K, x):
    rows = np.lib.stride_tricks.sliding_window_view(x, (2, 2))
    return np.sum(np.tanh(np.einsum("ijkl,kl->ij", rows, K)))

def backprop(K, x):
    dK = np.zeros_like(K)
    rows = np.lib.stride_tricks.sliding_window_view(x, (2, 2))
    d = 1 - np.tanh(np.einsum("ijkl,kl->ij", rows, K)) ** 2
    for i in range(3):
        for j in range(3):
            dK += d[j, i] * x[i:i + 2, j:j + 2]
    return dK
"""

FROM_THE_FIRST = """
def loss(w, X, lam):
    return np.sum(np.tanh(X @ w)) + lam * np.sum(w[1:] ** 2)

def backprop(w, X, lam):
    dw = X.T @ (1 - np.tanh(X @ w) ** 2)
    for k in range(len(w)):
        dw[k] += 2 * lam * w[k]
    return dw
"""

FORWARD_IN_TIME = """
def loss(U, x):
    h = np.zeros(3)
    for t in range(len(x)):
        h = np.tanh(x[t] + U @ h)
    return np.sum(h ** 2)

def backprop(U, x):
    hs = [np.zeros(3)]
    for t in range(len(x)):
        hs.append(np.tanh(x[t] + U @ hs[-1]))
    dU, dh = np.zeros_like(U), 2 * hs[-1]
    for t in range(len(x)):
        dz = dh * (1 - hs[t + 1] ** 2)
        dU += np.outer(dz, hs[t])
        dh = U.T @ dz
    return dU
"""

WINDOWS = """
def loss(w, x):
    pairs = np.tanh(x @ w).reshape(3, 2)
    return np.sum(np.max(pairs, axis=1) ** 2)

def backprop(w, x):
    h = np.tanh(x @ w)
    pairs = h.reshape(3, 2)
    top = pairs.max(axis=1)
    mask = pairs == top[:, None]
    dh = np.repeat(2 * top, 2)
    return x.T @ (dh * (1 - h ** 2))
"""

ROWS_OF_MAPS = """
def loss(W, x):
    maps = np.moveaxis(x @ W, 2, 1)
    return np.sum(np.tanh(maps) * np.arange(1.0, 25.0).reshape(2, 3, 4))

def backprop(W, x):
    maps = np.moveaxis(x @ W, 2, 1)
    d = np.arange(1.0, 25.0).reshape(2, 3, 4) * (1 - np.tanh(maps) ** 2)
    rows = d.reshape(-1, 3)
    return x.reshape(-1, 2).T @ rows
"""

STACKED = """
def loss(a, b, x):
    return np.sum(np.concatenate([np.tanh(a * x), np.sin(b * x)]) ** 2)

def backprop(a, b, x):
    da = 2 * np.tanh(a * x) * (1 - np.tanh(a * x) ** 2) * x
    db = 2 * np.sin(b * x) * np.cos(b * x) * x
    both = np.concatenate([db, da])
    return both[:4], both[4:]
"""

OF_THE_LABEL = """
def loss(W, x, y, weight):
    z = np.tanh(x @ W)
    return np.sum(weight[y][:, None] * z ** 2)

def backprop(W, x, y, weight):
    dW = np.zeros_like(W)
    for i in range(len(x)):
        for j in range(3):
            z = np.tanh(x[i] @ W[:, j])
            dW[:, j] += 2 * weight[j] * z * (1 - z ** 2) * x[i]
    return dW
"""

COUNTED = """
def loss(W, x):
    n, h, w, c = x.shape
    return np.sum(np.tanh(x @ W)) / (n * h * w)

def backprop(W, x):
    n, h, w, c = x.shape
    m = n
    return x.reshape(-1, c).T @ (1 - np.tanh(x @ W) ** 2).reshape(-1, W.shape[1]) / m
"""

KEPT_UNITS = """
KEEP = 0.7

def loss(W, v, x, mask):
    return np.sum((np.tanh(x @ W) * mask / KEEP @ v) ** 2)

def backprop(W, v, x, mask):
    gW, gv = np.zeros_like(W), np.zeros_like(v)
    for row in x:
        h = np.tanh(row @ W)
        e = 2 * np.sum(h * mask / KEEP * v)
        gv += e * h * mask / KEEP
        for j in range(len(v)):
            back = e * v[j]
            gW[:, j] += back * (1 - h[j] ** 2) * row
    return gW, gv
"""

STRIDED = """
def loss(x, K, stride):
    total = 0.0
    for i in range(3):
        for j in range(3):
            total = total + np.tanh(np.sum(x[i * stride:i * stride + 2, j * stride:j * stride + 2] * K))
    return total

def backprop(x, K, stride):
    dx, dK = np.zeros_like(x), np.zeros_like(K)
    for i in range(3):
        for j in range(3):
            d = 1 - np.tanh(np.sum(x[i * stride:i * stride + 2, j * stride:j * stride + 2] * K)) ** 2
            a, b = i * stride, j * stride
            for r in range(2):
                for s in range(2):
                    dK[r, s] += d * x[i * stride + r, j * stride + s]
                    dx[a + r, b + s] += d * K[r, s]
    return dx, dK
"""
NOT_STRIDED = STRIDED.replace("x[i * stride + r, j * stride + s]", "x[i + r, j * stride + s]")
OF_THE_MODULE = """
STRIDE = 2

def sums(x, K):
    return [[np.sum(x[i * STRIDE:i * STRIDE + 2, j * STRIDE:j * STRIDE + 2] * K) for j in range(3)] for i in range(3)]

def loss(x, K):
    return np.sum(np.tanh(np.array(sums(x, K))))

def backprop(x, K):
    dK = np.zeros_like(K)
    d = 1 - np.tanh(np.array(sums(x, K))) ** 2
    for i in range(3):
        for j in range(3):
            a, b = i, j
            dK += d[i, j] * x[a:a + 2, b:b + 2]
    return dK
"""
NEITHER_STRIDED = STRIDED.replace("a, b = i * stride, j * stride", "a, b = i, j")

E = np.array([1, 0, 0, 1, 1])


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "line", "meant"),
    [
        (MASK, [*normal(3, (5, 3)), E], (0,), "rows = X[e]", "rows = X[e == 1]"),
        (BACKWARDS, normal(6, 6, 6), (0,), "dw = d * x", "d[::-1]"),
        (MERGED, normal((4, 4), (3, 4), (3, 4)), (0,), "dQ = dq.reshape(len(X), -1)", "merge(dq)"),
        (A_NUMBER_FOR_A_ROW, normal((4, 3), 3), (0,), "dV[j] += slope", "dV[j] += slope * u"),
        (GROUP, normal(6, 3), (0,), "k = c % 2", "k = c // 2"),
        (ONE_SIDE, normal(6), (0,), "g[1:] += flow", "g[1:] += flow; g[:-1] -= flow"),
        (PARAMETER, normal((3, 2), 2, (5, 3)), (0, 1), 'grads["b"] = b', 'grads["b"] = db'),
        (MULTIPLIED_UP, normal(3, (5, 3)), (0,), "e = e * X[i, j]", "2 * np.dot(X[i], b) * X[i, j]"),
        (RETURNED, normal(3, (4, 3), (4, 3)), (0,), "return d", "self.p * (d - (d * self.p).sum(1, keepdims=True))"),
        (SOLVED, [0.1 * normal((4, 4))[0], *normal(4)], (0, 1), "u = fixed(A, dz)", "u = fixed(A.T, dz)"),
        (ENTRY, normal((3, 3), (3, 3), 3), (0, 1), 'dh = self.params["L"].T.dot(d)', "self.params['R']"),
        (UNPACKED, normal((3, 2), (3, 2), (4, 3)), (0, 1), "dv, du = np.split(both, 2, axis=1)", "du, dv = "),
        (KEPT_TWICE, normal((3, 2), (4, 3), (5, 3)), (0,), "self.grads[name] = value", "self.grads.get(name, 0) + "),
        (OF_EACH_ROW, normal((3, 2), (4, 3), (4, 2)), (0,), "norm = np.linalg.norm(h)", "axis=1, keepdims=True"),
        (ONE_OF_EACH, [0.3, *normal(7)], (0,), "ds = 1 - np.sum(r ** 2) * np.exp(-s)", "ds = n - "),
        (OTHER_NAME, [*normal((3, 3), (4, 3)), np.array([1, 2, 0, 1])], (0,), "d = p", "d = p.copy()"),
        (NEIGHBOUR, normal(6, 6), (0,), "dh[1:] += h[1:]", "dh[1:] += h[:-1]"),
        (FROM_ONE, [*normal((3, 4), (4, 3)), np.array([1, 2, 3, 1])], (0,),
         "d[np.arange(4), y] = 1 - np.tanh(z[np.arange(4), y - 1]) ** 2", "d[np.arange(4), y - 1] = "),
        (OF_ITS_OUTPUT, normal((3, 2), (4, 3)), (0,), "d = 2 * h * np.where(h > 0, 1.0, np.exp(h))", "(h + 1)"),
        (HANDED_ON, normal(3, (4, 3)), (0,), "return d", "return d.sum(0)"),
        (LETTERS, normal((3, 3), (4, 3)), (0,), 'return np.einsum("bi,bj->ji", x, d)', "np.einsum("),
        (ONE_FOR_THE_OTHER, normal((2, 2), (4, 4)), (0,), "dK += d[j, i] * x[i:i + 2, j:j + 2]", "d[i, j]"),
        (FROM_THE_FIRST, [*normal(3, (4, 3)), 0.3], (0,), "for k in range(len(w)):", "range(1, len(w))"),
        (FORWARD_IN_TIME, normal((3, 3), (4, 3)), (0,), "for t in range(len(x)):", "reversed(range(len(x)))"),
        (WINDOWS, normal(2, (6, 2)), (0,), "dh = np.repeat(2 * top, 2)", "mask.reshape("),
        (ROWS_OF_MAPS, normal((2, 3), (2, 4, 2)), (0,), "rows = d.reshape(-1, 3)", "d.transpose(0, 2, 1)"),
        (STACKED, normal(4, 4, 4), (0, 1), "both = np.concatenate([db, da])", "[da, db]"),
        (OF_THE_LABEL, [*normal((4, 3), (5, 4)), np.array([1, 2, 0, 0, 1]), *normal(3)], (0,),
         "dW[:, j] += 2 * weight[j] * z * (1 - z ** 2) * x[i]", "weight[y[i]]"),
        (COUNTED, normal((2, 3), (2, 3, 3, 2)), (0,), "m = n", "n * h * w"),
        (NOT_STRIDED, [*normal((6, 6), (2, 2)), 2], (0, 1), "dK[r, s] += d * x[i + r, j * stride + s]", "x[a + r, j"),
        (OF_THE_MODULE, normal((6, 6), (2, 2)), (1,), "a, b = i, j", "i * STRIDE, j * STRIDE"),
        (NEITHER_STRIDED, [*normal((6, 6), (2, 2)), 2], (0, 1), "a, b = i, j", "i * stride, j * stride"),
        (KEPT_UNITS, [*normal((3, 4), 4, (5, 3)), np.array([1.0, 0, 1, 1])], (0, 1), "back = e * v[j]", "KEEP"),
    ],
    ids=[
        "labels as indices", "the other way round", "a function that turns axes", "a number for a row", "another index",
        "one end of a difference", "a parameter for its gradient", "multiplied up", "handed on as it is",
        "an argument not transposed", "another entry", "unpacked the other way round", "an entry set for added to",
        "the norm of all rows", "one for each row", "changed by another name", "the neighbour", "labels from 1",
        "the exponential of the output", "a sum that a layer leaves out", "letters exchanged", "indices exchanged",
        "from the first turn on", "forward in time", "to all of a window", "rows of what has filters first",
        "another order", "of the label", "not all that are counted", "an index without its stride",
        "a stride of the module", "both without it",
        "neither masked nor scaled",
    ],
)  # fmt: skip
def test_the_line_is_named_and_what_should_stand_there(source, arguments, argnums, line, meant, tmp_path):
    found = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert len(found) == 1
    assert (HEAD + source).splitlines()[found[0].line - 1].strip() == line
    assert meant in found[0].correction, found[0].correction
    assert found[0].patch


def test_what_is_added_for_the_other_end_stands_on_a_line_of_its_own(tmp_path):
    found = diagnosed(HEAD + ONE_SIDE, normal(6), (0,), tmp_path)
    added = [x for x in found[0].patch.splitlines() if x.startswith("+") and not x.startswith("+++")]
    assert added == ["+    g[:-1] -= flow"]

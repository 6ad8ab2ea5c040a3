"""Slips in what is no number by itself, in a shape, or in a whole statement: which line, and what belongs there."""

import numpy as np
import pytest

import microgradnet as mg
from microgradnet.check.align import draws_elsewhere, draws_of
from microgradnet.check.by_hand import ByHand

from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

OF_A_NUMBER = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(w, x, y):
    p = 1 / (1 + np.exp(-x @ w))
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))

def backprop(w, x, y):
    dw = np.zeros_like(w)
    dw += (sigmoid(x[0] @ w) - y[0]) * x[0]
    for row, t in zip(x[1:], y[1:]):
        error = row @ w - t
        dw += error * row
    return dw
"""

DIVIDED = """
def loss(w, x):
    return np.sum(np.log(1 + (x @ w) ** 2))

def backprop(w, x):
    dw = np.zeros_like(w)
    for row in x:
        slope = 2 * (row @ w)
        slope = 1 + (row @ w) ** 2
        dw += slope * row
    return dw
"""

TAKEN_OFF = """
def loss(u):
    return np.sum(np.sqrt(np.diff(u) ** 2 + 0.1))

def backprop(u):
    flow = np.diff(u) / np.sqrt(np.diff(u) ** 2 + 0.1)
    grad = np.zeros_like(u)
    grad[1:] += flow
    grad[:-1] = flow
    return grad
"""

PAIR = """
def loss(w, x, n):
    h = x
    for _ in range(n):
        h = np.tanh(w * h)
    return np.sum(h ** 2)

def back(d, h, w):
    d = d * (1 - np.tanh(w * h) ** 2)
    return d * w, d * h

def backprop(w, x, n):
    states = [x]
    for _ in range(n):
        states.append(np.tanh(w * states[-1]))
    d, dw = 2 * states[-1], np.zeros_like(w)
    for t in reversed(range(n)):
        d, by = back(states[t], d, w)
        dw = dw + by
    return dw
"""

BACKWARDS = """
def loss(w, x):
    h = x[0]
    for t in range(1, len(x)):
        h = np.tanh(w * h) + x[t]
    return np.sum(h ** 2)

def backprop(w, x):
    states = [x[0]]
    for t in range(1, len(x)):
        states.append(np.tanh(w * states[-1]) + x[t])
    d, dw = 2 * states[-1], np.zeros_like(w)
    for t in range(-1, len(x) - 2, -1):
        d = d * (1 - np.tanh(w * states[t]) ** 2)
        dw, d = dw + d * states[t], d * w
    return dw
"""

OBJECT = """
class Normal:
    def __init__(self, mean, spread):
        self.mean, self.spread = mean, np.exp(spread)

    def slopes(self, y):
        z = (y - self.mean) / self.spread
        return -z / self.spread, 1 - z ** 2

def loss(a, b, x, y):
    return np.sum(((y - x @ a) / np.exp(x @ b)) ** 2 / 2 + x @ b)

def backprop(a, b, x, y):
    normal = Normal(x @ b, x @ a)
    da, db = normal.slopes(y)
    return x.T @ da, x.T @ db
"""

LARGER = """
class Layer:
    def forward(self, z, U):
        self.U, self.h = U, np.tanh(z @ U)
        return self.h

    def back(self, d):
        return (d * (1 - self.h ** 2)) @ self.U.T

def loss(w, U, v, x, y):
    return np.sum((np.tanh(x @ w @ U) @ v - y) ** 2)

def backprop(w, U, v, x, y):
    layer = Layer()
    error = 2 * (layer.forward(x @ w, U) @ v - y)
    return x.T @ layer.back(error[:, None])
"""

ROTATED = """
def loss(w, R, points, seen):
    return np.sum(((points - R @ w) @ R - seen) ** 2)

def backprop(w, R, points, seen):
    grad = np.zeros_like(w)
    for p, s in zip(points, seen):
        error = R @ (p - R @ w) - s
        grad -= 2 * error
    return grad
"""

FIRST = """
def loss(w, x):
    return sum(np.sum(w[i] * x[i] * x[i + 1] ** 2) for i in range(len(w)))

def backprop(w, x):
    grad = np.zeros_like(w)
    for i in range(len(w)):
        grad[i] = np.sum(x[i] * x[1] ** 2)
    return grad
"""

EFFECT = """
class Sums:
    def __init__(self, shape):
        self.total = np.zeros(shape)

    def add(self, d, x):
        self.total += np.outer(x, d) * np.sum(x)

def loss(w, x):
    return np.sum((x @ w) ** 2 * x.sum(1)[:, None])

def backprop(w, x):
    sums = Sums(w.shape)
    sums.add(2 * x[0] @ w, x[0])
    for row in x[1:]:
        sums.add(row, 2 * row @ w)
    return sums.total
"""

ADDED_UP = """
def loss(w, b, x):
    return np.sum((x @ w + b) ** 2 / (1 + x ** 2).sum(1))

def backprop(w, b, x):
    dw, db = np.zeros_like(w), np.zeros_like(b)
    for row in x:
        share = 2 * (row @ w + b) / (1 + row ** 2).sum()
        dw += share * row
    return dw, db
"""

AN_ELEMENT = """
def loss(s, c):
    return sum(np.sum(np.exp(c[k] - s)) + (c[k] - c[k - 1]) ** 2 for k in range(1, len(c)))

def backprop(s, c):
    ds, dc = np.zeros_like(s), np.zeros_like(c)
    for k in range(1, len(c)):
        e = np.exp(c[k] - s)
        both, one = 2 * (c[k] - c[k - 1]), e.sum()
        ds -= e
        dc[k - 1] -= both
    return ds, dc
"""

HANDED_ON = """
def loss(A, h, x):
    total = 0.0
    for t in range(len(x)):
        h = A @ h
        total = total + x[t] @ h
    return total

def backprop(A, h, x):
    hs = [h]
    for t in range(len(x)):
        hs.append(A @ hs[-1])
    dA, lam = np.zeros_like(A), np.zeros_like(h)
    for t in reversed(range(len(x))):
        pass
        dA += np.outer(lam, hs[t])
    return dA
"""

STRIDE = """
def loss(w, x, y):
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2))[::2, ::2]
    return np.sum((np.einsum("ijab,ab->ij", windows, w) - y) ** 2)

def backprop(w, x, y, stride=2):
    dw = np.zeros_like(w)
    for i in range(3):
        for j in range(3):
            error = 2 * (np.sum(w * x[i * stride : i * stride + 2, j * stride : j * stride + 2]) - y[i, j])
            dw += error * x[i : i + 2, j : j + 2]
    return dw
"""

STRIDES = """
def loss(w, x, y):
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2))[::2, ::2]
    return np.sum((np.einsum("ijab,ab->ij", windows, w) - y) ** 2)

def backprop(w, x, y, stride=2):
    dw = np.zeros_like(w)
    for i in range(3):
        for j in range(3):
            part = x[i : i + 2, j : j + 2]
            dw += 2 * (np.sum(w * part) - y[i, j]) * part
    return dw
"""

UPDATED = """
class Step:
    def __init__(self, u, v):
        self.u, self.v = u, v

    def gradients(self, y, rate):
        error = self.u @ self.v.T - y
        du = 2 * error @ self.v
        next_u = self.u - rate * du
        dv = 2 * error.T @ next_u
        self.u, self.v = next_u, self.v - rate * dv
        return du, dv

def loss(u, v, y):
    return np.sum((u @ v.T - y) ** 2)

def backprop(u, v, y):
    return Step(u, v).gradients(y, 0.1)
"""

HELD = """
def loss(Wx, Wh, x, y):
    h, total = np.zeros(3), 0.0
    for t in range(len(x)):
        h = np.tanh(Wx @ x[t] + Wh @ h)
        total = total + np.sum((h - y[t]) ** 2)
    return total / 2

def backprop(Wx, Wh, x, y):
    states, dWx, dWh, later = [np.zeros(3)], np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(3)
    for row in x:
        states.append(np.tanh(Wx @ row + Wh @ states[-1]))
    for t in reversed(range(len(x))):
        h = states[t + 1]
        dz = (h - y[t] + later) * (1 - h * h)
        dWx += np.outer(dz, x[t])
        dWh += np.outer(dz, h)
        later = Wh.T @ dz
    return dWx, dWh
"""

DROPPED = """
def loss(w, x, y, kept):
    return np.sum((np.where(kept, np.tanh(x @ w), 0) - y) ** 2)

def backprop(w, x, y, kept):
    t = np.tanh(x @ w)
    d = 2 * (np.where(kept, t, 0) - y)
    dz = np.where(kept, d * (1 - t * t), d)
    return x.T @ dz
"""

FIRST_ROW = """
def loss(w, b, x, y):
    return np.sum((x @ w + b - y) ** 2) / 2

def backprop(w, b, x, y):
    delta = x @ w + b - y
    return x.T @ delta, delta[:1]
"""

WEIGHED = """
def loss(w, x, gains):
    return np.sum(np.sin(x @ w) * gains[:, None]) / len(x)

def backprop(w, x, gains):
    d = np.cos(x @ w)
    d *= gains.mean() / len(x)
    return x.T @ d
"""

LABELLED = """
def loss(w, x, y):
    s = x @ w
    return np.sum(np.log(np.exp(s).sum(1)) - s[np.arange(len(y)), y])

def backprop(w, x, y):
    p = np.exp(x @ w)
    p /= p.sum(1, keepdims=True)
    p[:, y[0]] -= 1
    return x.T @ p
"""

BEHIND = """
def loss(w, x):
    a = np.tanh(x @ w)
    return np.sum(a ** 2) / 2 + 3 * np.sum(np.exp(a.mean(0)))

def backprop(w, x):
    a = np.tanh(x @ w)
    share = np.exp(a.mean(0)) / len(x)
    return x.T @ (a * (1 - a) * (1 + a) + 3 * share)
"""

BORDER = """
def loss(k, x):
    padded = np.concatenate([np.zeros(1), np.sin(x * k[0]), np.zeros(1)])
    return np.sum((k[1] * padded[:-2] + k[2] * padded[1:-1] + padded[2:]) ** 2) / 2

def backprop(k, x):
    padded = np.pad(np.sin(x * k[0]), 1)
    out = k[1] * padded[:-2] + k[2] * padded[1:-1] + padded[2:]
    dpadded = np.zeros_like(padded)
    dpadded[:-2] += k[1] * out
    dpadded[1:-1] += k[2] * out
    dpadded[2:] += out
    dinner = dpadded[2:] * np.cos(x * k[0])
    return np.array([np.sum(dinner * x), np.sum(out * padded[:-2]), np.sum(out * padded[1:-1])])
"""

ONE_LIST = """
def loss(w, x):
    return np.sum(np.tanh(x @ w) ** 2) / 2

def backprop(w, x):
    w, rows = w.tolist(), x.tolist()
    grad = [[0.0 for _ in w[0]]] * len(w)
    for row in rows:
        for k in range(len(w[0])):
            t = np.tanh(sum(row[i] * w[i][k] for i in range(len(w))))
            for i in range(len(w)):
                grad[i][k] += t * (1 - t * t) * row[i]
    return grad
"""

SIGNED = """
def loss(w, x, y):
    e = np.abs(x @ w - y)
    return np.sum(np.where(e < 0.7, e ** 2 / 2, 0.7 * (e - 0.35)))

def backprop(w, x, y):
    e = x @ w - y
    small = e < 0.7
    return x.T @ np.where(small, e, 0.7 * np.sign(e))
"""

LENGTHS = """
def loss(w, x, kept, lengths):
    return np.sum(np.sin((np.tanh(x @ w) * kept[:, :, None]).sum(1) / lengths[:, None]))

def backprop(w, x, kept, lengths):
    h, L = np.tanh(x @ w), x.shape[1]
    bag = (h * kept[:, :, None]).sum(1) / lengths[:, None]
    dbag = np.cos(bag) / L
    dz = dbag[:, None, :] * kept[:, :, None] * (1 - h ** 2)
    return np.einsum("nli,nlk->ik", x, dz)
"""

SQUARED = """
def loss(w, x):
    return np.sum(np.tanh(x @ w))

def backprop(w, x):
    return x.T @ (1 - np.tanh(x @ w)) ** 2
"""

ROTATION = np.linalg.qr(normal((3, 3))[0])[0]


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "line", "meant"),
    [
        (OF_A_NUMBER, (*normal(3, (5, 3)), np.array([0.0, 1, 0, 1, 1])), (0,), "error = row @ w - t", "sigmoid("),
        (DIVIDED, normal(3, (5, 3)), (0,), "slope = 1 + (row @ w) ** 2", "slope /= "),
        (TAKEN_OFF, normal(7), (0,), "grad[:-1] = flow", "grad[:-1] -= flow"),
        (PAIR, (*normal(4, 4), 3), (0,), "d, by = back(states[t], d, w)", "back(d, states[t], w)"),
        (BACKWARDS, normal(3, (4, 3)), (0,), "for t in range(-1, len(x) - 2, -1):", "range(len(x) - 2, -1, -1)"),
        (OBJECT, normal(3, 3, (5, 3), 5), (0, 1), "normal = Normal(x @ b, x @ a)", "Normal(x @ a, x @ b)"),
        (
            LARGER, normal((3, 2), (2, 4), 4, (5, 3), 5), (0,),
            "return x.T @ layer.back(error[:, None])", "layer.back(error[:, None] * v)",
        ),
        (
            ROTATED, (normal(3)[0], ROTATION, *normal((5, 3), (5, 3))), (0,),
            "error = R @ (p - R @ w) - s", "R.T @ (p - R @ w)",
        ),
        (FIRST, normal(4, (5, 3)), (0,), "grad[i] = np.sum(x[i] * x[1] ** 2)", "x[i + 1]"),
        (EFFECT, normal((3, 3), (5, 3)), (0,), "sums.add(row, 2 * row @ w)", "sums.add(2 * row @ w, row)"),
        (
            STRIDE, normal((2, 2), (6, 6), (3, 3)), (0,),
            "dw += error * x[i : i + 2, j : j + 2]", "x[i * stride : i * stride + 2, j * stride : j * stride + 2]",
        ),
        (
            STRIDES, normal((2, 2), (6, 6), (3, 3)), (0,),
            "part = x[i : i + 2, j : j + 2]", "x[i * stride : i * stride + 2, j * stride : j * stride + 2]",
        ),
        (HELD, normal((3, 2), (3, 3), (4, 2), (4, 3)), (0, 1), "dWh += np.outer(dz, h)", "np.outer(dz, states[t])"),
        (
            DROPPED, (*normal((3, 4), (5, 3), (5, 4)), np.arange(20).reshape(5, 4) % 3 > 0), (0,),
            "dz = np.where(kept, d * (1 - t * t), d)", "np.where(kept, d * (1 - t * t), 0)",
        ),
        (FIRST_ROW, normal((3, 2), (1, 2), (5, 3), (5, 2)), (0, 1), "return x.T @ delta, delta[:1]", "delta.sum(0, "),
        (WEIGHED, normal((3, 2), (5, 3), 5), (0,), "d *= gains.mean() / len(x)", "gains[:, None] / len(x)"),
        (
            LABELLED, (*normal((3, 4), (5, 3)), np.array([1, 0, 3, 2, 1])), (0,),
            "p[:, y[0]] -= 1", "p[np.arange(len(y)), y] -= 1",
        ),
        (SQUARED, normal((3, 2), (5, 3)), (0,), "return x.T @ (1 - np.tanh(x @ w)) ** 2", "1 - np.tanh(x @ w) ** 2"),
        (
            BEHIND, normal((3, 2), (5, 3)), (0,),
            "return x.T @ (a * (1 - a) * (1 + a) + 3 * share)", "(a + 3 * share) * (1 - a) * (1 + a)",
        ),
        (BORDER, normal(3, 6), (0,), "dinner = dpadded[2:] * np.cos(x * k[0])", "dpadded[1:-1] * np.cos"),
        (
            ONE_LIST, normal((3, 2), (5, 3)), (0,),
            "grad = [[0.0 for _ in w[0]]] * len(w)", "].copy() for _ in range(len(w))]",
        ),
        (SIGNED, (normal(3)[0], *normal((6, 3), 6)), (0,), "small = e < 0.7", "np.abs(e) < 0.7"),
        (
            LENGTHS, (*normal((3, 2), (4, 5, 3)), (np.arange(5) < np.array([[2], [5], [3], [4]])) * 1.0,
                      np.array([2, 5, 3, 4])),
            (0,), "dbag = np.cos(bag) / L", "/ lengths[:, None]",
        ),
        (UPDATED, normal((4, 2), (3, 2), (4, 3)), (0, 1), "dv = 2 * error.T @ next_u", "error.T @ self.u"),
    ],
    ids=[
        "a function of a number", "set for divided", "set for taken off", "two arrays that come out at once",
        "what a loop counts", "an object", "a factor that makes it larger",
        "a rotation stays one", "a number for an index", "a call for what it does",
        "a stride left out of one window", "a stride left out of the only one", "an update, which is no gradient",
        "a state of a list", "what was dropped", "one row for all", "the mean of what weighs",
        "labels of all rows", "the square of a part", "a term put behind factors", "a border at the other end",
        "rows that are one list", "of either sign", "a length for each row",
    ],
)  # fmt: skip
def test_the_line_is_named_and_what_belongs_there(source, arguments, argnums, line, meant, tmp_path):
    found = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert [(HEAD + source).splitlines()[d.line - 1].strip() for d in found] == [line]
    assert meant in found[0].correction, found[0].correction
    assert found[0].patch


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "line", "meant"),
    [
        (ADDED_UP, (*normal(3), normal(())[0], *normal((5, 3))), (0, 1), "dw += share * row", "db += share"),
        (AN_ELEMENT, normal(3, 4), (0, 1), "dc[k - 1] -= both", "dc[k] += one + both"),
        (
            AN_ELEMENT.replace("        dc[k - 1] -= both\n", "        if k > 0:\n            dc[k - 1] -= both\n"),
            normal(3, 4), (0, 1), "dc[k - 1] -= both", "dc[k] += one + both",
        ),
        (HANDED_ON, normal((4, 4), 4, (3, 4)), (0,), "pass", "lam = x[t] + "),
    ],
    ids=["what is added up", "an element", "in a block", "what is handed on"],
)  # fmt: skip
def test_a_statement_that_is_missing_is_put_after_the_line_where_it_belongs(
    source, arguments, argnums, line, meant, tmp_path
):
    (found,) = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert (HEAD + source).splitlines()[found.line - 1].strip() == line
    assert meant in found.correction, found.correction
    assert found.patch


NESTED = """
def loss(u, v, x, y):
    return 0.5 * np.sum((np.tanh(x @ u) @ v - y) ** 2)

def backprop(u, v, x, y):
    du, dv = [[0.0] * 3 for _ in range(3)], [[0.0] * 3 for _ in range(3)]
    for row, t in zip(x, y):
        h = np.tanh(row @ u)
        e = h @ v - t
        for i in range(3):
            slope = 1 - h[i] ** 2
            back = 0.0
            for j in range(3):
                dv[i][j] += h[i] * e[j]
                back += v[j][i] * e[j]
            for k in range(3):
                du[k][i] += row[k] * back * slope
    return np.array(du), np.array(dv)
"""

LETTERS = """
def loss(k, x):
    return np.sum(np.sin(np.einsum("ncij,fcij->nf", x, k)))

def backprop(k, x):
    d = np.cos(np.einsum("ncij,fcij->nf", x, k))
    return np.einsum("nf,ncij->fcji", d, x, optimize=True)
"""

CONGRUENT = """
def loss(A, q, c):
    P = np.eye(3)
    for _ in range(3):
        P = A @ P @ A.T + np.eye(3) * np.exp(q)
    return np.sum(c * P)

def backprop(A, q, c):
    kept = [np.eye(3)]
    for _ in range(3):
        kept.append(A @ kept[-1] @ A.T + np.diag(np.exp(q)))
    dA, dq, dP = np.zeros_like(A), np.zeros_like(q), c
    for P in kept[-2::-1]:
        dq += np.diag(dP) * np.exp(q)
        dA += (dP + dP.T) @ A @ P
        dP = A @ dP @ A.T
    return dA, dq
"""

CONSTANT = """
def loss(q, k, v, x):
    s = (x @ q) @ (x @ k).T
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return np.sum(np.sin(e / e.sum(axis=1, keepdims=True) @ (x @ v)))

def softmax(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)

    def back(g):
        return np.zeros_like(g)

    return p, back

def backprop(q, k, v, x):
    p, back = softmax((x @ q) @ (x @ k).T)
    g = np.cos(p @ (x @ v))
    ds = back(g @ (x @ v).T)
    return x.T @ (ds @ (x @ k)), x.T @ (ds.T @ (x @ q)), x.T @ (p.T @ g)
"""

UPSIDE_DOWN = """
def slide(a, k):
    n, m = a.shape[0] - k.shape[0] + 1, a.shape[1] - k.shape[1] + 1
    out = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            out[i, j] = np.sum(a[i : i + k.shape[0], j : j + k.shape[1]] * k)
    return out

def turned(k):
    return k[::-1, ::-1]

def loss(k, x):
    out = 0.0
    for i in range(3):
        for j in range(3):
            out = out + np.sin(np.sum(x[i : i + 2, j : j + 2] * k[::-1, ::-1]))
    return out

def backprop(k, x):
    d = np.cos(slide(x, turned(k)))
    return slide(x, d)
"""

WITHOUT_ITS_FUNCTION = UPSIDE_DOWN.replace("def turned(k):\n    return k[::-1, ::-1]\n\n", "").replace(
    "turned(k)", "k[::-1, ::-1]"
)

KEPT = """
KEEP = 0.7

def loss(u, v, w, x, y, m1, m2):
    a = x
    for p, m in ((u, m1), (v, m2)):
        a = np.maximum(p @ a, 0) * m / KEEP
    return np.sum((w @ a - y) ** 2) / x.shape[1]

def backprop(u, v, w, x, y, m1, m2):
    ws, masks, cache, A = [u, v, w], [m1, m2], [], x
    for l in range(3):
        Z = ws[l] @ A
        cache.append((A, Z))
        A = Z
        if l < 2:
            A = np.maximum(Z, 0)
            A = A * masks[l] / KEEP
    grads = [None] * 3
    dZ = 2 * (A - y)
    for l in (2, 1, 0):
        grads[l] = dZ @ cache[l][0].T / x.shape[1]
        if l > 0:
            dA = ws[l].T @ dZ
            dA = dA * masks[l - 1]
            dZ = dA * (cache[l - 1][1] > 0)
    return grads
"""

NAMED = """
def loss(w, b, x):
    h = x @ w + b
    mean = h.mean(axis=0, keepdims=True)
    return np.sum(np.sin(h - mean))

def backprop(w, b, x):
    n = len(x)
    h = x @ w + b
    mean = h.mean(axis=0, keepdims=True)
    diff = h - mean
    ddiff = np.cos(diff)
    dh = ddiff.copy()
    dmean = ddiff.sum(0)
    dh += 1.0 / n * (np.ones_like(h) * dmean)
    return x.T @ dh, dh.sum(0)
"""

SIGNED_TWICE = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(w, x):
    return -np.sum(np.log(sigmoid(x @ w)))

def backprop(w, x):
    s = x @ w
    g = -sigmoid(s) * (1 - sigmoid(s))
    return x.T @ g
"""

DEVIATION = """
def loss(w, x):
    u = x @ w
    c = u - u.mean(axis=0)
    return np.sum(np.sin(c / np.sqrt((c * c).mean(axis=0) + 0.1)))

def backprop(w, x):
    u = x @ w
    c = u - u.mean(axis=0)
    var = (c * c).mean(axis=0) + 0.1
    hat = c / np.sqrt(var)
    d = np.cos(hat)
    du = (d - d.mean(axis=0) - hat * (d * hat).mean(axis=0)) / var
    return x.T @ du
"""

CLOCK = """
def loss(f, u, pauses):
    t = 0.0
    for dt in pauses:
        u = u + dt * np.cos(t) * f
        t = t + dt
    return np.sum(u ** 3)

def backprop(f, u, pauses):
    times = np.cumsum(pauses) - pauses
    for n in range(len(pauses)):
        u = u + pauses[n] * np.cos(times[n]) * f
    df = np.zeros_like(f)
    for n in range(len(pauses) - 1, -1, -1):
        t = times[-1]
        df += pauses[n] * np.cos(t) * 3 * u ** 2
    return df
"""

ROUND = """
def loss(e, x):
    return np.sum(np.sin(e)) + np.sum(x * e[:, ::-1] ** 2)

def backprop(e, x):
    back = 2 * x * e[:, ::-1]
    return np.cos(e) + back[::-1]
"""

SHRUNK = """
def loss(p, q):
    return np.sum(p @ q.T) ** 2 + 0.25 * np.sum(p ** 2) + 0.25 * np.sum(q ** 2)

def backprop(p, q):
    dp, dq = p, q
    dp *= 0.5
    dq *= 0.5
    total = np.sum(p @ q.T)
    dp += 2 * total * q.sum(axis=0)
    dq += 2 * total * p.sum(axis=0)
    return dp, dq
"""

WINDOWS = """
STEP, APART = 2, 1

def loss(k, x):
    total = 0.0
    for t in range(3):
        z = 0.0
        for j in range(2):
            z = z + k[j] * x[t * STEP + j * APART]
        total = total + np.sin(z)
    return total

def backprop(k, x):
    dk = np.zeros_like(k)
    for t in range(3):
        z = 0.0
        for j in range(2):
            z += k[j] * x[t * STEP + j * APART]
        d = np.cos(z)
        for j in range(2):
            dk[j] += d * x[t * APART + j * STEP]
    return dk
"""

MASKS = np.random.default_rng(2).random((2, 4, 5)) > 0.4

NOT_COPIED = """
class Layer:
    def __init__(self, w):
        self.w = w.copy()

    def back(self, x, d):
        before = self.w
        self.w -= 0.1 * (x.T @ d)
        return x.T @ d, d @ before.T

def loss(u, w, x):
    return np.sum((np.tanh(x @ u) @ w) ** 2)

def backprop(u, w, x):
    h = np.tanh(x @ u)
    dw, dh = Layer(w).back(h, 2 * h @ w)
    return x.T @ (dh * (1 - h * h)), dw
"""


SUMMED = """
def loss(p, q, x):
    return np.sum(np.sin(x + p[:, None] + q))

def backprop(p, q, x):
    d = np.cos(x + p[:, None] + q)
    return np.einsum("ui->u", d), np.einsum("ui->u", d)
"""

TURNED_BACK = """
def loss(x, k):
    return sum(np.sin(np.sum(x[i : i + 2, j : j + 2] * k)) for i in range(3) for j in range(3))

def backprop(x, k):
    dx = np.zeros_like(x)
    for i in range(3):
        for j in range(3):
            d = np.cos(np.sum(x[i : i + 2, j : j + 2] * k))
            dx[i : i + 2, j : j + 2] += np.rot90(k, 2) * d
    return dx
"""

THINNED = """
KEEP = 0.8

def loss(w, x, kept):
    return np.sum((np.tanh(x @ w) * kept / KEEP) ** 2)

def backprop(w, x, kept):
    h = np.tanh(x @ w)
    out = h * kept / KEEP
    return x.T @ (2 * out * kept / (1 - KEEP) * (1 - h * h))
"""

PADDED = """
def loss(w, x, mask):
    return np.sum(np.sin(x @ w) * mask[:, :, None]) / np.sum(mask)

def backprop(w, x, mask):
    d = np.cos(x @ w) / mask.sum()
    return np.einsum("ntd,ntv->dv", x, d)
"""

LAST_AXIS = """
def windows(x):
    return np.stack([x[:, t : t + 3] for t in range(x.shape[1] - 2)], axis=1)

def loss(x, k):
    return np.sum(np.sin(np.einsum("ctj,fcj->ft", windows(x), k)))

def backprop(x, k):
    d = np.cos(np.einsum("ctj,fcj->ft", windows(x), k))
    return np.einsum("ftj,fcj->ct", windows(np.pad(d, ((0, 0), (2, 2)))), k)
"""

FROM_THE_END = """
def loss(x, k):
    z = sum(k[i, j] * x[i : i + 3, j : j + 3] for i in range(2) for j in range(2))
    return np.sum(np.sin(z))

def backprop(x, k):
    d = np.cos(sum(k[i, j] * x[i : i + 3, j : j + 3] for i in range(2) for j in range(2)))
    dx = np.zeros_like(x)
    for i in range(2):
        for j in range(2):
            dx[i : i + 3, j : j + 3] += d * k[1 - i, 1 - j]
    return dx
"""

DISTANCES = """
def loss(w, a, b):
    diff = a @ w - b @ w
    dist = np.sqrt(np.sum(diff ** 2, axis=1))
    return np.sum(np.exp(dist))

def back(ddist, diff, dist):
    return ddist[:, None] * diff

def backprop(w, a, b):
    diff = a @ w - b @ w
    dist = np.sqrt(np.sum(diff ** 2, axis=1))
    ddiff = back(np.exp(dist), diff, dist)
    return a.T @ ddiff - b.T @ ddiff
"""

CUT = """
def loss(w, v, x):
    n, t, d = x.shape
    h = (x @ w).reshape(n, t, 2, 2).transpose(0, 2, 1, 3)
    out = np.sin(h @ h.transpose(0, 1, 3, 2)) @ h
    return np.sum(np.cos(out.transpose(0, 2, 1, 3).reshape(n, t, 4) @ v))

def backprop(w, v, x):
    n, t, d = x.shape
    h = (x @ w).reshape(n, t, 2, 2).transpose(0, 2, 1, 3)
    u = h @ h.transpose(0, 1, 3, 2)
    joined = (np.sin(u) @ h).transpose(0, 2, 1, 3).reshape(n, t, 4)
    dz = -np.sin(joined @ v)
    dout = (dz @ v.T).reshape(n, 2, t, 2)
    du = dout @ h.transpose(0, 1, 3, 2) * np.cos(u)
    dh = np.sin(u).transpose(0, 1, 3, 2) @ dout + (du + du.transpose(0, 1, 3, 2)) @ h
    dw = np.einsum("nti,ntj->ij", x, dh.transpose(0, 2, 1, 3).reshape(n, t, 4))
    return dw, np.einsum("nti,ntj->ij", joined, dz)
"""

VECTORS = """
class Pairs:
    def __init__(self, W, V):
        self.W, self.V = W, V
        self.dW, self.dV = np.zeros_like(W), np.zeros_like(V)

    def score(self, i, j):
        return self.W[i] @ self.V[j]

    def step(self, i, j, count):
        off = 2 * (self.score(i, j) - count)
        self.dW[i] += off * self.W[i]
        self.dV[j] += off * self.W[i]

def loss(W, V, counts):
    return np.sum((W @ V.T - counts) ** 2)

def backprop(W, V, counts):
    pairs = Pairs(W, V)
    for i in range(len(W)):
        for j in range(len(V)):
            pairs.step(i, j, counts[i, j])
    return pairs.dW, pairs.dV
"""

UNREAD = """
def loss(u, v, w, m, x):
    h = np.tanh(x @ u)
    return np.sum(np.sin(h @ v)) + np.sum(np.cos(h @ w)) + np.sum(np.tanh(h @ m)) + np.sum(h**2)

def backprop(u, v, w, m, x):
    h = np.tanh(x @ u)
    a, b, c = h @ v, h @ w, h @ m
    slope = 1 - np.tanh(c) ** 2
    from_v = np.cos(a) @ v.T
    from_w = -np.sin(b) @ w.T
    dh = 2 * h
    return x.T @ (dh * (1 - h**2)), h.T @ np.cos(a), -h.T @ np.sin(b), h.T @ slope
"""


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "meant", "kind"),
    [
        (NESTED, normal((3, 3), (3, 3), (4, 3), (4, 3)), (0, 1), "back += v[i][j] * e[j]", "transpose"),
        (
            NESTED.replace("back += v[j][i]", "back += rows[j].v[i]")
            .replace("        e = h", "        rows = [Row(own) for own in v]\n        e = h")
            .replace("def backprop", "class Row:\n    def __init__(self, v):\n        self.v = v\n\ndef backprop"),
            normal((3, 3), (3, 3), (4, 3), (4, 3)), (0, 1), "back += rows[i].v[j] * e[j]", "transpose",
        ),
        (LETTERS, normal((3, 2, 2, 2), (4, 2, 2, 2)), (0,), 'einsum("nf,ncij->fcij", d, x, optimize=', "transpose"),
        (CONGRUENT, normal((3, 3), 3, (3, 3)), (0, 1), "dP = A.T @ dP @ A", "transpose"),
        (CONSTANT, normal((3, 2), (3, 2), (3, 2), (4, 3)), (0, 1, 2), "return p * (g - (g * p).sum(", "detached"),
        (UPSIDE_DOWN, normal((2, 2), (4, 4)), (0,), "return turned(slide(x, d))", "reversed"),
        (WITHOUT_ITS_FUNCTION, normal((2, 2), (4, 4)), (0,), "slide(x, d)[::-1, ::-1]", "reversed"),
        (
            KEPT, (*normal((4, 3), (4, 4), (2, 4), (3, 5), (2, 5)), *MASKS),
            (0, 1, 2), "dA = dA * masks[l - 1] / KEEP", "missing-factor",
        ),
        (NAMED, normal((3, 2), 2, (5, 3)), (0, 1), "dmean = -ddiff.sum(0)", "sign"),
        (SIGNED_TWICE, normal(3, (5, 3)), (0,), "g = -(1 - sigmoid(s))", "repeated-factor"),
        (DEVIATION, normal((3, 2), (6, 3)), (0,), "/ np.sqrt(var)", "repeated-factor"),
        (CLOCK, (*normal(3, 3), np.array([0.3, 0.7, 0.4])), (0,), "t = times[n]", "wrong-point"),
        (ROUND, normal((3, 3), (3, 3)), (0,), "return np.cos(e) + back[:, ::-1]", "wrong-axis"),
        (SHRUNK, normal((3, 2), (4, 2)), (0, 1), "dp, dq = p.copy(), q.copy()", "updated-parameter"),
        (WINDOWS, normal(2, 6), (0,), "dk[j] += d * x[j * APART + t * STEP]", "wrong-point"),
        (NOT_COPIED, normal((3, 4), (4, 2), (5, 3)), (0, 1), "before = self.w.copy()", "updated-parameter"),
        (SUMMED, normal(4, 4, (4, 4)), (0, 1), 'np.einsum("ui->i", d)', "wrong-axis"),
        (TURNED_BACK, normal((4, 4), (2, 2)), (0,), "+= k * d", "reversed"),
        (THINNED, (*normal((3, 2), (4, 3)), (MASKS[0, :4, :2] > 0) + 0.0), (0,), "kept / KEEP * (1", "scale"),
        (PADDED, (*normal((3, 4), (2, 5, 3)), MASKS[:, 0] + 0.0), (0,), "* mask[:, :, None]", "missing-factor"),
        (LAST_AXIS, normal((3, 6), (2, 3, 3)), (0,), "k[:, :, ::-1]", "reversed"),
        (FROM_THE_END, normal((4, 4), (2, 2)), (0,), "+= d * k[i, j]", "reversed"),
        (DISTANCES, normal((3, 2), (5, 3), (5, 3)), (0,), "ddist[:, None] * diff / dist[:, None]", "missing-factor"),
        (CUT, normal((3, 4), (4, 3), (2, 3, 3)), (0, 1), ".reshape(n, t, 2, 2).transpose(0, 2, 1, 3)", "transpose"),
        (VECTORS, normal((3, 2), (4, 2), (3, 4)), (0, 1), "self.dW[i] += off * self.V[j]", "wrong-parameter"),
        (
            UNREAD, normal((3, 4), (4, 2), (4, 3), (4, 2), (5, 3)), (0, 1, 2, 3),
            "dh = 2 * h + from_w + from_v + slope @ m.T", "missing-term",
        ),
    ],
    ids=["w[i][j]", "of objects", "letters", "both sides of a product", "nothing goes back",
         "a function that turns", "all round", "divided last",
         "by its name", "a sign stays",
         "a variance", "the last", "along another axis",
         "no copies", "two numbers", "no copy",
         "what is summed over", "turned back", "the rest of one", "padding",
         "along the last axis", "from the end", "divided by rows", "cut into heads",
         "another vector", "what nobody reads"],
)  # fmt: skip
def test_a_slip_has_its_kind(source, arguments, argnums, meant, kind, tmp_path):
    (found,) = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert meant in found.correction, found.correction
    assert found.kind == kind


@pytest.mark.parametrize("turned", ["g - u * u * g", "g - u ** 2 * g", "g - g * (u * u)"])
def test_the_jacobian_of_a_direction_is_completed_where_it_is_written_out(turned, tmp_path):
    source = f"""
def loss(v, c):
    return np.sum(np.sin(v / np.linalg.norm(v, axis=1)[:, None]) * c)

def backprop(v, c):
    length = np.linalg.norm(v, axis=1)[:, None]
    u = v / length
    g = np.cos(u) * c
    d = {turned}
    return d / length
"""
    (found,) = diagnosed(HEAD + source, normal((4, 3), (4, 3)), (0,), tmp_path)
    assert found.kind == "diagonal-jacobian"
    assert found.correction == "d = g - u * (g * u).sum(1, keepdims=True)"


def test_what_is_orthogonal_stays_so_at_other_arguments():
    def loss(w, R):
        return mg.sum((R @ w) ** 2)

    derivation = ByHand.read(loss, [np.zeros(3)], (*normal(3), ROTATION), (0,), False, "recorded", caller="test")
    for draw in draws_of(derivation):
        assert np.allclose(draw.values[1] @ draw.values[1].T, np.eye(3))


def test_a_table_of_shares_stays_one_at_other_arguments():
    table = np.abs(np.subtract.outer(*normal(4, 4)))
    table = np.where(np.eye(4), 0, table + table.T) / np.sum((table + table.T)[~np.eye(4, dtype=bool)])

    def loss(w, P):
        return mg.sum(P @ w**2)

    derivation = ByHand.read(loss, [np.zeros(4)], (*normal(4), table), (0,), False, "recorded", caller="test")
    for draw in (*draws_of(derivation), *draws_elsewhere(derivation)):
        P = draw.values[1]
        assert np.array_equal(P, P.T)
        assert np.isclose(P.sum(), 1)
        assert ((P > 0) == (table > 0)).all()


def test_what_is_picked_with_calls_in_its_index_may_stand_beside_what_nothing_explains(tmp_path):
    source = """
def loss(w, x):
    return np.sum(np.sin(x @ w))

def backprop(w, x):
    n = len(w)
    d = np.cos(x @ w)
    d[range(n), range(n)] *= 1.1
    dw = np.zeros_like(w)
    for row, slope in zip(x, d):
        dw += np.outer(row, slope) + np.sin(3.3 * d[range(n), range(n)])
    return dw
"""
    assert diagnosed(HEAD + source, normal((3, 3), (4, 3)), (0,), tmp_path)


def test_numbers_too_small_for_their_squares_are_diagnosed(tmp_path):
    source = """
def loss(w, x):
    return np.sum((x @ w) ** 2)

def backprop(w, x):
    d = 2e-200 * (x @ w)
    return x.T @ d
"""
    (found,) = diagnosed(HEAD + source, normal(3, (5, 3)), (0,), tmp_path)
    assert found.line == 9


def test_a_loop_that_a_statement_could_keep_from_ending_is_left_alone(tmp_path):
    source = """
def loss(w, b, x):
    return np.sum((x @ w + b) ** 2)

def backprop(w, b, x):
    rows, dw, db = [*x], np.zeros_like(w), np.zeros_like(b)
    while rows:
        row = rows.pop()
        d = 2 * (row @ w + b)
        dw += d * row
    return dw, db
"""
    (found,) = diagnosed(HEAD + source, (*normal(3), normal(())[0], *normal((5, 3))), (0, 1), tmp_path)
    assert (found.kind, found.line) == ("detached", None)

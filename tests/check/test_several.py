"""Several mistakes: one behind the other, each with gradients of its own, or in other forms of a statement."""

import subprocess
import sys

import numpy as np
import pytest

import microgradnet as mg

from .located import module
from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

NET = """
class Net:
    def sigmoid(self, v):
        return 1 / (1 + np.exp(-v))

    def slope(self, a):
        return a * (1 - a)

def loss(W1, W2, x, y):
    h = 1 / (1 + np.exp(-x @ W1))
    return np.sum((1 / (1 + np.exp(-h @ W2)) - y) ** 2)

def backprop(W1, W2, x, y):
    net = Net()
    h = net.sigmoid(x @ W1)
    out = net.sigmoid(h @ W2)
    delta2 = 2 * (out - y) * net.slope(out)
    delta1 = (delta2 @ W2.T) * net.slope(h)
    return {"W1": x.T @ delta1, "W2": h.T @ delta2}
"""

STEPS = """
def loss(A, b, x):
    z = x
    for k in range(3):
        z = z + 0.5 * np.tanh(A @ z + b)
    return np.sum(z ** 2)

def backprop(A, b, x):
    out = [x]
    for k in range(3):
        out.append(out[k] + 0.5 * np.tanh(A @ out[k] + b))
    g = 2 * out[3]
    dA, db = np.zeros_like(A), np.zeros_like(b)
    for k in reversed(range(3)):
        s = 1 - np.tanh(A @ out[k] + b) ** 2
        dA += 0.5 * np.outer(g * s, out[k])
        db += 0.5 * g * s
        g = g + 0.5 * A.T @ (g * s)
    return dA, db
"""

MIXTURE = """
def loss(a, M, X):
    R = np.exp(a - ((X[:, None] - M) ** 2).sum(axis=2))
    R = R / R.sum(axis=1, keepdims=True)
    return np.sum(R ** 2)

def backprop(a, M, X):
    diff = X[:, None] - M
    logp = a - (diff ** 2).sum(axis=2)
    R = np.exp(logp)
    R /= R.sum(axis=1, keepdims=True)
    dR = 2 * R
    dlogp = R * (dR - (dR * R).sum(axis=1, keepdims=True))
    return dlogp.sum(axis=0), (dlogp[:, :, None] * 2 * diff).sum(axis=0)
"""

GATES = """
def loss(bf, bi, bo, x, y):
    return np.sum((np.tanh(x + bf) * np.sin(x + bi) - np.cos(x + bo) * y) ** 2)

def backprop(bf, bi, bo, x, y):
    f, i, o = np.tanh(x + bf), np.sin(x + bi), np.cos(x + bo)
    grads = {"bf": 0.0, "bi": 0.0, "bo": 0.0}
    dout = 2 * (f * i - o * y)
    df = dout * i * (1 - f ** 2)
    di = dout * f * np.cos(x + bi)
    do = dout * y * np.sin(x + bo)
    grads["bf"] += df
    grads["bi"] += di
    grads["bo"] += do
    return grads
"""

AGAIN = """
class Scale:
    def __init__(self, gain):
        self.gain, self.dgain = gain, np.zeros_like(gain)

    def backward(self, row, g):
        self.dgain += g * row
        return g * self.gain

def loss(X, gain, y):
    return np.mean(np.sum((X * gain - y) ** 2, axis=1))

def backprop(X, gain, y):
    layer = Scale(gain)
    dX = np.zeros_like(X)
    for k in range(len(X)):
        dX[k] = layer.backward(X[k], 2 * (X[k] * gain - y[k]) / len(X))
    return {"X": dX, "gain": layer.dgain}
"""

CELL = """
squash = lambda v: 1 / (1 + np.exp(-v))

def loss(U, V, xs, y):
    h = np.zeros(3)
    for x in xs:
        z = 1 / (1 + np.exp(-(x + U @ h)))
        n = np.tanh(x + V @ (z * h))
        h = h + z * (n - h)
    return np.sum((h - y) ** 2)

def slope(s):
    return s * (1 - s)

def bend(t):
    return 1 - t * t

def backprop(U, V, xs, y):
    h, log = np.zeros(3), []
    for x in xs:
        z = squash(x + U @ h)
        n = np.tanh(x + V @ (z * h))
        log.append((h, z, n))
        h = h + z * (n - h)
    dU, dV, d = np.zeros_like(U), np.zeros_like(V), 2 * (h - y)
    for h, z, n in log[::-1]:
        dn = d * z
        da = dn * bend(n)
        dm = V.T @ da
        dz = d * (n - h) + dm * h
        dg = dz * slope(z)
        dU += np.outer(dg, h)
        dV += np.outer(da, z * h)
        back = d * (1 - z)
        back += dm * z
        d = back + U.T @ dg
    return dU, dV
"""

CARRIED = """
def loss(w, u, X, y):
    c = np.zeros(len(X))
    h = c
    for t in range(X.shape[1]):
        f = 1 / (1 + np.exp(-(X[:, t] * w[0] + h * u[0])))
        g = np.tanh(X[:, t] * w[1] + h * u[1])
        c = f * c + g
        h = np.tanh(c) * f
    return np.mean((h - y) ** 2)

def backprop(w, u, X, y):
    dw, du = np.zeros_like(w), np.zeros_like(u)
    for x, target in zip(X, y):
        c, h, log = 0.0, 0.0, []
        for value in x:
            f = 1 / (1 + np.exp(-(value * w[0] + h * u[0])))
            g = np.tanh(value * w[1] + h * u[1])
            log.append((value, h, c, f, g, np.tanh(f * c + g)))
            c = f * c + g
            h = np.tanh(c) * f
        dh, dc = 2 * (h - target) / len(X), 0.0
        for value, h, c, f, g, t in reversed(log):
            dc = dc + dh * f * (1 - t ** 2)
            df = dh * t + dc * c
            a = np.array([df * f * (1 - f), dc * (1 - g ** 2)])
            dw += a * value
            du += a * h
            dh = a @ u
            dc = dc * f
    return dw, du
"""

UNROLLED = """
def loss(W, U, s, xs):
    h = s
    for x in xs:
        h = np.tanh(x @ W + h @ U)
    return np.sum(h ** 2)

def backprop(W, U, s, xs):
    states = [s]
    for x in xs:
        states.append(np.tanh(x @ W + states[-1] @ U))
    dW, dU, carry = np.zeros_like(W), np.zeros_like(U), 2 * states[-1]
    for t in reversed(range(len(xs))):
        dz = carry * (1 - states[t + 1] ** 2)
        dW += np.outer(xs[t], dz)
        dU += np.outer(states[t], dz)
        carry = dz @ U.T
    return dW, dU, carry
"""

TOWERS = """
def loss(A, C, x, t):
    u, v = x @ A, t @ C
    s = (u / np.linalg.norm(u, axis=1, keepdims=True)) @ (v / np.linalg.norm(v, axis=1, keepdims=True)).T
    return np.sum(np.log(np.sum(np.exp(s), axis=1)) - np.diag(s))

def backprop(A, C, x, t):
    def normalise(z):
        norm = np.linalg.norm(z, axis=1, keepdims=True)
        unit = z / norm

        def back(d):
            return (d - unit * (d * unit).sum(axis=1, keepdims=True)) / norm

        return unit, back

    u_hat, u_back = normalise(x @ A)
    v_hat, v_back = normalise(t @ C)
    e = np.exp(u_hat @ v_hat.T)
    ds = e / e.sum(axis=1, keepdims=True) - np.eye(len(x))
    du = u_back(ds @ v_hat)
    dv = v_back(ds.T @ u_hat)
    return x.T @ du, t.T @ dv
"""

NET_ARGS = normal((3, 4), (4, 2), (5, 3), (5, 2))
STEPS_ARGS = normal((3, 3), 3, 3)
MIXTURE_ARGS = normal(2, (2, 3), (4, 3))
GATES_ARGS = normal(4, 4, 4, 4, 4)
NORM = """
def loss(w, gain, x, y, kept):
    h = np.tanh(x @ w)
    z = (h - h.mean(0)) / np.sqrt(h.var(0) + 0.1)
    return np.sum((gain * z * kept / (1 - P) - y) ** 2) / 2

def backprop(w, gain, x, y, kept):
    h = np.tanh(x @ w)
    spread = np.sqrt(h.var(0) + 0.1)
    z = (h - h.mean(0)) / spread
    dout = gain * z * kept / (1 - P) - y
    dnorm = dout * kept / (1 - P)
    dz = dnorm * gain
    dh = dz - dz.mean(0) - z * (dz * z).mean(0)
    dh /= spread
    return x.T @ (dh * (1 - h ** 2)), (dnorm * z).sum(0)
"""

DECAYED = """
def loss(u, v, x, y, kept):
    h = np.tanh(x @ u) * kept / KEEP
    return np.sum((h @ v - y) ** 2) / len(x) + RATE / (2 * len(x)) * (np.sum(u ** 2) + np.sum(v ** 2))

def backprop(u, v, x, y, kept):
    m, weights = len(x), [u, v]
    h = np.tanh(x @ u) * kept / KEEP
    delta, grads = 2 * (h @ v - y) / m, []
    for l in (1, 0):
        a = h if l else x
        if l == 0:
            delta = delta * kept / KEEP
            delta = delta * (1 - np.tanh(x @ u) ** 2)
        grads.insert(0, a.T @ delta + RATE / m * weights[l])
        delta = delta @ weights[l].T
    return grads
"""

SHARED = """
def loss(u, s, v, x, y, kept):
    d = np.maximum(x @ u + s, 0) * kept / KEEP
    return np.sum((d @ v - y) ** 2) / 2

def backprop(u, s, v, x, y, kept):
    du, ds, dv = np.zeros_like(u), np.zeros_like(s), np.zeros_like(v)
    for row, goal, mask in zip(x, y, kept):
        hidden = np.maximum(row @ u + s, 0)
        dropped = hidden * mask / KEEP
        error = dropped @ v - goal
        dv += np.outer(dropped, error)
        back = v @ error
        back *= mask / KEEP
        back *= hidden > 0
        du += np.outer(row, back)
        ds += back
    return du, ds, dv
"""

JOINED = """
def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(W, b, v, xs):
    c = np.zeros(2)
    for x in xs:
        a = W @ x + b
        c = sigmoid(a[:2]) * c + np.tanh(a[2:])
    return np.sum(v * np.tanh(c))

def backprop(W, b, v, xs):
    cells, gates = [np.zeros(2)], []
    for x in xs:
        a = W @ x + b
        f, g = sigmoid(a[:2]), np.tanh(a[2:])
        gates.append((f, g))
        cells.append(f * cells[-1] + g)
    dW, db = np.zeros_like(W), np.zeros_like(b)
    dc = v * (1 - np.tanh(cells[-1]) ** 2)
    for t in reversed(range(len(xs))):
        f, g = gates[t]
        da = np.concatenate([dc * cells[t], dc])
        da[:2] *= f * (1 - f)
        da[2:] *= 1 - g * g
        dW += np.outer(da, xs[t])
        db += da
        before = dc * f
        dc = before
    return dW, db
"""

SWISH = """
def loss(W, beta, w, x, t, mask):
    z = x @ W
    return 0.5 * np.sum((z / (1 + np.exp(-beta * z)) * mask / KEEP @ w - t) ** 2)

def backprop(W, beta, w, x, t, mask):
    z = x @ W
    s = 1 / (1 + np.exp(-beta * z))
    df = (z * s * mask / KEEP) @ w - t
    da = df[:, None] * w * mask / KEEP
    slope = s + beta * z * s * (1 - s)
    dbeta = (da * z * z * s * (1 - s)).sum(axis=0)
    return x.T @ (da * slope), dbeta
"""

LAYERS = """
def squash(z):
    return 1 / (1 + np.exp(-z))

def loss(W, w, b, x, y):
    p = 1 / (1 + np.exp(-(1 / (1 + np.exp(-x @ W)) @ w + b)))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

def backprop(W, w, b, x, y):
    N = len(x)
    a = squash(x @ W)
    p = squash(a @ w + b)
    diff = p - y
    d2 = diff
    db = np.array([np.mean(d2)])
    dw = a.T @ d2 / N
    da = np.outer(d2, w) / N
    return x.T @ (da * a * (1 - a)), dw, db
"""

ROWS = """
S = np.array([[0.5, 0.5, 0], [0, 1, 0], [0.3, 0.3, 0.4], [1, 0, 0]])

def loss(U, V, k, y):
    return np.sum((U + S @ V)[k] * y) + 0.5 * np.sum((U + S @ V)[k] ** 2)

def backprop(U, V, k, y):
    full = U + S @ V
    g = np.zeros_like(full)
    np.add.at(g, k, full[k] + y)
    dV = S.T @ g
    return g, dV
"""

SHARED_ARGS = (*normal((3, 4), 4, (4, 2), (5, 3), (5, 2)), np.arange(20).reshape(5, 4) % 4 > 0)
JOINED_ARGS = normal((4, 3), 4, 2, (4, 3))
NORM_ARGS = (*normal((3, 4), 4, (6, 3), (6, 4)), np.arange(24).reshape(6, 4) % 5 > 0)
DECAYED_ARGS = (*normal((3, 4), (4, 2), (6, 3), (6, 2)), np.arange(24).reshape(6, 4) % 5 > 0)
AGAIN_ARGS = normal((3, 2), 2, (3, 2))
CELL_ARGS = normal((3, 3), (3, 3), (4, 3), 3)
SWISH_ARGS = (*normal((3, 4), 4, 4, (6, 3), 6), np.arange(24).reshape(6, 4) % 4 > 0)
LAYERS_ARGS = (*normal((3, 4), 4, 1, (6, 3)), np.array([1.0, 0, 0, 1, 1, 0]))
ROWS_ARGS = [*normal((4, 2), (3, 2)), np.array([0, 2, 2, 1, 3, 2]), *normal((6, 2))]
CARRIED_ARGS = normal(2, 2, (3, 4), 3)
UNROLLED_ARGS = normal((3, 4), (4, 4), 4, (5, 3))
TOWERS_ARGS = normal((3, 4), (2, 4), (5, 3), (5, 2))

GATED = """
def loss(W, U, V, Z, x):
    h, pooled = np.zeros(len(U)), 0.0
    for t in range(len(x)):
        n = np.tanh(x[t] @ W + h @ U)
        z = 1 / (1 + np.exp(-(x[t] @ V + h @ Z)))
        h = z * h + (1 - z) * n
        pooled = pooled + h / len(x)
    return np.sum(np.sin(pooled))

def backprop(W, U, V, Z, x):
    T, states, gates = len(x), [np.zeros(len(U))], []
    for t in range(T):
        h = states[-1]
        n, z = np.tanh(x[t] @ W + h @ U), 1 / (1 + np.exp(-(x[t] @ V + h @ Z)))
        gates.append((h, n, z))
        states.append(z * h + (1 - z) * n)
    dpool = np.cos(sum(states[1:]) / T)
    dW, dU, dV, dZ = (np.zeros_like(p) for p in (W, U, V, Z))
    dh = np.zeros(len(U))
    for t in reversed(range(T)):
        h, n, z = gates[t]
        dh = dh + dpool / T
        dpre = dh * (1 - z) * (1 - n * n)
        dgate = dh * (h - n) * z * (1 - z)
        dW += np.outer(x[t], dpre)
        dU += np.outer(h, dpre)
        dV += np.outer(x[t], dgate)
        dZ += np.outer(h, dgate)
        dh = z * dh + U @ dpre + Z @ dgate
    return dW, dU, dV, dZ
"""

GATED_ARGS = normal((2, 3), (3, 3), (2, 3), (3, 3), (4, 2))

CONCAT = """
squash = lambda v: 1 / (1 + np.exp(-v))

def cell(a, c, x, Wf, Wi, Wc, Wo):
    both = np.concatenate((a, x))
    f, i, o, g = squash(Wf @ both), squash(Wi @ both), squash(Wo @ both), np.tanh(Wc @ both)
    c_next = f * c + i * g
    return o * np.tanh(c_next), c_next, (c_next, c, f, i, g, o, both)

def loss(Wf, Wi, Wc, Wo, xs, ys):
    a, c, total = np.zeros((4, 5)), np.zeros((4, 5)), 0.0
    for x, y in zip(xs, ys):
        a, c, _ = cell(a, c, x, Wf, Wi, Wc, Wo)
        total = total + np.sum((a - y) ** 2)
    return total

def cell_backward(da, dc, cache, Wf, Wi, Wc, Wo):
    c_next, c, f, i, g, o, both = cache
    do = da * np.tanh(c_next) * o * (1 - o)
    dc = dc + da * o * (1 - np.tanh(c_next) ** 2)
    dg = dc * i * (1 - g ** 2)
    di = dc * g * i * (1 - i)
    df = dc * c * f * (1 - f)
    grads = {"Wf": df @ both.T, "Wi": di @ both.T, "Wc": dg @ both.T, "Wo": do @ both.T}
    dboth = Wf.T @ df + Wi.T @ di + Wc.T @ dg + Wo.T @ do
    return dboth[:4], dc * f, grads

def backprop(Wf, Wi, Wc, Wo, xs, ys):
    a, c, outs, caches = np.zeros((4, 5)), np.zeros((4, 5)), [], []
    for x in xs:
        a, c, cache = cell(a, c, x, Wf, Wi, Wc, Wo)
        outs.append(a)
        caches.append(cache)
    grads = {k: np.zeros_like(Wf) for k in ("Wf", "Wi", "Wc", "Wo")}
    da, dc = np.zeros((4, 5)), np.zeros((4, 5))
    for t in reversed(range(len(xs))):
        da, dc, step = cell_backward(da + 2 * (outs[t] - ys[t]), dc, caches[t], Wf, Wi, Wc, Wo)
        for k in grads:
            grads[k] += step[k]
    return grads
"""
CONCAT_ARGS = [*(0.5 * w for w in normal((4, 7), (4, 7), (4, 7), (4, 7))), *normal((3, 3, 5), (3, 4, 5))]

CASES = {
    "the forward pass, and what is made of its result": (
        NET, NET_ARGS, (0, 1), [("np.exp(-v)", "np.exp(v)"), ("net.slope(out)", "net.slope(-out)")],
    ),
    "a function left out in a loop, and the wrong variable on the way back": (
        STEPS, STEPS_ARGS, (0, 1), [("0.5 * np.tanh(A @ out[k] + b))", "0.5 * (A @ out[k] + b))"),
                                    ("g + 0.5 * A.T @ (g * s)", "g + 0.5 * A.T @ g")],
    ),
    "another form of a statement behind what was left out": (
        MIXTURE, MIXTURE_ARGS, (0, 1), [("a - (diff", "2 * a - (diff"), ("R /= R.sum", "R = R.sum")],
    ),
    "each with a gradient of its own": (
        GATES, GATES_ARGS, (0, 1, 2), [("+= di", "+= df"), ("+= do", "+= df")],
    ),
    "a count, and an assignment for what adds up": (
        AGAIN, AGAIN_ARGS, (0, 1), [("self.dgain +=", "self.dgain ="), (" / len(X)", "")],
    ),
    "a function that nobody calls then, and a gate left out on the way to what is added up": (
        CELL, CELL_ARGS, (0, 1), [("bend(n)", "slope(n)"), ("back += dm * z", "back += dm")],
    ),
    "a gradient that only gets another name, behind a sign": (
        CELL, CELL_ARGS, (0, 1), [("d * (n - h) + dm", "d * (h - n) + dm"), ("da = dn * bend(n)", "da = dn")],
    ),
    "what dropout scales by, and a mean that was held constant": (
        "P = 0.4\n" + NORM, NORM_ARGS, (0, 1), [("dnorm = dout * kept / (1 - P)", "dnorm = dout * kept"),
                                               ("dz - dz.mean(0) - z", "dz - z")],
    ),
    "what dropout scales by, and what is penalised": (
        "KEEP, RATE = 0.8, 0.3\n" + DECAYED, DECAYED_ARGS, (0, 1), [("delta * kept / KEEP", "delta * kept"),
                                                                    (" + RATE / m * weights[l]", "")],
    ),
    "what two gradients have in common beside one alone": (
        "KEEP = 0.8\n" + SHARED, SHARED_ARGS, (0, 1, 2), [("np.outer(dropped, error)", "np.outer(hidden, error)"),
                                                      ("back *= mask / KEEP", "back *= mask")],
    ),
    "a part of what is joined, and what is only called another name": (
        JOINED, JOINED_ARGS, (0, 1), [("[dc * cells[t], dc]", "[dc * cells[t + 1], dc]"),
                                      ("before = dc * f", "before = dc")],
    ),
    "what dropout scales by beside a slope that lacks a factor": (
        "KEEP = 0.8\n" + SWISH, SWISH_ARGS, (0, 1), [("da = df[:, None] * w * mask / KEEP", "da = df[:, None] * w"),
                                                     ("s + beta * z * s", "s + z * s")],
    ),
    "two lines, where three would do": (
        LAYERS, LAYERS_ARGS, (0, 1, 2), [("d2 = diff", "d2 = diff * p * (1 - p)"), ("a.T @ d2 / N", "a.T @ d2")],
    ),
    "rows that are added once, and another matrix on the way back of what was": (
        ROWS, ROWS_ARGS, (0, 1), [("np.add.at(g, k, full[k] + y)", "g[k] += full[k] + y"),
                                  ("S.T @ g", "(S > 0).T @ g")],
    ),
    "what a loop doesn't hand on": (
        CARRIED, CARRIED_ARGS, (0, 1), [("dh * t + dc * c", "dh * t + dc"), ("            dc = dc * f\n", "")],
    ),
    "two statements in another form, of which one mends the most": (
        UNROLLED, UNROLLED_ARGS, (0, 1, 2), [("dW += np", "dW = np"), ("carry = dz", "carry += dz")],
    ),
    "the cell after the step, and a gate of which nothing comes back": (
        CONCAT, CONCAT_ARGS, (0, 1, 2, 3), [("df = dc * c * f", "df = dc * c_next * f"), (" + Wo.T @ do", "")],
    ),
    "what is given to a function that a variable holds, and a slope behind it": (
        TOWERS, TOWERS_ARGS, (0, 1), [("v_back(ds.T @ u_hat)", "v_back(ds @ u_hat)"),
                                      (", t.T @ dv", ", t.T @ (dv * (1 - (t @ C) ** 2))")],
    ),
    "a slope, and what is kept of the state, in a loop in which all goes wrong with either": (
        GATED, GATED_ARGS, (0, 1, 2, 3), [(" * (1 - n * n)", ""), ("z * dh + U", "U")],
    ),
    "a factor of everything, and a sign in the loop behind it": (
        GATED, GATED_ARGS, (0, 1, 2, 3), [("dpool / T", "dpool"), ("(h - n)", "(n - h)")],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "arguments", "argnums", "changes"), CASES.values(), ids=CASES.keys())
def test_both_lines_are_named_and_one_patch_mends_all(source, arguments, argnums, changes, tmp_path):
    lines, wrong = set(), HEAD + source
    for right, instead in changes:
        assert wrong.count(right) == 1
        lines.add(wrong[: wrong.index(right)].count("\n") + (right[-1] != "\n"))  # one that is gone is one line above
        wrong = wrong.replace(right, instead)
    found = diagnosed(wrong, arguments, argnums, tmp_path)
    assert {d.line for d in found} == lines
    assert found.patch is not None


def test_what_does_not_do_alone_is_said_to_do_with_the_others(tmp_path):
    source, arguments, argnums, changes = CASES["the forward pass, and what is made of its result"]
    for right, instead in changes:
        source = source.replace(right, instead)
    first, second = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert (first.alone, second.alone) == (False, False)
    assert "all written so, the difference falls" in str(first)
    assert "with all of these, W1 and W2 are right here" in first.sure


@pytest.mark.parametrize(
    "source", [NET, STEPS, MIXTURE, GATES, AGAIN, CELL, ROWS, CARRIED, UNROLLED, TOWERS, CONCAT, GATED]
)
def test_what_is_right_is_left_alone(source, tmp_path):
    arguments, argnums = next(case[1:3] for case in CASES.values() if case[0] is source)
    assert not diagnosed(HEAD + source, arguments, argnums, tmp_path)


ONE_PATH = """
def loss(x, k, t):
    out = np.zeros(len(x) - len(k) + 1)
    for i in range(len(out)):
        out[i] = np.sum(x[i : i + len(k)] * k)
    return np.sum((np.maximum(out, 0) - t) ** 2)

def backprop(x, k, t):
    n = len(x) - len(k) + 1
    out = np.array([np.sum(x[i : i + len(k)] * k) for i in range(n)])
    d = 2 * (np.maximum(out, 0) - t) * (out > 0)
    dk = np.zeros_like(k)
    for i in range(n):
        dk += d[i] * x[i + 1 : i + 1 + len(k)] if i + 1 + len(k) <= len(x) else 0
    return {"k": dk}
"""


def test_what_is_right_for_one_path_alone_is_said_to_be(tmp_path):
    random = np.random.default_rng(0)
    (found,) = diagnosed(HEAD + ONE_PATH, [random.normal(size=n) for n in (9, 3, 7)], 1, tmp_path)
    assert found.correction is not None
    mended = (HEAD + ONE_PATH).splitlines()
    mended[found.line - 1] = "        " + found.correction
    names = module("\n".join(mended) + "\n", tmp_path / "mended.py")
    others = ([random.normal(size=n) for n in (9, 3, 7)] for _ in range(20))
    everywhere = all(mg.compare(names["loss"], names["backprop"], *at, argnums=1) for at in others)
    assert everywhere != ("of the same signs" in found.sure)


SAID = """
import sys, tempfile, pathlib
from tests.check.test_several import CASES, HEAD, diagnosed
source, arguments, argnums, changes = CASES["another form of a statement behind what was left out"]
for right, instead in changes:
    source = source.replace(right, instead)
print([(d.line, d.kind, d.correction) for d in
       diagnosed(HEAD + source, arguments, argnums, pathlib.Path(tempfile.mkdtemp()))])
"""


def test_the_same_is_found_however_words_are_hashed():
    said = {
        subprocess.run(
            [sys.executable, "-c", SAID], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("0", "15", "26")
    }  # fmt: skip
    assert len(said) == 1
    assert "R /= " in said.pop()

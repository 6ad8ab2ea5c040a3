"""What people write by mistake in loops, with indices, lists and dictionaries: the line is named, and mended."""

import numpy as np
import pytest

from .test_rewrites import HEAD
from .test_wanted import diagnosed, normal

BORDERS = """
PH, PW = 1, 2

def loss(K, x):
    return np.sum(np.tanh(np.pad(x, ((PH, PH), (PW, PW))) * K))

def backprop(K, x):
    d = 1 - np.tanh(np.pad(x, ((PH, PH), (PW, PW))) * K) ** 2
    H, W = x.shape
    inner = (d * K)[PH:PH + H, PH:PH + W]
    return inner
"""
CROPPED = """
PAD = 1

def loss(x, K):
    return np.sum(np.tanh(np.pad(x, PAD) * K))

def backprop(x, K):
    d = (1 - np.tanh(np.pad(x, PAD) * K) ** 2) * K
    return d[: -2 * PAD, : -2 * PAD]
"""
CHANNEL = """
def loss(x, K):
    total = 0.0
    for m in range(2):
        z = 0.0
        for d in range(2):
            z = z + np.sum(x[d] * K[m, d])
        total = total + np.tanh(z)
    return total

def backprop(x, K):
    dx = np.zeros_like(x)
    for m in range(2):
        z = sum(np.sum(x[d] * K[m, d]) for d in range(2))
        delta = 1 - np.tanh(z) ** 2
        for d in range(2):
            dx[m][:2] += delta * K[m, d][:2]
            dx[d][2:] += delta * K[m, d][2:]
    return dx
"""
OTHER_GROUP = """
def loss(w, x):
    size = 2
    scale = np.array([1.5, 0.5])
    total = 0.0
    for c in range(4):
        total = total + np.sum(np.tanh(w[c] * x[:, c] * scale[c // size]))
    return total

def backprop(w, x):
    size = 2
    scale, dw = np.array([1.5, 0.5]), np.zeros(4)
    for c in range(4):
        z = w[c] * x[:, c] * scale[c // size]
        g = c % size
        dw[c] = np.sum((1 - np.tanh(z) ** 2) * x[:, c]) * scale[g]
    return dw
"""
EVERY_LAYER = """
def loss(W1, W2, W3, x):
    return np.sum(np.tanh(np.tanh(np.tanh(x @ W1) @ W2) @ W3) ** 2)

def backprop(W1, W2, W3, x):
    W, a = {1: W1, 2: W2, 3: W3}, {0: x}
    for l in range(1, 4):
        a[l] = np.tanh(a[l - 1] @ W[l])
    last = 2 * a[3] * (1 - a[3] ** 2)
    grads = {"W3": a[2].T @ last, "d2": last @ W3.T}
    for l in (2, 1):
        d = last
        d = d * (1 - a[l] ** 2)
        grads["W" + str(l)] = a[l - 1].T @ d
        grads["d" + str(l - 1)] = d @ W[l].T
    return grads["W1"], grads["W2"], grads["W3"]
"""
RETURNS = """
def loss(w, r):
    total, later = 0.0, 0.0
    for t in (3, 2, 1, 0):
        later = r[t] + 0.5 * later
        total = total + np.tanh(w[t]) * later
    return total

def backprop(w, r):
    def returns():
        found, later = [], 0.0
        for x in reversed(list(r)):
            later = x + 0.5 * later
            found.append(later)
        return found
    back = returns()
    return np.array([(1 - np.tanh(w[t]) ** 2) * back[t] for t in range(4)])
"""
LOST_AXIS = """
def loss(b, W, x):
    return np.sum(np.tanh(x @ W + b) ** 2)

def backprop(b, W, x):
    a = np.tanh(x @ W + b)
    d = 2 * a * (1 - a ** 2)
    db = d.sum(0)
    dW = x.T @ d
    return db, dW
"""
CROSSED = """
def loss(U, V):
    total = 0.0
    for i in range(3):
        for j in range(4):
            total = total + np.tanh(np.dot(U[i], V[j]))
    return total

def backprop(U, V):
    dU, dV = np.zeros_like(U), np.zeros_like(V)
    for i in range(3):
        for j in range(4):
            d = 1 - np.tanh(np.dot(U[i], V[j])) ** 2
            du, dv = d * U[i], d * V[j]
            dU[i] += du
            dV[j] += dv
    return dU, dV
"""
ONE_FOR_ALL = """
def loss(W, x):
    state, total = np.zeros(3), 0.0
    for t in range(4):
        state = np.tanh(W @ state + x[t])
        total = total + np.sum(state ** 2)
    return total

class Cell:
    def __init__(self, W):
        self.W, self.state, self.before, self.after = W, np.zeros(3), [], []

    def step(self, x):
        before = self.state
        self.before.append(before)
        self.state[:] = np.tanh(self.W @ self.state + x)
        self.after.append(self.state.copy())

def backprop(W, x):
    cell = Cell(W)
    for t in range(4):
        cell.step(x[t])
    dW, later = np.zeros_like(W), np.zeros(3)
    for before, after in zip(reversed(cell.before), reversed(cell.after)):
        d = (2 * after + later) * (1 - after ** 2)
        dW += np.outer(d, before)
        later = W.T @ d
    return dW
"""
GONE_A_STEP = """
class Factors:
    def __init__(self, P, Q):
        self.P, self.Q = P, Q

    def step(self, R):
        E = 2 * (self.P @ self.Q.T - R)
        old = self.P
        dP = E @ self.Q
        self.P = self.P - 0.1 * dP
        dQ = E.T @ self.P
        return dP, dQ

def loss(P, Q, R):
    return np.sum((P @ Q.T - R) ** 2)

def backprop(P, Q, R):
    return Factors(P, Q).step(R)
"""
UNREAD = """
def loss(w, x):
    z = x @ w
    p = np.exp(z) / np.sum(np.exp(z))
    return -np.sum(p * np.log(p))

def backprop(w, x):
    z = x @ w
    p = np.exp(z) / np.sum(np.exp(z))
    H = -np.sum(p * np.log(p))
    dz = -p * (np.log(p) + 1)
    return x.T @ dz
"""
NEVER_CALLED = """
def slope(z):
    return (z > 0) * 1.0 + (z <= 0) * 0.2

def loss(w, x):
    z = x @ w
    return np.sum(np.where(z > 0, z, 0.2 * z) ** 2)

def backprop(w, x):
    z = x @ w
    a = np.where(z > 0, z, 0.2 * z)
    return x.T @ (2 * a * np.tanh(z))
"""
TURNED = """
def loss(w, x):
    return np.sum(np.log(1 + np.exp(-(x @ w)))) + np.sum(np.log(1 + np.exp(x @ w)) * x[:, 0])

def backprop(w, x):
    p = 1 / (1 + np.exp(-(x @ w)))
    first = 1 - p
    second = p * x[:, 0]
    return x.T @ (first + second)
"""
BEFORE_THE_WEIGHTS = """
def loss(U, W, x):
    return np.sum(np.tanh(W @ (np.tanh(U @ x) ** 2)))

def backprop(U, W, x):
    a = np.tanh(U @ x)
    h = a ** 2
    g = 1 - np.tanh(W @ h) ** 2
    d = W.T @ (g * a)
    return (2 * d * (1 - h)) @ x.T
"""
ONE_LESS = """
def loss(w, v, x):
    z = np.tanh(x @ w)
    return np.sum(((1 - z) * (x @ v)) ** 2)

def backprop(w, v, x):
    z = np.tanh(x @ w)
    d = 2 * ((1 - z) * (x @ v))
    dz = 1 - d * (x @ v)
    return x.T @ (dz * (1 - z ** 2)), x.T @ (d * (1 - z))
"""
BY_DEFAULT = """
def loss(w, x, y):
    p = 1 / (1 + np.exp(-(x @ w)))
    return -np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))

class Entropy:
    @staticmethod
    def delta(p, y):
        return (p - y) * p * (1 - p)

class Unit:
    def __init__(self, w, cost=Entropy):
        self.w, self.cost = w, cost

    def gradient(self, x, y):
        p = 1 / (1 + np.exp(-(x @ self.w)))
        return x.T @ self.cost.delta(p, y)

def backprop(w, x, y):
    return Unit(w).gradient(x, y)
"""


ELEMENTS = """
def loss(V, X):
    return np.sum((X @ V) ** 2 - X ** 2 @ V ** 2)

def backprop(V, X):
    dV = np.zeros_like(V)
    for x in X:
        total = x @ V
        for i in range(len(V)):
            for f in range(2):
                dV[i, f] += 2 * (total[f] - V[i, f] * x[i])
    return dV
"""
KNOWN_OTHERWISE = """
def loss(w, V, X):
    return np.sum(X @ w + 0.5 * np.sum((X @ V) ** 2 - X ** 2 @ V ** 2, axis=1))

def backprop(w, V, X):
    weighted = np.ones((len(X), 1)) * X
    dw = weighted.sum(axis=0)
    own = weighted.sum(axis=0)
    return dw, weighted.T @ (X @ V) - own[:, None] * V
"""
ONE_TURN_TOO_MANY = """
def loss(a, x):
    state = x[0] * a
    for t in range(1, 4):
        state = np.tanh(state * a + x[t])
    return np.sum(state)

def backprop(a, x):
    states = [x[0] * a]
    for t in range(1, 4):
        states.append(np.tanh(states[-1] * a + x[t]))
    da, d = np.zeros_like(a), np.ones_like(a)
    for t in range(3, -1, -1):
        d = d * (1 - states[t] ** 2)
        da += d * states[t - 1]
        d = d * a
    return da + d * x[0]
"""
STRIDE = """
STRIDE = 2

def loss(K, x):
    return sum(np.sum(x[i * STRIDE : i * STRIDE + 3] * K) ** 2 for i in range(3))

def backprop(K, x):
    dK = np.zeros_like(K)
    for i in range(3):
        start = i
        piece = x[start : start + 3]
        dK += 2 * np.sum(piece * K) * piece
    return dK
"""
A_NAME_FOR_A_COPY = """
def loss(W, v, x):
    return np.sum(np.tanh(x @ W) @ v)

def backprop(W, v, x):
    a, v = np.tanh(x @ W), v.copy()
    dv = a.sum(axis=0)
    before = v
    v -= 0.1 * dv
    return x.T @ ((1 - a ** 2) * before), dv
"""
BOTH_SLICES = """
def loss(V, A):
    return sum(np.sum((A[t, : t + 1] @ V[: t + 1]) ** 2) for t in range(4))

def backprop(V, A):
    dV = np.zeros_like(V)
    for t in range(4):
        d = 2 * (A[t, : t + 1] @ V[: t + 1])
        dV[:t] += np.outer(A[t, :t], d)
    return dV
"""
AS_OFTEN = """
def loss(W, X, y):
    scores = X @ W
    margins = np.maximum(0, scores - scores[np.arange(5), y][:, None] + 1)
    return np.sum(margins) - 5

def backprop(W, X, y):
    rows = np.arange(5)
    scores = X @ W
    margins = scores - scores[rows, y][:, None] + 1
    margins[rows, y] = 0
    active = (margins > 0) * 1.0
    active[rows, y] = -1
    return X.T @ active
"""
MEAN_IN_BOTH = """
def loss(W, x):
    mean = np.mean(1 / (1 + np.exp(-(x @ W))), axis=0)
    return np.sum(-np.log(mean) - np.log(1 - mean))

def backprop(W, x):
    h = 1 / (1 + np.exp(-(x @ W)))
    mean = h.mean(axis=0)
    d = -1 / h + 1 / (1 - h)
    return x.T @ (d / len(x) * h * (1 - h) + 0 * mean)
"""


MARGINS = """
def loss(W, X, y):
    total = 0.0
    for row, k in zip(X, y):
        scores = row @ W
        for j in range(W.shape[1]):
            if j != k:
                total += max(0, scores[j] - scores[k] + 1) ** 2
    return total / len(y) + 0.1 * np.sum(W ** 2)

def backprop(W, X, y):
    dW = np.zeros_like(W)
    for row, k in zip(X, y):
        scores = row @ W
        for j in range(W.shape[1]):
            margin = scores[j] - scores[k] + 1
            if j != k and margin > 0:
                dW[:, j] += 2 * margin * row
                dW[:, k] -= margin * row
    return dW / len(y) + 0.2 * W
"""
ROOT_OF_A_COUNT = """
def loss(Q, K):
    return np.sum(np.tanh(Q @ K.T / np.sqrt(Q.shape[1])))

def backprop(Q, K):
    d = 1 - np.tanh(Q @ K.T / np.sqrt(Q.shape[1])) ** 2
    d /= Q.shape[1]
    return d @ K, d.T @ Q
"""
IN_PLACE = """
def loss(g, b, x):
    return np.sum(np.tanh(x * g + b))

def backprop(g, b, x):
    d = 1 - np.tanh(x * g + b) ** 2
    dx = d
    dx *= g
    return np.sum(d * x, axis=0), np.sum(d, axis=0), dx
"""
NOT_SQUASHED = """
def squash(z):
    return 1 / (1 + np.exp(-z))

def slope(z):
    return z * (1 - z)

def loss(w, x):
    return np.sum(1 / (1 + np.exp(-(x @ w))) ** 2)

def backprop(w, x):
    z = x @ w
    return x.T @ (2 * squash(z) * slope(z))
"""
RETURNED = """
class Norm:
    def back(self, d, hat):
        self.gain = np.sum(d * hat, axis=0)
        self.offset = np.sum(d, axis=0)

def loss(gain, offset, w, x):
    return np.sum(np.tanh(np.sin(x @ w) * gain + offset))

def backprop(gain, offset, w, x):
    hat = np.sin(x @ w)
    d = 1 - np.tanh(hat * gain + offset) ** 2
    norm = Norm()
    norm.back(d, hat)
    dw = x.T @ (d * gain * np.cos(x @ w))
    return norm.offset, norm.gain, dw
"""
ALONG_THE_MIDDLE = """
def loss(U, V, k):
    return np.sum(np.tanh(np.sum(U[k] * V[:, None], axis=2)))

def backprop(U, V, k):
    u = U[k]
    d = 1 - np.tanh(np.sum(u * V[:, None], axis=2)) ** 2
    dU = np.zeros_like(U)
    np.add.at(dU, k, d[:, :, None] * u)
    return dU, np.sum(d[:, :, None] * u, axis=1)
"""
COUNTED = """
def loss(A, s):
    return np.sum(A ** 2) - np.sum(A[s[:-1], s[1:]])

def backprop(A, s):
    dA = 2 * A
    np.add.at(dA, (s[1:], s[:-1]), -1)
    return dA
"""
HANDED_BACK = """
def loss(W, xs):
    h = np.zeros(3)
    for x in xs:
        h = np.tanh(W @ h + x)
    return np.sum(h ** 2)

def backprop(W, xs):
    hs = [np.zeros(3)]
    for x in xs:
        hs.append(np.tanh(W @ hs[-1] + x))
    dW, dh = np.zeros_like(W), 2 * hs[-1]
    for t in range(len(xs) - 1, -1, -1):
        dz = dh * (1 - hs[t + 1] ** 2)
        dW += np.outer(dz, hs[t])
    return dW
"""
CALLED_AGAIN = """
def loss(w, x):
    return np.sum(1 / (1 + np.exp(-x @ w)) ** 2)

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def backprop(w, x):
    a = sigmoid(x @ w)
    d = 2 * a * sigmoid(a) * (1 - sigmoid(a))
    return x.T @ d
"""
LEFT_OF_A_ROW = """
def loss(s, y):
    total = 0.0
    for i in range(4):
        for j in range(3):
            if j != y[i]:
                total = total + np.maximum(0, s[i, j] - s[i, y[i]] + 1) ** 2
    return total

def backprop(s, y):
    D = np.zeros_like(s)
    for i in range(4):
        for j in range(3):
            if j != y[i]:
                D[i, j] = 2 * max(0.0, s[i, j] - s[i, y[i]] + 1)
        D[i, y[i]] = -D[i].max()
    return D
"""
COUNTED_DOWN = """
def loss(A, B, C, x):
    return np.sum(np.tanh(np.tanh(np.tanh(x @ A) @ B) @ C) ** 2)

def backprop(A, B, C, x):
    W, ins, outs = [A, B, C], [], []
    for w in W:
        ins.append(x)
        x = np.tanh(x @ w)
        outs.append(x)
    g, grads = 2 * x, [None, None, None]
    for i in (2, 1, 0):
        grads[i] = ins[2 - i].T @ (g * (1 - outs[2 - i] ** 2))
        g = (g * (1 - outs[i] ** 2)) @ W[i].T
    return grads
"""
DOT = """
def loss(W, x):
    return np.sum(np.tanh(x.dot(W)) ** 3)

def backprop(W, x):
    a = np.tanh(x.dot(W))
    d = (3 * a ** 2).dot(1 - a ** 2)
    return x.T.dot(d)
"""
DOWNHILL = """
def loss(w, b, x, t):
    return 0.5 * np.sum((x @ w + b - t) ** 2)

def backprop(w, b, x, t):
    dw = x.T @ (t - x @ w - b)
    db = np.array([np.sum(t - x @ w - b)])
    return dw, db
"""
SIBLINGS = """
def loss(W1, b1, W2, b2, x):
    h = np.tanh(x @ W1 + b1)
    return np.sum(np.tanh(h @ W2 + b2) ** 2) + 0.2 * (np.sum(b1 ** 4) + np.sum(b2 ** 4))

def backprop(W1, b1, W2, b2, x):
    h = np.tanh(x @ W1 + b1)
    o = np.tanh(h @ W2 + b2)
    d2 = 2 * o * (1 - o ** 2)
    d1 = (d2 @ W2.T) * (1 - h ** 2)
    db1 = np.sum(d1, axis=0) + 0.8 * b1 ** 3
    db2 = np.sum(d2 * o) - b2
    return x.T @ d1, db1, h.T @ d2, db2
"""
TURNED_OVER = """
def loss(W, V, x):
    return np.sum((np.tanh(x @ W) @ V) ** 3)

def backprop(W, V, x):
    a = np.tanh(x @ W)
    e = 3 * np.dot(a, V) ** 2
    gV = np.dot(e.T, a)
    gW = x.T.dot(np.dot(e, V.T) * (1 - a ** 2))
    return gW, gV
"""
ALL_SLICES = """
def loss(A, B, h, x):
    z = np.concatenate([h, x])
    return np.sum(np.tanh(A @ z) * np.sin(B @ z))

def backprop(A, B, h, x):
    n, z = len(h), np.concatenate([h, x])
    u, v = A @ z, B @ z
    du = (1 - np.tanh(u) ** 2) * np.sin(v)
    dv = np.tanh(u) * np.cos(v)
    dh = A[:, n:].T @ du + B[:, n:].T @ dv
    return np.outer(du, z), np.outer(dv, z), dh
"""
BIAS_DECAYS = """
LAM = 0.3

def loss(w, b, X, y):
    return np.mean((X @ w + b - y) ** 2) + LAM * np.sum(w ** 2)

def backprop(w, b, X, y):
    Xb, theta = np.c_[np.ones(len(y)), X], np.r_[b, w]
    penalty = 2 * LAM * theta
    grad = 2 * Xb.T @ (Xb @ theta - y) / len(y) + penalty
    return grad[1:], grad[:1]
"""
ROW_DECAYS = """
def loss(T, X, lam):
    return np.sum(np.tanh(X @ T)) + 0.5 * lam * np.sum(T[1:] ** 2)

def backprop(T, X, lam):
    return X.T @ (1 - np.tanh(X @ T) ** 2) + lam * T
"""
VIEW = """
def loss(W, C):
    return np.sum(np.tanh(C @ W[1]))

def backprop(W, C):
    old = W.copy(), C.copy()
    v = W[1]
    slope = 1 - np.tanh(C @ v) ** 2
    W[1] -= C.T @ slope
    C -= np.outer(slope, v)
    return old[0] - W, old[1] - C
"""
LOG_SOFTMAX = """
def loss(W, x, t):
    z = x @ W
    return -np.sum(t * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))))

class LogSoftmax:
    def forward(self, z):
        self.out = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        return self.out

    def backward(self, g):
        return g + np.exp(self.out)

def backprop(W, x, t):
    layer = LogSoftmax()
    layer.forward(x @ W)
    return x.T @ layer.backward(-t)
"""
CLASS_WEIGHTS = """
WEIGHTS = np.array([0.5, 2.0, 1.2])

def loss(W, x, y):
    p = np.exp(x @ W)
    p = p / np.sum(p, axis=1, keepdims=True)
    return -np.sum(WEIGHTS[y] * np.log(p[np.arange(4), y]))

def backprop(W, x, y):
    total = np.sum(WEIGHTS)
    d = np.exp(x @ W)
    d /= d.sum(axis=1, keepdims=True)
    d[np.arange(4), y] -= 1
    return x.T @ d * total / np.sum(WEIGHTS)
"""
NAMED_T = """
def loss(U, M):
    T = M / M.sum(axis=1, keepdims=True)
    return 0.5 * np.sum((U - T @ U) ** 2)

class Friends:
    def __init__(self, M):
        self.T = M / M.sum(axis=1, keepdims=True)

    def gradient(self, U):
        away = U - self.T @ U
        return away

def backprop(U, M):
    return Friends(M).gradient(U)
"""
OF_THE_NEXT = """
SLOPES = [(np.tanh, lambda z: 1 - np.tanh(z) ** 2), (np.sin, np.cos), (np.exp, np.exp)]

def loss(a, b, x):
    return np.sum(np.tanh(x[:2] @ a.T)) + np.sum(np.sin(x[2:] @ b.T))

def backprop(a, b, x):
    grads = []
    for l, (w, some) in enumerate([(a, x[:2]), (b, x[2:])]):
        slope = SLOPES[l + 1][1]
        grads.append(slope(some @ w.T).T @ some)
    return grads
"""
OVERWRITTEN = """
LAM = 0.2

def loss(w, X, y):
    return np.mean((X @ w - y) ** 2) + LAM * np.sum(w ** 2)

def backprop(w, X, y):
    m, dw = len(X), np.zeros_like(w)
    for row, t in zip(X, y):
        dw += 2 * (row @ w - t) * row
    dw = dw + 2 * LAM * w
    return dw
"""
COUNTED_TWICE = """
def loss(W, X):
    z = X @ W
    return np.sum(z * (z > 0)) - 0.5 * np.sum((z > 0).sum(axis=1) * X[:, 0])

def backprop(W, X):
    dW = np.zeros_like(W)
    for row in X:
        above = 0
        for k in range(W.shape[1]):
            if row @ W[:, k] > 0:
                above += 1
                dW[:, k] += above * row
    return dW
"""


LAYER_BELOW = """
def loss(a, b, c, x):
    return np.sum(np.sin(np.tanh(np.tanh(x @ a) @ b) @ c))

def backprop(a, b, c, x):
    W, h = [a, b, c], [x]
    for w in W[:-1]:
        h.append(np.tanh(h[-1] @ w))
    d, grads = np.cos(h[2] @ c), [None] * 3
    for i in (2, 1, 0):
        grads[i] = h[i].T @ d
        if i:
            d = (d @ W[i - 1].T) * (1 - h[i] ** 2)
    return tuple(grads)
"""

SLID = """
def loss(w, x):
    out = np.array([np.sum(w * x[p : p + 3]) for p in range(4)])
    return np.sum(np.sin(out))

def backprop(w, x):
    d = np.cos([np.sum(w * x[p : p + 3]) for p in range(4)])
    dw, dx = np.zeros(3), np.zeros(6)
    for k in range(3):
        for p in range(4):
            dw[k] += d[p] * x[p + 3 - 1 - k]
            dx[p + k] += d[p] * w[k]
    return dw, dx
"""

SHRUNK = """
def loss(w, x):
    return np.mean(np.sin(x @ w)) + 0.3 * np.sum(w ** 2)

def backprop(w, x):
    n = len(x)
    dw = x.T @ np.cos(x @ w) / n
    for d in range(len(w)):
        dw[d] += 2 * 0.3 * w[d] / n
    return dw
"""

GATED = """
def loss(w, v, x):
    h = np.zeros(3)
    for row in x:
        z, new = 1 / (1 + np.exp(-(row @ w + h))), np.tanh(row @ v)
        h = (1 - z) * h + z * new
    return np.sum(np.sin(h))

def backprop(w, v, x):
    h, steps = np.zeros(3), []
    for row in x:
        before = h
        z, new = 1 / (1 + np.exp(-(row @ w + before))), np.tanh(row @ v)
        h = (1 - z) * new + z * before
        steps.append((row, before, z, new))
    dw, dv, d = np.zeros_like(w), np.zeros_like(v), np.cos(h)
    for row, before, z, new in steps[::-1]:
        dz = d * (new - before) * z * (1 - z)
        dw += np.outer(row, dz)
        dv += np.outer(row, d * z * (1 - new ** 2))
        d = d * (1 - z) + dz
    return dw, dv
"""

DIRECTION = """
def loss(v, x):
    return np.sum(np.sin(x @ (v / np.linalg.norm(v))))

def backprop(v, x):
    length = np.linalg.norm(v)
    e = v / length
    g = x.T @ np.cos(x @ e)
    return g * (1 - e * e) / length
"""
BLOCK = """
def loss(W, x):
    h = np.zeros(3)
    for row in x:
        h = np.tanh(np.concatenate([row, h]) @ W)
    return np.sum(h ** 2)

def backprop(W, x):
    H = W.shape[1]
    D = len(W) - H
    recurrent = W[:H]
    states, inputs = [np.zeros(H)], []
    for row in x:
        inputs.append(np.concatenate([row, states[-1]]))
        states.append(np.tanh(inputs[-1] @ W))
    dW, dh = np.zeros_like(W), 2 * states[-1]
    for t in range(len(x) - 1, -1, -1):
        dz = dh * (1 - states[t + 1] ** 2)
        dW += np.outer(inputs[t], dz)
        dh = recurrent @ dz
    return dW
"""
COLLECTED = """
def loss(W, U, x):
    h, states = np.zeros(3), []
    for row in x:
        h = np.tanh(row @ W + h @ U)
        states.append(h)
    return np.sum(np.sin(np.stack(states))) + np.sum(h ** 2)

def backprop(W, U, x):
    hs = [np.zeros(3)]
    for row in x:
        hs.append(np.tanh(row @ W + hs[-1] @ U))
    collected = np.cos(np.array(hs[1:]))
    dW, dU, after = np.zeros_like(W), np.zeros_like(U), 2 * hs[-1]
    for t in reversed(range(len(x))):
        dh = after
        dz = dh * (1 - hs[t + 1] ** 2)
        dW += np.outer(x[t], dz)
        dU += np.outer(hs[t], dz)
        after = U @ dz
    return dW, dU
"""


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "line", "meant"),
    [
        (DIRECTION, normal(4, (5, 4)), (0,), "return g * (1 - e * e) / length", "e * (g * e).sum(0, keepdims=True)"),
        (BLOCK, normal((5, 3), (4, 2)), (0,), "recurrent = W[:H]", "W[D : D + H]"),
        (SLID, normal(3, 6), (0, 1), "dw[k] += d[p] * x[p + 3 - 1 - k]", "x[p + k]"),
        (SHRUNK, normal(6, (3, 6)), (0,), "dw[d] += 2 * 0.3 * w[d] / n", "+= 2 * 0.3 * w[d]"),
        (COLLECTED, normal((2, 3), (3, 3), (4, 2)), (0, 1), "dh = after", "after + collected[t]"),
        (BORDERS, normal((5, 7), (3, 3)), (1,), "inner = (d * K)[PH:PH + H, PH:PH + W]", "PH:PH + H, PW:PW + W"),
        (CROPPED, normal((3, 3), (5, 5)), (0,), "return d[: -2 * PAD, : -2 * PAD]", "d[PAD:-PAD, PAD:-PAD]"),
        (CHANNEL, normal((2, 4), (2, 2, 4)), (0,), "dx[m][:2] += delta * K[m, d][:2]", "dx[d][:2] += "),
        (OTHER_GROUP, normal(4, (5, 4)), (0,), "g = c % size", "g = c // size"),
        (EVERY_LAYER, normal((3, 3), (3, 3), (3, 3), (4, 3)), (0, 1, 2),
         "d = last", 'grads["d" + str(l)]'),
        (RETURNS, normal(4, 4), (0,), "return found", "return found[::-1]"),
        (LOST_AXIS, normal((1, 3), (2, 3), (4, 2)), (0, 1), "db = d.sum(0)", "keepdims=True"),
        (CROSSED, normal((3, 2), (4, 2)), (0, 1), "du, dv = d * U[i], d * V[j]", "dv, du = "),
        (ONE_FOR_ALL, [0.5 * normal((3, 3))[0], *normal((4, 3))], (0,),
         "before = self.state", "self.state.copy()"),
        (GONE_A_STEP, normal((3, 2), (4, 2), (3, 4)), (0, 1), "dQ = E.T @ self.P", "E.T @ old"),
        (UNREAD, normal(3, (4, 3)), (0,), "dz = -p * (np.log(p) + 1)", "np.log(p) + H"),
        (NEVER_CALLED, normal(3, (6, 3)), (0,), "return x.T @ (2 * a * np.tanh(z))", "slope(z)"),
        (TURNED, normal(3, (6, 3)), (0,), "first = 1 - p", "p - 1"),
        (BEFORE_THE_WEIGHTS, normal((3, 2), (3, 3), (2, 4)), (0,), "d = W.T @ (g * a)", "(W.T @ g) * a"),
        (ONE_LESS, normal(3, 3, (6, 3)), (0, 1), "dz = 1 - d * (x @ v)", "dz = -(d * (x @ v))"),
        (BY_DEFAULT, [*normal(3, (6, 3)), np.array([1.0, 0, 1, 1, 0, 0])], (0,),
         "return (p - y) * p * (1 - p)", "return (p - y)"),
        (ELEMENTS, normal((3, 2), (4, 3)), (0,), "dV[i, f] += 2 * (total[f] - V[i, f] * x[i])", "x[i]"),
        (KNOWN_OTHERWISE, normal(3, (3, 2), (4, 3)), (0, 1), "own = weighted.sum(axis=0)", "X"),
        (ONE_TURN_TOO_MANY, normal(3, (4, 3)), (0,), "for t in range(3, -1, -1):", "range(3, 0, -1)"),
        (STRIDE, normal(3, 7), (0,), "start = i", "start = i * STRIDE"),
        (A_NAME_FOR_A_COPY, normal((3, 2), 2, (4, 3)), (0, 1), "before = v", "v.copy()"),
        (BOTH_SLICES, normal((4, 2), (4, 4)), (0,),
         "dV[:t] += np.outer(A[t, :t], d)", "dV[:t + 1] += np.outer(A[t, :t + 1], d)"),
        (AS_OFTEN, [*normal((3, 4), (5, 3)), np.array([0, 3, 1, 1, 2])], (0,),
         "active[rows, y] = -1", "active[rows, y] = -active.sum(axis=1)"),
        (MEAN_IN_BOTH, normal((3, 2), (4, 3)), (0,), "d = -1 / h + 1 / (1 - h)", "-1 / mean + 1 / (1 - mean)"),
        (MARGINS, [*normal((3, 4), (5, 3)), np.array([0, 3, 1, 1, 2])], (0,), "dW[:, k] -= margin * row", "2 * margin"),
        (ROOT_OF_A_COUNT, normal((4, 3), (5, 3)), (0, 1), "d /= Q.shape[1]", "np.sqrt(Q.shape[1])"),
        (IN_PLACE, normal(3, 3, (5, 3)), (0, 1, 2), "dx = d", "d.copy()"),
        (NOT_SQUASHED, normal(3, (5, 3)), (0,), "return z * (1 - z)", "squash(z) * (1 - squash(z))"),
        (RETURNED, normal(2, 2, (3, 2), (5, 3)), (0, 1, 2),
         "return norm.offset, norm.gain, dw", "norm.gain, norm.offset"),
        (ALONG_THE_MIDDLE, [*normal((6, 3), (4, 3)), np.array([[0, 5], [1, 1], [2, 0], [4, 3]])], (0, 1),
         "np.add.at(dU, k, d[:, :, None] * u)", "V[:, None]"),
        (HANDED_BACK, normal((3, 3), (4, 3)), (0,), "dW += np.outer(dz, hs[t])", "dh = "),
        (COUNTED, [*normal((3, 3)), np.array([0, 1, 1, 2, 0, 1])], (0,),
         "np.add.at(dA, (s[1:], s[:-1]), -1)", "(s[:-1], s[1:])"),
        (CALLED_AGAIN, normal(3, (6, 3)), (0,), "d = 2 * a * sigmoid(a) * (1 - sigmoid(a))", "2 * a * a * (1 - a)"),
        (LEFT_OF_A_ROW, [*normal((4, 3)), np.array([0, 2, 1, 1])], (0,), "D[i, y[i]] = -D[i].max()", "-D[i].sum()"),
        (COUNTED_DOWN, normal((3, 3), (3, 3), (3, 3), (3, 3)), (0, 1, 2),
         "grads[i] = ins[2 - i].T @ (g * (1 - outs[2 - i] ** 2))", "ins[i].T @ (g * (1 - outs[i] ** 2))"),
        (DOT, normal((3, 3), (3, 3)), (0,), "d = (3 * a ** 2).dot(1 - a ** 2)", "(3 * a ** 2) * (1 - a ** 2)"),
        (DOWNHILL, normal(3, 1, (5, 3), 5), (0, 1), "return dw, db", "return -dw, -db"),
        (SIBLINGS, normal((3, 4), 4, (4, 2), 2, (5, 3)), (0, 1, 2, 3),
         "db2 = np.sum(d2 * o) - b2", "np.sum(d2, axis=0) + 0.8 * b2 ** 3"),
        (TURNED_OVER, normal((3, 4), (4, 2), (5, 3)), (0, 1), "gV = np.dot(e.T, a)", "np.dot(a.T, e)"),
        (ALL_SLICES, normal((3, 4), (3, 4), 2, 2), (0, 1, 2),
         "dh = A[:, n:].T @ du + B[:, n:].T @ dv", "A[:, :n].T @ du + B[:, :n].T @ dv"),
        (BIAS_DECAYS, normal(3, 1, (5, 3), 5), (0, 1), "penalty = 2 * LAM * theta", "np.r_[0, theta[1:]]"),
        (ROW_DECAYS, [*normal((3, 2), (5, 3)), 0.3], (0,),
         "return X.T @ (1 - np.tanh(X @ T) ** 2) + lam * T", "np.r_[np.zeros((1, T.shape[1])), T[1:]]"),
        (VIEW, normal((3, 2), (4, 2)), (0, 1), "v = W[1]", "W[1].copy()"),
        (LOG_SOFTMAX, normal((3, 4), (5, 3), (5, 4)), (0,),
         "return g + np.exp(self.out)", "g - np.exp(self.out) * g.sum(axis=1, keepdims=True)"),
        (CLASS_WEIGHTS, [*normal((2, 3), (4, 2)), np.array([0, 2, 1, 1])], (0,),
         "d[np.arange(4), y] -= 1", "d * WEIGHTS[y][:, None]"),
        (NAMED_T, [normal((3, 2))[0], np.abs(normal((3, 3))[0])], (0,), "return away", "away - self.T.T @ away"),
    ],
    ids=[
        "the Jacobian of a direction", "a block of a matrix", "where something is put",
        "a number, and a count by chance", "collected and not added",
        "a border of the other axis", "cut off at one end", "another channel", "counted in turn", "of the turn before",
        "a list from its end", "an axis that is gone", "one for the other", "one array in all steps", "gone a step",
        "a variable nobody reads", "a function nobody calls", "a sign", "before the weights", "one less",
        "a helper by default", "an element", "known, and meant otherwise", "one turn too many", "a stride",
        "a name for a copy", "both slices", "as often as there are", "a mean wherever it is read",
        "margins in a loop", "the root of a count", "in place", "not squashed yet", "returned the other way round",
        "along the middle axis", "handed back", "two indices the other way round",
        "applied twice", "what is left of a row", "counted down", "a method for a product", "all of them downhill",
        "as its sibling", "a product turned over", "all slices", "a bias that decays", "a row that decays", "a view",
        "the Jacobian of log softmax", "weights of the classes", "an attribute that is named T",
    ],
)  # fmt: skip
def test_the_line_is_named_and_mended(source, arguments, argnums, line, meant, tmp_path):
    (found,) = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert (HEAD + source).splitlines()[found.line - 1].strip() == line
    assert meant in found.correction, found.correction
    assert found.patch


def test_a_gradient_that_lost_an_axis_is_said_to_have_another_shape(tmp_path):
    (found,) = diagnosed(HEAD + LOST_AXIS, normal((1, 3), (2, 3), (4, 2)), (0, 1), tmp_path)
    assert (found.kind, found.parameters) == ("wrong-shape", ("b",))


def test_a_function_that_does_more_than_a_formula_is_not_called_in_search_of_one(tmp_path):
    source = NEVER_CALLED.replace("    return (z > 0)", "    np.seterr(all='raise')\n    return (z > 0)")
    found = diagnosed(HEAD + source, normal(3, (6, 3)), (0,), tmp_path)
    assert not any("slope" in (d.correction or "") for d in found)


def test_of_two_mistakes_that_meet_in_all_gradients_the_one_that_mends_most_is_followed_up(tmp_path):
    source = """
def loss(U, W, b, V, x):
    h, total = np.zeros(3), 0.0
    for t in range(3):
        h = np.tanh(U @ x[t] + W @ h + b)
        total = total + np.sum((V @ h) ** 2)
    return total

def backprop(U, W, b, V, x):
    hs = {-1: np.zeros(3)}
    for t in range(3):
        hs[t] = np.tanh(U @ x[t] + W @ hs[t - 1] - b)
    dU, dW, db, dV = (np.zeros_like(v) for v in (U, W, b, V))
    later = np.zeros(3)
    for t in (2, 1, 0):
        dy = 2 * (V @ hs[t])
        dV += np.outer(dy, hs[t])
        d = (V.T @ dy + later) * (1 - hs[t] ** 2)
        dU += np.outer(d, x[t])
        dW += np.outer(d, hs[t])
        db += d
        later = W.T @ d
    return dU, dW, db, dV
"""
    found = diagnosed(HEAD + source, normal((3, 2), (3, 3), 3, (2, 3), (3, 2)), (0, 1, 2, 3), tmp_path)
    lines = [(HEAD + source).splitlines()[d.line - 1].strip() for d in found]
    assert lines == ["hs[t] = np.tanh(U @ x[t] + W @ hs[t - 1] - b)", "dW += np.outer(d, hs[t])"]


@pytest.mark.parametrize("labels", [np.array([[1, 0, 1, 1, 0]]), np.array([1, 0, 1, 1, 0])], ids=["a row", "a list"])
def test_a_name_of_the_forward_pass_is_not_blamed_for_what_is_read_by_a_wrong_one(labels, tmp_path):
    source = """
def loss(W1, W2, W3, x, y):
    return np.sum((W3 @ np.maximum(W2 @ np.maximum(W1 @ x, 0), 0) - y) ** 2)

def backprop(W1, W2, W3, x, y):
    W, z, a = {1: W1, 2: W2, 3: W3}, {}, {0: x}
    for l in (1, 2, 3):
        z[l] = W[l] @ a[l - 1]
        a[l] = np.maximum(z[l], 0) if l < 3 else z[l]
    d, grads = 2 * (a[3] - y), {}
    for l in (3, 2, 1):
        grads[l] = d @ a[l - 1].T
        if l > 1:
            d = W[l].T @ d * (z[l] > 0)
    return grads[1], grads[2], grads[3]
"""
    (found,) = diagnosed(HEAD + source, [*normal((3, 3), (3, 3), (3, 3), (3, 5)), labels], (0, 1, 2), tmp_path)
    assert (HEAD + source).splitlines()[found.line - 1].strip() == "d = W[l].T @ d * (z[l] > 0)"


def test_gradients_with_statements_of_their_own_are_mended_each_by_itself(tmp_path):
    source = """
def loss(W, b, X, y):
    p = np.exp(X @ W + b)
    p = p / np.sum(p, axis=1, keepdims=True)
    return -np.sum(np.log(p)[np.arange(4), y]) / 4 + 0.3 * np.sum(W ** 2)

def backprop(W, b, X, y):
    dW, db = np.zeros_like(W), np.zeros_like(b)
    for x, label in zip(X, y):
        p = np.exp(x @ W + b)
        p = p / np.sum(p)
        p[label] -= 1
        dW += np.outer(x, p)
        db += p
    dW /= len(X)
    dW += 0.3 * W
    return dW, db
"""
    found = diagnosed(HEAD + source, [*normal((3, 3), 3, (4, 3)), np.array([0, 2, 1, 1])], (0, 1), tmp_path)
    lines = {(HEAD + source).splitlines()[d.line - 1].strip(): d.kind for d in found}
    assert set(lines) == {"dW += 0.3 * W", "db += p"}
    assert all(d.patch for d in found)


def test_what_starts_at_zero_was_to_be_added_to_beside_another_mistake(tmp_path):
    source = """
def loss(b, V, X):
    total = 0.0
    for x in X:
        total = total + np.sum(np.tanh(x @ V + b)) ** 2
    return total

def backprop(b, V, X):
    db, dV = np.zeros_like(b), np.zeros_like(V)
    for x in X:
        a = np.tanh(x @ V + b)
        d = 2 * np.sum(a) * (1 - a ** 2)
        db = d
        dV += np.outer(d, x)
    return db, dV
"""
    found = diagnosed(HEAD + source, normal(3, (3, 3), (4, 3)), (0, 1), tmp_path)
    corrections = {(HEAD + source).splitlines()[d.line - 1].strip(): d.correction for d in found}
    assert corrections == {"db = d": "db = db + d", "dV += np.outer(d, x)": "dV += np.outer(x, d)"}


@pytest.mark.parametrize(
    ("source", "arguments", "argnums", "kind"),
    [
        (BIAS_DECAYS, normal(3, 1, (5, 3), 5), (0, 1), "repeated-term"),
        (ROW_DECAYS, [*normal((3, 2), (5, 3)), 0.3], (0,), "repeated-term"),
        (VIEW, normal((3, 2), (4, 2)), (0, 1), "updated-parameter"),
        (DOT, normal((3, 3), (3, 3)), (0,), "matmul-for-elementwise"),
        (OF_THE_NEXT, normal((2, 3), (2, 3), (4, 3)), (0, 1), "wrong-activation"),
        (OVERWRITTEN, normal(3, (4, 3), 4), (0,), "sum-for-mean"),
        (COUNTED_TWICE, normal((3, 4), (5, 3)), (0,), "repeated-factor"),
        (SHRUNK, normal(6, (3, 6)), (0,), "mean-for-sum"),
        (LAYER_BELOW, normal((3, 3), (3, 3), (3, 3), (4, 3)), (0, 1, 2), "wrong-parameter"),
        (GATED, normal((2, 3), (2, 3), (4, 2)), (0, 1), "another-loss"),
    ],
)  # fmt: skip
def test_the_kind_is_what_was_done(source, arguments, argnums, kind, tmp_path):
    (found,) = diagnosed(HEAD + source, arguments, argnums, tmp_path)
    assert found.kind == kind


LINEAR = """
import microgradnet as mg

def loss(W, x, y):
    return mg.{reduced}((x @ W - y) ** {power})
"""

IN_PLACE = """
def backprop(w, x, y):
    r = x @ w - y
    r **= 4
    return 4 * x.T @ r
"""

RESET = """
def vectorised(w, x, y):
    return x.T @ (4 * (x @ w - y) ** 3)

def backprop(w, x, y):
    dw = np.zeros_like(w)
    e = 0.0
    for i in range(len(x)):
        for k in range(3):
            e += x[i, k] * w[k]
        e -= y[i]
        for j in range(3):
            dw[j] += 4 * e ** 3 * x[i, j]
    return dw
"""

RESIDUAL = """
def backprop(W, x, y):
    e = y - x @ W
    return 2 * x.T @ e / y.size
"""

NORMALISED = """
import microgradnet as mg

def loss(W, c, g, V, x, y):
    z = x @ W + c
    mean = mg.mean(z, axis=0)
    variance = mg.mean((z - mean) ** 2, axis=0)
    return mg.sum((g * (z - mean) / mg.sqrt(variance + 1e-5) @ V - y) ** 2)

def backprop(W, c, g, V, x, y):
    z = x @ W + c
    N, std = len(x), np.sqrt(z.var(0) + 1e-5)
    xh = (z - z.mean(0)) / std
    n = g * xh
    do = 2 * (n @ V - y)
    dn = do @ V.T
    dxh = dn * g
    dz = (N * dxh - dxh.sum(0) - (dxh * xh).sum(0)) / (N * std)
    return x.T @ dz, dz.sum(0), (dn * xh).sum(0), n.T @ do
"""


@pytest.mark.parametrize(
    ("returned", "right"),
    [
        ("(x.T @ d).T", "x.T @ d"),
        ("np.transpose(x.T @ d)", "x.T @ d"),
        ("np.swapaxes(x.T @ d, 0, 1)", "x.T @ d"),
        ("{'W': (x.T @ d).T}", "{'W': x.T @ d}"),
        ("(x.T @ d).ravel(order='F').reshape(W.shape)", "(x.T @ d).ravel().reshape(W.shape)"),
    ],
)
def test_what_turns_a_gradient_is_left_out_and_nothing_inside_of_it_is_turned(returned, right, tmp_path):
    back = f"\ndef backprop(W, x, y):\n    d = 2 * (x @ W - y)\n    return {returned}\n"
    source = HEAD + LINEAR.format(reduced="sum", power=2) + back
    (found,) = diagnosed(source, normal((3, 2), (6, 3), (6, 2)), (0,), tmp_path)
    assert (found.correction, found.kind) == (f"return {right}", "transpose")


def test_an_exponent_is_a_number_and_no_count_of_what_happens_to_be_as_large(tmp_path):
    source = HEAD + LINEAR.format(reduced="sum", power=4) + IN_PLACE
    for columns in (3, 5):
        (found,) = diagnosed(source, normal(columns, (6, columns), 6), (0,), tmp_path)
        assert (found.correction, found.kind) == ("r **= 3", "repeated-factor")


def test_what_is_to_begin_anew_in_each_turn_is_moved_into_the_loop(tmp_path):
    source = HEAD + LINEAR.format(reduced="sum", power=4) + RESET
    (found,) = diagnosed(source, normal(3, (6, 3), 6), (0,), tmp_path)
    assert source.splitlines()[found.line - 1].strip() == "e = 0.0"
    assert "vectorised" not in found.correction  # another derivation is no part of this one
    assert "+        e = 0.0" in found.patch


def test_a_count_is_written_by_what_is_counted_there(tmp_path):
    back = "\ndef backprop(W, x, y):\n    r = x @ W - y\n    return 2 * x.T @ r / len(y)\n"
    source = HEAD + LINEAR.format(reduced="mean", power=2) + back
    (found,) = diagnosed(source, normal((3, 3), (6, 3), (6, 3)), (0,), tmp_path)
    assert found.correction == "return 2 * x.T @ r / y.size"
    assert "the columns of y" in found.wrong


def test_an_error_the_other_way_round_is_no_other_forward_pass(tmp_path):
    source = HEAD + LINEAR.format(reduced="mean", power=2) + RESIDUAL
    found = diagnosed(source, normal((3, 2), (6, 3), (6, 2)), (0,), tmp_path)
    assert [d.kind for d in found] == ["sign"]
    assert not found.headline


def test_a_gradient_that_is_nothing_but_rounding_is_right_if_it_is_that(tmp_path):
    shapes = (3, 4), 4, 4, (4, 2), (8, 3), (8, 2)
    (found,) = diagnosed(HEAD + NORMALISED, normal(*shapes), (0, 1, 2, 3), tmp_path)
    assert found.parameters == ("W", "c")
    assert "(dxh * xh).sum(0) * xh" in found.correction or "xh * (dxh * xh).sum(0)" in found.correction

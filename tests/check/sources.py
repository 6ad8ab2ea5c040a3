"""Derivations by hand as different people write them, as source: right as they stand, and wrong by one change each.

A change is a text in the source, what somebody wrote in its place, and the kind of mistake that this is; the line is
that of the text. A change that leaves a line out is at the line before it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Model:
    name: str
    source: str
    parameters: tuple
    changes: tuple = ()


MODELS = [
    Model(
        "two layers, with gradients in a dict and changes in place",
        """
import numpy as np

reg = 0.1

def softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)

def loss(X, y, W1, b1, W2, b2):
    hidden = np.maximum(0, X @ W1 + b1)
    p = softmax(hidden @ W2 + b2)
    data = -np.mean(np.log(p[np.arange(len(y)), y]))
    return data + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))

def backprop(X, y, W1, b1, W2, b2):
    N = X.shape[0]
    hidden = np.maximum(0, X.dot(W1) + b1)
    scores = softmax(hidden.dot(W2) + b2)
    scores[range(N), y] -= 1
    scores /= N
    grads = {}
    grads["W2"] = hidden.T.dot(scores) + reg * W2
    grads["b2"] = scores.sum(axis=0)
    dhidden = scores.dot(W2.T)
    dhidden[hidden <= 0] = 0
    grads["W1"] = X.T.dot(dhidden) + reg * W1
    grads["b1"] = dhidden.sum(axis=0)
    return grads

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 4)), r.integers(3, size=6), *(r.normal(size=s) for s in [(4, 5), 5, (5, 3), 3])]
""",
        ("W1", "b1", "W2", "b2"),
        (
            ("    scores /= N\n", "", "sum-for-mean"),
            ("scores.dot(W2.T)", "scores.dot(W2.T) * hidden", "repeated-factor"),
            ("+ reg * W2", "+ reg * W2 ** 2", "repeated-factor"),
            ("    dhidden[hidden <= 0] = 0\n", "", "missing-factor"),
            ('grads["W1"] = X.T.dot(dhidden) + reg * W1', 'grads["W1"] = X.T.dot(dhidden)', "missing-term"),
            ('grads["b2"] = scores.sum(axis=0)', 'grads["b2"] = scores.mean(axis=0)', "mean-for-sum"),
        ),
    ),
    Model(
        "logistic regression, examples in columns",
        """
import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def loss(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    return -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))

def backprop(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    dz = A - Y
    dw = 1 / m * np.dot(X, dz.T)
    db = 1 / m * np.sum(dz)
    return dw, db

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(3, 1)), np.array(0.4), r.normal(size=(3, 7)), (r.random((1, 7)) > 0.5) * 1.0]
""",
        ("w", "b"),
        (
            ("dz = A - Y", "dz = Y - A", "sign"),
            ("dz = A - Y", "dz = (A - Y) * A * (1 - A)", "repeated-factor"),
            ("1 / m * np.dot(X, dz.T)", "np.dot(X, dz.T)", "sum-for-mean"),
            ("1 / m * np.sum(dz)", "1 / m * np.sum(dz * A)", "repeated-factor"),
        ),
    ),
    Model(
        "layers as objects with a cache",
        """
import numpy as np

class Dense:
    def __init__(self, w, b):
        self.w, self.b = w, b

    def forward(self, x):
        self.x = x
        return x @ self.w + self.b

    def backward(self, dout):
        self.dw = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.w.T

class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, dout):
        return dout * (1 - self.y ** 2)

def loss(x, t, w1, b1, w2, b2):
    h = np.tanh(x @ w1 + b1)
    return np.sum((h @ w2 + b2 - t) ** 2) / len(x)

def backprop(x, t, w1, b1, w2, b2):
    first, middle, last = Dense(w1, b1), Tanh(), Dense(w2, b2)
    out = last.forward(middle.forward(first.forward(x)))
    d = 2 * (out - t) / len(x)
    for layer in (last, middle, first):
        d = layer.backward(d)
    return first.dw, first.db, last.dw, last.db

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) for s in [(6, 3), (6, 2), (3, 4), 4, (4, 2), 2]]
""",
        ("w1", "b1", "w2", "b2"),
        (
            ("dout * (1 - self.y ** 2)", "dout * (1 - self.y)", "wrong-activation"),
            ("d = 2 * (out - t) / len(x)", "d = (out - t) / len(x)", "scale"),
            ("return dout @ self.w.T", "return dout @ (self.w - 0.1 * self.dw).T", "updated-parameter"),
            ("self.db = dout.sum(axis=0)", "self.db = dout.mean(axis=0)", "mean-for-sum"),
        ),
    ),
    Model(
        "a recurrence over a list of states",
        """
import numpy as np

def loss(xs, y, U, V, w):
    h = np.zeros(4)
    for x in xs:
        h = np.tanh(U @ h + V @ x)
    return 0.5 * (w @ h - y) ** 2

def backprop(xs, y, U, V, w):
    hs = [np.zeros(4)]
    for x in xs:
        hs.append(np.tanh(U @ hs[-1] + V @ x))
    e = w @ hs[-1] - y
    dw = e * hs[-1]
    dh = e * w
    dU, dV = np.zeros_like(U), np.zeros_like(V)
    for t in range(len(xs), 0, -1):
        dz = dh * (1 - hs[t] ** 2)
        dU += np.outer(dz, hs[t - 1])
        dV += np.outer(dz, xs[t - 1])
        dh = U.T @ dz
    return dU, dV, dw

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 3)), np.array(0.3), r.normal(size=(4, 4)) * 0.6, r.normal(size=(4, 3)), r.normal(size=4)]
""",
        ("U", "V", "w"),
        (
            ("dh = U.T @ dz", "dh = U @ dz", "transpose"),
            ("np.outer(dz, hs[t - 1])", "np.outer(dz, hs[t])", "stale-value"),
            ("dz = dh * (1 - hs[t] ** 2)", "dz = dh * (1 - hs[t - 1] ** 2)", "wrong-point"),
            ("dh = U.T @ dz", "dh = U.T @ dh", "missing-factor"),
            ("dV += np.outer(dz, xs[t - 1])", "dV = np.outer(dz, xs[t - 1])", "missing-term"),
        ),
    ),
    Model(
        "layer norm in closed form, with helpers",
        """
import numpy as np

def normalised(x):
    mu = x.mean(axis=1, keepdims=True)
    var = x.var(axis=1, keepdims=True)
    return (x - mu) / np.sqrt(var + 1e-5), np.sqrt(var + 1e-5)

def loss(x, gamma, beta, t):
    return np.sum((gamma * normalised(x)[0] + beta) * np.sin(t))

def backward(dy, gamma, xhat, std):
    D = xhat.shape[1]
    dxhat = dy * gamma
    return (D * dxhat - dxhat.sum(1, keepdims=True) - xhat * (dxhat * xhat).sum(1, keepdims=True)) / (D * std)

def backprop(x, gamma, beta, t):
    xhat, std = normalised(x)
    dy = np.sin(t)
    return backward(dy, gamma, xhat, std), (dy * xhat).sum(0), dy.sum(0)

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 6)), r.normal(size=6), r.normal(size=6), r.normal(size=(4, 6))]
""",
        ("x", "gamma", "beta"),
        (
            ("- dxhat.sum(1, keepdims=True) - xhat", "- dxhat.sum(0, keepdims=True) - xhat", "wrong-axis"),
            ("(dy * xhat).sum(0)", "(dy * xhat).sum()", "wrong-axis"),
            ("dxhat = dy * gamma", "dxhat = dy", "missing-factor"),
            (" / (D * std)", " / D * std", "scale"),
        ),
    ),
    Model(
        "attention for one head",
        """
import numpy as np

def softmax(s):
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)

def loss(x, t, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    a = softmax(q @ k.T / np.sqrt(k.shape[1]))
    return np.sum((a @ v - t) ** 2)

def backprop(x, t, Wq, Wk, Wv):
    q, k, v = x @ Wq, x @ Wk, x @ Wv
    scale = np.sqrt(k.shape[1])
    a = softmax(q @ k.T / scale)
    dout = 2 * (a @ v - t)
    dv = a.T @ dout
    da = dout @ v.T
    ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))
    dq = ds @ k / scale
    dk = ds.T @ q / scale
    return x.T @ dq, x.T @ dk, x.T @ dv

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) for s in [(5, 4), (5, 3), (4, 3), (4, 3), (4, 3)]]
""",
        ("Wq", "Wk", "Wv"),
        (
            ("ds = a * (da - np.sum(da * a, axis=-1, keepdims=True))", "ds = a * (1 - a) * da", "diagonal-jacobian"),
            ("dk = ds.T @ q / scale", "dk = ds @ q / scale", "transpose"),
            ("dv = a.T @ dout", "dv = a @ dout", "transpose"),
            ("dq = ds @ k / scale", "dq = ds @ k", "missing-factor"),
            ("np.sum(da * a, axis=-1, keepdims=True)", "np.sum(da * a, axis=0, keepdims=True)", "wrong-axis"),
        ),
    ),
    Model(
        "a convolution of one dimension, element by element",
        """
import numpy as np

def loss(x, w, t):
    n, k = len(x), len(w)
    y = np.stack([x[i : i + k] @ w for i in range(n - k + 1)])
    return np.sum((np.tanh(y) - t) ** 2)

def backprop(x, w, t):
    n, k = len(x), len(w)
    y = np.array([x[i : i + k] @ w for i in range(n - k + 1)])
    dw, dx = np.zeros(k), np.zeros(n)
    for i in range(n - k + 1):
        d = 2 * (np.tanh(y[i]) - t[i]) * (1 - np.tanh(y[i]) ** 2)
        for j in range(k):
            dw[j] += d * x[i + j]
            dx[i + j] += d * w[j]
    return dx, dw

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=8), r.normal(size=3), r.normal(size=6)]
""",
        ("x", "w"),
        (
            ("dx[i + j] += d * w[j]", "dx[i + j] = d * w[j]", "missing-term"),
            ("dx[i + j] += d * w[j]", "dx[i + j] += d * w[k - 1 - j]", "reversed"),
            ("(1 - np.tanh(y[i]) ** 2)", "(1 - y[i] ** 2)", "wrong-point"),
        ),
    ),
    Model(
        "matrix factorisation with a mask, as lambdas",
        """
import numpy as np

mask = np.array([[1, 0, 1, 1], [1, 1, 0, 1], [0, 1, 1, 1]]) > 0
lam = 0.2

def loss(R, U, V):
    e = (R - U @ V.T) * mask
    return np.sum(e ** 2) + lam * (np.sum(U ** 2) + np.sum(V ** 2))

error = lambda R, U, V: (R - U @ V.T) * mask

def backprop(R, U, V):
    e = error(R, U, V)
    gU = -2 * e @ V + 2 * lam * U
    gV = -2 * e.T @ U + 2 * lam * V
    return gU, gV

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) for s in [(3, 4), (3, 2), (4, 2)]]
""",
        ("U", "V"),
        (
            ("gV = -2 * e.T @ U + 2 * lam * V", "gV = -2 * e.T @ U + lam * V", "scale"),
            ("gU = -2 * e @ V + 2 * lam * U", "gU = 2 * e @ V + 2 * lam * U", "sign"),
            ("gV = -2 * e.T @ U + 2 * lam * V", "gV = -2 * e.T @ U + 2 * lam * U[:1]", "wrong-parameter"),
        ),
    ),
    Model(
        "embeddings, added up by index",
        """
import numpy as np

words = np.array([[0, 2, 1], [3, 2, 2], [1, 0, 3], [2, 3, 1]])

def loss(y, E, w):
    h = E[words].mean(axis=1)
    p = 1 / (1 + np.exp(-(h @ w)))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

def backprop(y, E, w):
    vectors = E[words]
    h = vectors.mean(axis=1)
    p = 1 / (1 + np.exp(-h @ w))
    dscore = (p - y) / len(y)
    dw = h.T @ dscore
    dh = np.outer(dscore, w)
    dE = np.zeros_like(E)
    np.add.at(dE, words, (dh / words.shape[1])[:, None, :])
    return dE, dw

def data(seed=0):
    r = np.random.default_rng(seed)
    return [np.array([0.0, 1.0, 1.0, 0.0]), r.normal(size=(4, 5)), r.normal(size=5)]
""",
        ("E", "w"),
        (
            ("(dh / words.shape[1])[:, None, :]", "dh[:, None, :]", "sum-for-mean"),
            ("dh = np.outer(dscore, w)", "dh = np.outer(p - y, w)", "sum-for-mean"),
            ("dw = h.T @ dscore", "dw = vectors[:, 0].T @ dscore", "wrong-point"),
        ),
    ),
    Model(
        "a hinge loss, with an intermediate that no reverse pass has",
        """
import numpy as np

def loss(X, t, w, b):
    margin = 1 - t * (X @ w + b)
    return np.mean(np.maximum(0, margin)) + 0.05 * w @ w

def backprop(X, t, w, b):
    active = t * (X @ w + b) < 1
    pull = np.where(active, -t, 0.0)
    count = active.sum()
    return X.T @ pull / len(t) + 0.1 * w, (pull.sum() / count) * (count / len(t))

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(9, 3)), np.where(r.random(9) > 0.5, 1.0, -1.0), r.normal(size=3), np.array(0.2)]
""",
        ("w", "b"),
        (
            ("np.where(active, -t, 0.0)", "np.where(active, t, 0.0)", "sign"),
            ("+ 0.1 * w", "+ 0.05 * w", "scale"),
            ("+ 0.1 * w", "", "missing-term"),
        ),
    ),
    Model(
        "a normal likelihood, one long expression for each gradient",
        """
import numpy as np

def loss(x, y, a, s):
    mu, sigma = x @ a, np.exp(x @ s)
    return np.mean(0.5 * ((y - mu) / sigma) ** 2 + np.log(sigma))

def backprop(x, y, a, s):
    mu, log_sigma = x @ a, x @ s
    z = (y - mu) * np.exp(-log_sigma)
    return -x.T @ (z * np.exp(-log_sigma)) / y.size, x.T @ (1 - z * z) / y.size

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(8, 3)), r.normal(size=8), r.normal(size=3), 0.3 * r.normal(size=3)]
""",
        ("a", "s"),
        (
            ("z * np.exp(-log_sigma)", "z", "missing-factor"),
            ("x.T @ (1 - z * z)", "x.T @ (1 - z)", "missing-factor"),
            ("-x.T @ (z", "x.T @ (z", "sign"),
        ),
    ),
    Model(
        "leaky units in three layers, written as a loop over lists",
        """
import numpy as np

slope = 0.1

def loss(x, t, *weights):
    a = x
    for w in weights[:-1]:
        z = a @ w
        a = np.where(z > 0, z, slope * z)
    return 0.5 * np.sum((a @ weights[-1] - t) ** 2)

def backprop(x, t, *weights):
    acts, zs = [x], []
    for w in weights[:-1]:
        zs.append(acts[-1] @ w)
        acts.append(np.where(zs[-1] > 0, zs[-1], slope * zs[-1]))
    delta = acts[-1] @ weights[-1] - t
    grads = [acts[-1].T @ delta]
    for l in reversed(range(len(zs))):
        delta = delta @ weights[l + 1].T
        delta = delta * np.where(zs[l] > 0, 1.0, slope)
        grads.insert(0, acts[l].T @ delta)
    return grads

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) for s in [(5, 3), (5, 2), (3, 4), (4, 4), (4, 2)]]
""",
        None,
        (
            ("np.where(zs[l] > 0, 1.0, slope)", "np.where(zs[l] > 0, 1.0, 0.0)", "wrong-activation"),
            ("acts[l].T @ delta", "acts[l + 1].T @ delta", "stale-value"),
            ("delta = acts[-1] @ weights[-1] - t", "delta = 2 * (acts[-1] @ weights[-1] - t)", "scale"),
        ),
    ),
]

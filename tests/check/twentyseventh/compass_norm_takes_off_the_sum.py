"""Compass norm takes off the sum.

expected kind: sum-for-mean
wrong line: 103
correction 103: moved = inner - inner.sum() / width - unit * (inner @ unit) / width
what: On the way back through the norm the sum of the gradient is taken off, not its mean
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["P", "g", "b", "Q", "K", "V", "O", "R"]
TINY = 1e-3


def data(seed=0):
    r = np.random.default_rng(seed)
    steps, d, inner, ways = 4, 4, 3, 3
    P, g, b = 0.5 * r.normal(size=(steps, d)), r.uniform(0.6, 1.7, size=d), 0.4 * r.normal(size=d)
    Q, K, V = (r.normal(size=(d, inner)) for _ in range(3))
    O, R = r.normal(size=(inner, d)), r.normal(size=(d, ways))
    return P, g, b, Q, K, V, O, R, r.normal(size=(5, steps, d)), r.integers(0, ways, size=5)


def loss(P, g, b, Q, K, V, O, R, walks, way):
    steps = P.shape[0]
    later = np.triu(np.ones((steps, steps)), 1) * 1e4
    total = 0.0
    for walk, right_way in zip(walks, way):
        x = walk + P
        c = x - np.mean(x, axis=1, keepdims=True)
        n = g * c / np.sqrt(np.mean(c * c, axis=1, keepdims=True) + TINY) + b
        s = (n @ Q) @ (n @ K).T / np.sqrt(Q.shape[1]) - later
        e = np.exp(s - np.max(s, axis=1, keepdims=True))
        y = x + (e / np.sum(e, axis=1, keepdims=True)) @ (n @ V) @ O
        logits = np.mean(y, axis=0) @ R
        total = total + np.log(np.sum(np.exp(logits))) - logits[right_way]
    return total / walks.shape[0]


def forward(p, walk):
    """One walk, and everything that is needed to go back."""
    t = {"x": walk + p["P"]}
    t["rms"] = np.sqrt(t["x"].var(axis=1, keepdims=True) + TINY)
    t["hat"] = (t["x"] - t["x"].mean(axis=1, keepdims=True)) / t["rms"]
    t["n"] = t["hat"] * p["g"] + p["b"]
    t["q"], t["k"], t["v"] = t["n"] @ p["Q"], t["n"] @ p["K"], t["n"] @ p["V"]
    s = t["q"] @ t["k"].T / np.sqrt(p["Q"].shape[1])
    s[np.triu_indices(len(s), 1)] = -np.inf
    e = np.exp(s - s.max(axis=1, keepdims=True))
    t["a"] = e / e.sum(axis=1, keepdims=True)
    t["heard"] = t["a"] @ t["v"]
    t["y"] = t["x"] + t["heard"] @ p["O"]
    e = np.exp(t["y"].mean(axis=0) @ p["R"])
    t["chance"] = e / e.sum()
    return t


def backward(p, t, label):
    grad = {}
    dlogits = t["chance"].copy()
    dlogits[label] -= 1
    grad["R"] = np.outer(t["y"].mean(axis=0), dlogits)
    dy = np.tile(p["R"] @ dlogits / len(t["y"]), (len(t["y"]), 1))
    # attention
    grad["O"] = t["heard"].T @ dy
    dheard = dy @ p["O"].T
    da, dv = dheard @ t["v"].T, t["a"].T @ dheard
    ds = t["a"] * (da - np.sum(da * t["a"], axis=1, keepdims=True))
    ds /= np.sqrt(p["Q"].shape[1])
    dq, dk = ds @ t["k"], ds.T @ t["q"]
    grad["Q"], grad["K"], grad["V"] = t["n"].T @ dq, t["n"].T @ dk, t["n"].T @ dv
    dn = dq @ p["Q"].T + dk @ p["K"].T + dv @ p["V"].T
    # norm, and around it
    grad["g"], grad["b"] = np.sum(dn * t["hat"], axis=0), np.sum(dn, axis=0)
    dhat = dn * p["g"]
    dhat = dhat - dhat.mean(axis=1, keepdims=True) - t["hat"] * np.mean(dhat * t["hat"], axis=1, keepdims=True)
    grad["P"] = dy + dhat / t["rms"]
    return grad


def right(P, g, b, Q, K, V, O, R, walks, way):
    p = dict(P=P, g=g, b=b, Q=Q, K=K, V=V, O=O, R=R)
    total = {name: np.zeros_like(value) for name, value in p.items()}
    for walk, label in zip(walks, way):
        for name, value in backward(p, forward(p, walk), label).items():
            total[name] += value / len(walks)
    return total


def normalizer(g, b):
    """Return the norm of one position, which gives its value and the function that goes back."""

    def normalize(row):
        width = row.size
        gap = row - row.sum() / width
        spread = (gap @ gap / width + TINY) ** 0.5
        unit = gap / spread

        def back(d):
            inner = d * g
            moved = inner - inner.sum() - unit * (inner @ unit) / width
            return moved / spread, d * unit, d

        return unit * g + b, back

    return normalize


def one_walk(P, g, b, Q, K, V, O, R, walk, label):
    T, root = len(walk), Q.shape[1] ** 0.5
    x = walk + P
    normed = [normalizer(g, b)(row) for row in x]
    n = np.array([value for value, _ in normed])
    q, k, v = n @ Q, n @ K, n @ V
    # who comes later isn't heard
    a = [np.exp(k[: t + 1] @ q[t] / root) for t in range(T)]
    a = [row / row.sum() for row in a]
    o = np.array([a[t] @ v[: t + 1] for t in range(T)])
    mean = (x + o @ O).mean(axis=0)
    p = np.exp(mean @ R)
    p = p / p.sum()
    p[label] -= 1.0
    dR, dmean = np.outer(mean, p), R @ p / T
    dO = np.outer(o.sum(axis=0), dmean)
    do = O @ dmean
    dq, dk, dv = np.zeros_like(q), np.zeros_like(k), np.zeros_like(v)
    for t in range(T):
        dv[: t + 1] += np.outer(a[t], do)
        da = v[: t + 1] @ do
        ds = a[t] * (da - a[t] @ da) / root
        dq[t] = ds @ k[: t + 1]
        dk[: t + 1] += np.outer(ds, q[t])
    dn = dq @ Q.T + dk @ K.T + dv @ V.T
    dP, dg, db = np.zeros_like(P), np.zeros_like(g), np.zeros_like(b)
    for t, (_, back) in enumerate(normed):
        through, dgt, dbt = back(dn[t])
        dP[t] = dmean + through
        dg += dgt
        db += dbt
    return dP, dg, db, n.T @ dq, n.T @ dk, n.T @ dv, dO, dR


def backprop(P, g, b, Q, K, V, O, R, walks, way):
    sums = [0.0] * 8
    for walk, label in zip(walks, way):
        sums = [s + d for s, d in zip(sums, one_walk(P, g, b, Q, K, V, O, R, walk, label))]
    return [s / len(walks) for s in sums]

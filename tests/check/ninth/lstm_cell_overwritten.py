"""Lstm cell overwritten.

expected kind: missing-term
wrong line: 84
correction 84: dc = dc + dh * o * (1 - tanh_c**2)
what: What comes from the cell after is overwritten, not added to
source: https://github.com/apache/mxnet/issues/4057
said: It should be added, not assigned
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wc", "Wo", "bf", "bi", "bc", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    xs, ts = r.normal(size=(4, 2)), r.normal(size=(4, 3))
    return xs, ts, *[r.normal(size=(3, 5)) for _ in range(4)], *[r.normal(size=3) for _ in range(4)]


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(xs, ts, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
    h, c, total = np.zeros(3), np.zeros(3), 0.0
    for x, t in zip(xs, ts):
        z = np.concatenate([h, x])
        c = sigmoid(Wf @ z + bf) * c + sigmoid(Wi @ z + bi) * np.tanh(Wc @ z + bc)
        h = sigmoid(Wo @ z + bo) * np.tanh(c)
        total += 0.5 * np.sum((h - t) ** 2)
    return total


def forward(xs, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
    h, c, caches = np.zeros(3), np.zeros(3), []
    for x in xs:
        z = np.concatenate([h, x])
        f, i, o = sigmoid(Wf @ z + bf), sigmoid(Wi @ z + bi), sigmoid(Wo @ z + bo)
        g = np.tanh(Wc @ z + bc)
        c_prev, c = c, f * c + i * g
        h = o * np.tanh(c)
        caches.append({"z": z, "f": f, "i": i, "o": o, "g": g, "c": c, "c_prev": c_prev, "h": h})
    return caches


def right(xs, ts, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
    caches = forward(xs, Wf, Wi, Wc, Wo, bf, bi, bc, bo)
    grads = {k: np.zeros((3, 5)) for k in ("Wf", "Wi", "Wc", "Wo")}
    grads.update({k: np.zeros(3) for k in ("bf", "bi", "bc", "bo")})
    dh_next, dc_next = np.zeros(3), np.zeros(3)
    for t in reversed(range(len(xs))):
        s = caches[t]
        dh = s["h"] - ts[t] + dh_next
        do = dh * np.tanh(s["c"]) * s["o"] * (1 - s["o"])
        dc = dc_next.copy()
        dc += dh * s["o"] * (1 - np.tanh(s["c"]) ** 2)
        dg = dc * s["i"] * (1 - s["g"] ** 2)
        di = dc * s["g"] * s["i"] * (1 - s["i"])
        df = dc * s["c_prev"] * s["f"] * (1 - s["f"])
        for k, d in zip("fico", (df, di, dg, do)):
            grads["W" + k] += np.outer(d, s["z"])
        grads["bf"] += df
        grads["bi"] += di
        grads["bc"] += dg
        grads["bo"] += do
        dz = Wf.T @ df + Wi.T @ di + Wc.T @ dg + Wo.T @ do
        dh_next = dz[:3]
        dc_next = s["f"] * dc
    return grads


def step(x, h, c, W, b):
    a = W @ np.hstack((h, x)) + b
    f, i, o, g = sigmoid(a[:3]), sigmoid(a[3:6]), sigmoid(a[6:9]), np.tanh(a[9:])
    c_new = f * c + i * g
    return o * np.tanh(c_new), c_new, (x, h, c, f, i, o, g, c_new)


def step_backward(dh, dc, W, cache):
    x, h, c, f, i, o, g, c_new = cache
    tanh_c = np.tanh(c_new)
    dc = dh * o * (1 - tanh_c**2)
    da = np.empty(12)
    da[:3] = dc * c * f * (1 - f)
    da[3:6] = dc * g * i * (1 - i)
    da[6:9] = dh * tanh_c * o * (1 - o)
    da[9:] = dc * i * (1 - g * g)
    dW = da[:, None] * np.hstack((h, x))[None, :]
    return (W.T @ da)[:3], dc * f, dW, da


def backprop(xs, ts, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
    W, b = np.vstack((Wf, Wi, Wo, Wc)), np.hstack((bf, bi, bo, bc))
    h, c, hs, caches = np.zeros(3), np.zeros(3), [], []
    for x in xs:
        h, c, cache = step(x, h, c, W, b)
        hs.append(h)
        caches.append(cache)
    dW, db, dh, dc = np.zeros_like(W), np.zeros_like(b), 0, np.zeros(3)
    for t in range(len(xs) - 1, -1, -1):
        dh, dc, dWt, dbt = step_backward(dh + hs[t] - ts[t], dc, W, caches[t])
        dW += dWt
        db += dbt
    return dW[:3], dW[3:6], dW[9:], dW[6:9], db[:3], db[3:6], db[9:], db[6:9]

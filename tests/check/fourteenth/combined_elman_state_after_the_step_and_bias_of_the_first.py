"""Combined elman state after the step and bias of the first.

expected kind: stale-value or wrong-point or wrong-parameter + missing-term or missing-sum or detached
wrong line: 75 and 76
correction 75: grads["Whh"] += np.dot(prev_h.T, dz)
correction 76: grads["bh"] += np.sum(dz, axis=0)
what: The weights between the states meet the state that they made; the bias has the gradient of the first step alone
source: https://github.com/VikParuchuri/zero_to_gpt/issues/9
said: why is the hidden state of this step used again? Shouldn't it be that of the step before, for that is what the gradient is sensitive to
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "bh", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    Wxh, Whh, bh, V, c = (r.normal(size=s) for s in [(2, 4), (4, 4), (4,), (4, 2), (2,)])
    return Wxh, Whh, bh, V, c, r.normal(size=(6, 4, 2)), r.normal(size=(6, 2))


def loss(Wxh, Whh, bh, V, c, X, Y):
    h = np.zeros((len(X), len(bh)))
    for t in range(X.shape[1]):
        h = np.tanh(X[:, t] @ Wxh + h @ Whh + bh)
    return np.mean((h @ V + c - Y) ** 2)


def forward(Wxh, Whh, bh, V, c, X):
    hs, zs = [np.zeros((X.shape[0], bh.size))], []
    for t in range(X.shape[1]):
        zs.append(X[:, t, :].dot(Wxh) + hs[-1].dot(Whh) + bh)
        hs.append(np.tanh(zs[-1]))
    return hs, zs, hs[-1].dot(V) + c


def right(Wxh, Whh, bh, V, c, X, Y):
    hs, zs, out = forward(Wxh, Whh, bh, V, c, X)
    dout = 2.0 * (out - Y) / out.size
    dV = hs[-1].T.dot(dout)
    dc = dout.sum(axis=0)
    dWxh, dWhh, dbh = 0, 0, 0
    dh = dout.dot(V.T)
    for t in reversed(range(X.shape[1])):
        dz = dh * (1 - hs[t + 1] ** 2)
        dWxh = dWxh + X[:, t, :].T.dot(dz)
        dWhh = dWhh + hs[t].T.dot(dz)
        dbh = dbh + dz.sum(axis=0)
        dh = dz.dot(Whh.T)
    return dWxh, dWhh, dbh, dV, dc


def rnn_step_forward(x, prev_h, Wx, Wh, b):
    next_h = np.tanh(np.dot(x, Wx) + np.dot(prev_h, Wh) + b)
    return next_h, (x, prev_h, next_h)


def backprop(Wxh, Whh, bh, V, c, X, Y):
    N, T, D = X.shape
    h = np.zeros((N, bh.shape[0]))
    caches = []
    for t in range(T):
        h, cache = rnn_step_forward(X[:, t], h, Wxh, Whh, bh)
        caches.append(cache)
    diff = np.dot(h, V) + c - Y
    dout = diff / (0.5 * diff.size)
    grads = {"V": np.dot(h.T, dout), "c": np.sum(dout, axis=0)}
    grads["Wxh"], grads["Whh"], grads["bh"] = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(bh)
    dh = np.dot(dout, V.T)
    while caches:
        x, prev_h, next_h = caches.pop()
        dz = (1 - next_h * next_h) * dh
        grads["Wxh"] += np.dot(x.T, dz)
        grads["Whh"] += np.dot(next_h.T, dz)
        grads["bh"] = np.sum(dz, axis=0)
        dh = np.dot(dz, Whh.T)
    return grads

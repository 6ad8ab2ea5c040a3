"""Characters recurrent weights by the new state.

expected kind: wrong-point or stale-value
wrong line: 91
correction 91: grads["Wh"] += np.outer(states[t], dz)
what: The recurrent weights meet the state behind the step, not that before it
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "Wx", "Wh", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    x = np.array([[0, 3, 1, 1], [2, 2, 4, 0], [1, 4, 3, 3]])
    y = np.array([[3, 1, 1, 2], [2, 4, 0, 0], [4, 3, 3, 1]])
    return r.normal(size=(5, 3)), r.normal(size=(3, 4)), 0.7 * r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=(4, 5)), x, y


def loss(E, Wx, Wh, b, V, x, y):
    N, T = x.shape
    h, total = np.zeros((N, 4)), 0
    for t in range(T):
        h = np.tanh(E[x[:, t]] @ Wx + h @ Wh + b)
        s = h @ V
        total = total + np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(N), y[:, t]])
    return total / (N * T)


def rnn_step_backward(dnext_h, cache):
    x, prev_h, next_h, Wx, Wh = cache
    dz = dnext_h * (1 - next_h**2)
    return dz.dot(Wx.T), dz.dot(Wh.T), x.T.dot(dz), prev_h.T.dot(dz), dz.sum(axis=0)


def rnn_backward(dh, caches):
    N, T, H = dh.shape
    x, _, _, Wx, Wh = caches[0]
    dx = np.zeros((N, T, x.shape[1]))
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(H)
    dprev_h = np.zeros((N, H))
    for t in reversed(range(T)):
        dx[:, t], dprev_h, dWx_t, dWh_t, db_t = rnn_step_backward(dh[:, t] + dprev_h, caches[t])
        dWx += dWx_t
        dWh += dWh_t
        db += db_t
    return dx, dWx, dWh, db


def right(E, Wx, Wh, b, V, x, y):
    N, T = x.shape
    hs, caches, h = np.zeros((N, T, len(b))), [], np.zeros((N, len(b)))
    for t in range(T):
        prev = h
        h = np.tanh(E[x[:, t]].dot(Wx) + prev.dot(Wh) + b)
        caches.append((E[x[:, t]], prev, h, Wx, Wh))
        hs[:, t] = h
    scores = hs.dot(V)
    p = np.exp(scores)
    p /= p.sum(axis=2, keepdims=True)
    p[np.arange(N)[:, None], np.arange(T), y] -= 1
    p /= N * T
    dx, dWx, dWh, db = rnn_backward(p.dot(V.T), caches)
    dE = np.zeros_like(E)
    np.add.at(dE, x, dx)
    dV = np.einsum("nth,ntv->hv", hs, p)
    return dE, dWx, dWh, db, dV


def backprop(E, Wx, Wh, b, V, x, y):
    N, T = x.shape
    onehot = np.eye(len(E))
    grads = {"E": np.zeros_like(E), "Wx": np.zeros_like(Wx), "Wh": np.zeros_like(Wh), "b": np.zeros_like(b), "V": np.zeros_like(V)}
    for seq, goal in zip(x, y):
        states = [np.zeros(len(b))]
        for c in seq:
            states.append(np.tanh(E[c] @ Wx + states[-1] @ Wh + b))
        later = np.zeros(len(b))
        for t in range(T - 1, -1, -1):
            h = states[t + 1]
            q = np.exp(h @ V)
            dq = (q / q.sum() - onehot[goal[t]]) / (N * T)
            grads["V"] += np.outer(h, dq)
            dh = V @ dq + later
            dz = (1 - h * h) * dh
            grads["b"] += dz
            grads["Wx"] += np.outer(E[seq[t]], dz)
            grads["Wh"] += np.outer(h, dz)
            grads["E"][seq[t]] += Wx @ dz
            later = Wh @ dz
    return grads

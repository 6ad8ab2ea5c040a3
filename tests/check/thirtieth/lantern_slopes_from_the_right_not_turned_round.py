"""Lantern slopes from the right not turned round.

expected kind: reversed
wrong line: 118
correction 118: dhb = djoined[:, ::-1, H:]
what: The network that reads from the right gets its gradients in the order of the row, its states are in the other order
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Uf", "bf", "Wb", "Ub", "bb", "V", "c"]
H = 3


def data(seed=0):
    r = np.random.default_rng(seed)
    # three rows of four lanterns; each lantern is red, green or blue
    Wf, Uf, bf = r.normal(size=(2, H)), 0.7 * r.normal(size=(H, H)), 0.4 * r.normal(size=H)
    Wb, Ub, bb = r.normal(size=(2, H)), 0.7 * r.normal(size=(H, H)), 0.4 * r.normal(size=H)
    V, c = r.normal(size=(2 * H, 3)), 0.4 * r.normal(size=3)
    return Wf, Uf, bf, Wb, Ub, bb, V, c, r.normal(size=(3, 4, 2)), r.integers(0, 3, size=(3, 4))


def loss(Wf, Uf, bf, Wb, Ub, bb, V, c, rows, colour):
    n, steps = colour.shape
    ahead, behind, h, g = [], [], np.zeros((n, H)), np.zeros((n, H))
    for t in range(steps):
        h = np.tanh(rows[:, t] @ Wf + h @ Uf + bf)
        g = np.tanh(rows[:, steps - 1 - t] @ Wb + g @ Ub + bb)
        ahead.append(h)
        behind.insert(0, g)
    total = 0.0
    for t in range(steps):
        scores = np.concatenate([ahead[t], behind[t]], axis=1) @ V + c
        total = total + np.sum(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(n), colour[:, t]])
    return total / (n * steps)


def right(Wf, Uf, bf, Wb, Ub, bb, V, c, rows, colour):
    T = colour.shape[1]
    p = dict(zip(PARAMETERS, (Wf, Uf, bf, Wb, Ub, bb, V, c)))
    grads = {name: np.zeros(value.shape) for name, value in p.items()}
    none = np.zeros(H)
    for xs, ys in zip(rows, colour):
        # forward in both directions
        ahead, behind = {-1: none}, {T: none}
        for t in range(T):
            ahead[t] = np.tanh(xs[t] @ Wf + ahead[t - 1] @ Uf + bf)
        for t in range(T - 1, -1, -1):
            behind[t] = np.tanh(xs[t] @ Wb + behind[t + 1] @ Ub + bb)
        # the loss of each lantern
        dahead, dbehind = np.zeros((T, H)), np.zeros((T, H))
        for t in range(T):
            both = np.append(ahead[t], behind[t])
            e = np.exp(both @ V + c)
            d = e / e.sum()
            d[ys[t]] -= 1
            d /= colour.size
            grads["V"] += np.outer(both, d)
            grads["c"] += d
            dahead[t], dbehind[t] = np.split(V @ d, 2)
        # back through time, against the direction of each
        later = none
        for t in range(T - 1, -1, -1):
            da = (dahead[t] + later) * (1 - ahead[t] ** 2)
            grads["Wf"] += np.outer(xs[t], da)
            grads["Uf"] += np.outer(ahead[t - 1], da)
            grads["bf"] += da
            later = Uf @ da
        earlier = none
        for t in range(T):
            da = (dbehind[t] + earlier) * (1 - behind[t] ** 2)
            grads["Wb"] += np.outer(xs[t], da)
            grads["Ub"] += np.outer(behind[t + 1], da)
            grads["bb"] += da
            earlier = Ub @ da
    return grads


def rnn_forward(x, W, U, b):
    N, T, _ = x.shape
    h = np.zeros((N, T + 1, H))  # the last place is the state before the first
    for t in range(T):
        h[:, t] = np.tanh(x[:, t] @ W + h[:, t - 1] @ U + b)
    return h


def rnn_backward(dh, x, h, U):
    dW, dU, db = 0, 0, 0
    carry = np.zeros((len(x), H))
    for t in reversed(range(x.shape[1])):
        da = (dh[:, t] + carry) * (1 - h[:, t] ** 2)
        dW = dW + x[:, t].T @ da
        dU = dU + h[:, t - 1].T @ da
        db = db + da.sum(axis=0)
        carry = da @ U.T
    return dW, dU, db


def backprop(Wf, Uf, bf, Wb, Ub, bb, V, c, rows, colour):
    N, T = colour.shape
    flipped = rows[:, ::-1]
    hf = rnn_forward(rows, Wf, Uf, bf)
    hb = rnn_forward(flipped, Wb, Ub, bb)
    joined = np.concatenate([hf[:, :T], hb[:, :T][:, ::-1]], axis=2)

    scores = joined @ V + c
    p = np.exp(scores - scores.max(axis=2, keepdims=True))
    p /= p.sum(axis=2, keepdims=True)
    dscores = (p - np.eye(3)[colour]) / (N * T)
    dV = np.einsum("nth,ntk->hk", joined, dscores)
    dc = dscores.sum(axis=(0, 1))

    djoined = dscores @ V.T
    dhf = djoined[:, :, :H]
    dhb = djoined[:, :, H:]
    dWf, dUf, dbf = rnn_backward(dhf, rows, hf, Uf)
    dWb, dUb, dbb = rnn_backward(dhb, flipped, hb, Ub)
    return dWf, dUf, dbf, dWb, dUb, dbb, dV, dc

"""Char rnn nothing from the next step.

expected kind: missing-term or detached
wrong line: 70 or 71
correction 70: dh = V.T @ dy + dh_next
correction 71: draw = (dh + dh_next) * (1 - h[t] ** 2)
what: What the next step hands back is computed and never added to the gradient of the state
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "W", "V", "b", "c"]
inputs, targets = [2, 0, 3, 3, 1], [0, 3, 3, 1, 2]


def data(seed=0):
    r = np.random.default_rng(seed)
    h, v = 5, 4
    return (
        r.normal(size=(h, v)),
        r.normal(size=(h, h)) * 0.6,
        r.normal(size=(v, h)),
        r.normal(size=(h, 1)),
        r.normal(size=(v, 1)),
        r.normal(size=(h, 1)),
    )


def loss(U, W, V, b, c, h0):
    h, total = h0, 0
    for ix, target in zip(inputs, targets):
        h = np.tanh(U[:, [ix]] + W @ h + b)
        y = V @ h + c
        total = total + np.log(np.sum(np.exp(y))) - y[target, 0]
    return total


def right(U, W, V, b, c, h0):
    H, P = [h0[:, 0]], []
    for ix in inputs:
        H.append(np.tanh(U[:, ix] + W @ H[-1] + b[:, 0]))
        e = np.exp(V @ H[-1] + c[:, 0])
        P.append(e / e.sum())
    G = np.array(P) - np.eye(4)[targets]
    D, carry = [], 0
    for t in range(4, -1, -1):
        D.insert(0, (G[t] @ V + carry) * (1 - H[t + 1] ** 2))
        carry = D[0] @ W
    D = np.array(D)
    return D.T @ np.eye(4)[inputs], D.T @ np.array(H[:-1]), G.T @ np.array(H[1:]), D.sum(0)[:, None], G.sum(0)[:, None]


def bptt(U, W, V, b, c, h0):
    steps, vocab = len(inputs), U.shape[1]
    x, h, p = {}, {-1: h0.copy()}, {}
    for t in range(steps):
        x[t] = np.eye(vocab)[:, [inputs[t]]]
        h[t] = np.tanh(U @ x[t] + W @ h[t - 1] + b)
        scores = V @ h[t] + c
        e = np.exp(scores - scores.max())
        p[t] = e / e.sum()
    dU, dW, dV, db, dc = (np.zeros_like(w) for w in (U, W, V, b, c))
    dh_next = np.zeros_like(h0)
    for t in range(steps - 1, -1, -1):
        dy = p[t] - np.eye(vocab)[:, [targets[t]]]
        dc += dy
        dV += dy @ h[t].T
        dh = V.T @ dy
        draw = dh * (1 - h[t] ** 2)
        db += draw
        dW += draw @ h[t - 1].T
        dU += draw @ x[t].T
        dh_next = W.T @ draw
    return dU, dW, dV, db, dc


def backprop(U, W, V, b, c, h0):
    return bptt(U, W, V, b, c, h0)

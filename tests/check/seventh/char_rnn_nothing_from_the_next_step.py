"""Char rnn nothing from the next step.

expected kind: missing-term or detached
wrong line: 72 or 73
correction 72: dh = np.dot(V.T, dy) + dhnext
correction 73: dhraw = (1 - hs[t] * hs[t]) * (dh + dhnext)
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
    xs, hs, ys, ps = {}, {}, {}, {}
    hs[-1] = np.copy(h0)
    for t in range(len(inputs)):
        xs[t] = np.zeros((U.shape[1], 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(U, xs[t]) + np.dot(W, hs[t - 1]) + b)
        ys[t] = np.dot(V, hs[t]) + c
        ps[t] = np.exp(ys[t]) / np.sum(np.exp(ys[t]))
    dU, dW, dV = np.zeros_like(U), np.zeros_like(W), np.zeros_like(V)
    db, dc = np.zeros_like(b), np.zeros_like(c)
    dhnext = np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dV += np.dot(dy, hs[t].T)
        dc += dy
        dh = np.dot(V.T, dy)
        dhraw = (1 - hs[t] * hs[t]) * dh
        db += dhraw
        dU += np.dot(dhraw, xs[t].T)
        dW += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(W.T, dhraw)
    return dU, dW, dV, db, dc


def backprop(U, W, V, b, c, h0):
    return bptt(U, W, V, b, c, h0)

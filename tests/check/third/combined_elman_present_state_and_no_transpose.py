"""Combined elman present state and no transpose.

expected kind: wrong-point or stale-value + transpose
wrong line: 68 and 69
correction 68: dWhh += np.outer(dhraw, hs[t - 1])
correction 69: dhnext = np.dot(Whh.T, dhraw)
what: The recurrent weights meet the state that they have made, and the gradient goes back through them
    untransposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (
        r.normal(size=(4, 3)) * 0.6, r.normal(size=(4, 4)) * 0.6, r.normal(size=(3, 4)), r.normal(size=4),
        np.array([0, 2, 1, 2]), np.array([2, 1, 2, 0]),
    )


def loss(Wxh, Whh, Why, bh, inputs, targets):
    h, total = np.zeros(4), 0
    for i, t in zip(inputs, targets):
        h = np.tanh(Wxh[:, i] + Whh @ h + bh)
        y = Why @ h
        total = total + np.log(np.sum(np.exp(y))) - y[t]
    return total


def right(Wxh, Whh, Why, bh, inputs, targets):
    X, hs = np.eye(3)[inputs], [np.zeros(4)]
    for x in X:
        hs.append(np.tanh(Wxh @ x + Whh @ hs[-1] + bh))
    H = np.array(hs[1:])
    E = np.exp(H @ Why.T)
    D = E / E.sum(1, keepdims=True) - np.eye(3)[targets]
    A, carry = np.zeros((4, 4)), np.zeros(4)
    for t in range(3, -1, -1):
        A[t] = (D[t] @ Why + carry) * (1 - H[t] ** 2)
        carry = A[t] @ Whh
    return A.T @ X, A.T @ np.array(hs[:-1]), D.T @ H, A.sum(0)


def backprop(Wxh, Whh, Why, bh, inputs, targets):
    xs, hs, ps = {}, {}, {}
    hs[-1] = np.zeros(len(bh))
    for t in range(len(inputs)):
        xs[t] = np.zeros(3)
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t])
        ps[t] = np.exp(y) / np.sum(np.exp(y))
    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dhnext = np.zeros_like(bh), np.zeros_like(hs[0])
    for t in reversed(range(len(inputs))):
        dy = np.copy(ps[t])
        dy[targets[t]] -= 1
        dWhy += np.outer(dy, hs[t])
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        dbh += dhraw
        dWxh += np.outer(dhraw, xs[t])
        dWhh += np.outer(dhraw, hs[t])
        dhnext = np.dot(Whh, dhraw)
    return dWxh, dWhh, dWhy, dbh

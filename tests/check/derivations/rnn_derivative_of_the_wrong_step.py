"""The tanh's derivative is taken one step too far.

expected kind: wrong-point or stale-value
wrong line: 68 or 69
correction 68: state = state_list[k]
correction 69: delta_list[k] = err * (1 - state_list[k] ** 2)
what: the derivative is taken at the next step's state
source: https://github.com/hanbt/learn_dl/issues/7
said: In calc_delta_k the derivative is applied to state_list[k+1] where it should be [k]; a reader checked it
    with differences.
"""

import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [
        r.integers(4, size=5), r.integers(4, size=5), 0.5 * r.normal(size=3),
        r.normal(size=(3, 4)), r.normal(size=(3, 3)), r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=4),
    ]


def loss(inputs, targets, h0, Wxh, Whh, Why, bh, by):
    h, total = h0, 0.0
    for i, k in zip(inputs, targets):
        h = np.tanh(Wxh[:, i] + Whh @ h + bh)
        z = Why @ h + by
        total = total + np.log(np.sum(np.exp(z))) - z[k]
    return total


def right(inputs, targets, h0, Wxh, Whh, Why, bh, by):
    T = len(inputs)
    H = np.zeros((T + 1, 3))
    H[0] = h0
    for t in range(T):
        H[t + 1] = np.tanh(Wxh[:, inputs[t]] + Whh @ H[t] + bh)
    E = np.exp(H[1:] @ Why.T + by)
    D = E / E.sum(1, keepdims=True) - np.eye(4)[targets]
    A = np.zeros((T, 3))
    carried = np.zeros(3)
    for t in reversed(range(T)):
        A[t] = (D[t] @ Why + carried) * (1 - H[t + 1] ** 2)
        carried = A[t] @ Whh
    return A.T @ np.eye(4)[inputs], A.T @ H[:-1], D.T @ H[1:], A.sum(0), D.sum(0)


def backprop(inputs, targets, h0, Wxh, Whh, Why, bh, by):
    state_list, probs = [h0], []
    for i in inputs:
        state_list.append(np.tanh(Wxh[:, i] + Whh.dot(state_list[-1]) + bh))
        o = np.exp(Why.dot(state_list[-1]) + by)
        probs.append(o / o.sum())
    times = len(inputs)
    dWxh, dWhh, dWhy, dbh, dby = [np.zeros_like(p) for p in (Wxh, Whh, Why, bh, by)]
    delta_list = [None] * (times + 1)
    for k in range(times, 0, -1):
        out = probs[k - 1].copy()
        out[targets[k - 1]] -= 1
        dWhy += np.outer(out, state_list[k])
        dby += out
        err = Why.T.dot(out)
        if k < times:
            err = err + Whh.T.dot(delta_list[k + 1])
        state = state_list[min(k + 1, times)]
        delta_list[k] = err * (1 - state ** 2)
        dWxh[:, inputs[k - 1]] += delta_list[k]
        dWhh += np.outer(delta_list[k], state_list[k - 1])
        dbh += delta_list[k]
    return dWxh, dWhh, dWhy, dbh, dby

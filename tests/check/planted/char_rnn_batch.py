"""Vanilla RNN, many to many, softmax at every step; after min-char-rnn, with a batch of columns."""
import numpy as np

PARAMETERS = ["Wxh", "Whh", "Why", "bh", "by", "h0"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    T, N, D, H, V = 4, 3, 5, 6, 2
    xs = rng.normal(size=(T, D, N))
    targets = rng.integers(0, V, size=(T, N))
    return (xs, targets, 0.6 * rng.normal(size=(H, D)), 0.6 * rng.normal(size=(H, H)), rng.normal(size=(V, H)),
            rng.normal(size=(H, 1)), rng.normal(size=(V, 1)), rng.normal(size=(H, N)))


def loss(xs, targets, Wxh, Whh, Why, bh, by, h0):
    h, total = h0, 0.0
    columns = np.arange(targets.shape[1])
    for x, target in zip(xs, targets):
        h = np.tanh(Wxh @ x + Whh @ h + bh)
        y = Why @ h + by
        total = total + np.sum(np.log(np.sum(np.exp(y), axis=0)) - y[target, columns])
    return total / targets.shape[1]


def backprop(xs, targets, Wxh, Whh, Why, bh, by, h0):
    T, N = targets.shape
    hs, ps = {-1: h0}, {}
    for t in range(T):
        hs[t] = np.tanh(np.dot(Wxh, xs[t]) + np.dot(Whh, hs[t - 1]) + bh)
        y = np.dot(Why, hs[t]) + by
        ps[t] = np.exp(y) / np.sum(np.exp(y), axis=0)

    grads = {k: np.zeros_like(v) for k, v in zip(PARAMETERS, (Wxh, Whh, Why, bh, by, h0))}
    dhnext = np.zeros_like(h0)
    for t in reversed(range(T)):
        dy = np.copy(ps[t])
        dy[targets[t], np.arange(N)] -= 1
        dy /= N
        grads["Why"] += np.dot(dy, hs[t].T)
        grads["by"] += np.sum(dy, axis=1, keepdims=True)
        dh = np.dot(Why.T, dy) + dhnext
        dhraw = (1 - hs[t] * hs[t]) * dh
        grads["bh"] += np.sum(dhraw, axis=1, keepdims=True)
        grads["Wxh"] += np.dot(dhraw, xs[t].T)
        grads["Whh"] += np.dot(dhraw, hs[t - 1].T)
        dhnext = np.dot(Whh.T, dhraw)
    grads["h0"] = dhnext
    return grads


MISTAKES = [
    ("grads[\"Whh\"] += np.dot(dhraw, hs[t - 1].T)", "grads[\"Whh\"] += np.dot(dhraw, hs[t].T)", "stale-value or wrong-point",
     "the state after the step"),
    ("dh = np.dot(Why.T, dy) + dhnext", "dh = np.dot(Why.T, dy)", "missing-term or detached", "nothing comes from later steps"),
    ("dhnext = np.dot(Whh.T, dhraw)", "dhnext = np.dot(Whh, dhraw)", "transpose", "Whh is square, so nobody notices"),
    ("dhnext = np.dot(Whh.T, dhraw)", "dhnext = np.dot(Whh.T, dh)", "missing-factor", "dh in place of dhraw: tanh' skipped between the steps"),
    ("(1 - hs[t] * hs[t]) * dh", "(1 - hs[t - 1] * hs[t - 1]) * dh", "wrong-point", "tanh' at the state before"),
    ("(1 - hs[t] * hs[t]) * dh", "1 - hs[t] * hs[t] * dh", "missing-factor or missing-term", "brackets forgotten"),
    ("grads[\"Wxh\"] += np.dot(dhraw, xs[t].T)", "grads[\"Wxh\"] = np.dot(dhraw, xs[t].T)", "missing-sum or missing-term",
     "= for +=: the first step only"),
    ("reversed(range(T))", "range(T)", "reversed or missing-term or wrong-point", "the loop goes forward in time"),
    ("        dy = np.copy(ps[t])\n", "        dhnext = np.zeros_like(h0)\n        dy = np.copy(ps[t])\n", "missing-term or detached",
     "dhnext is reset at every step"),
    ("        dy /= N\n", "", "sum-for-mean", "not averaged over the batch"),
    ("grads[\"bh\"] += np.sum(dhraw, axis=1, keepdims=True)", "grads[\"bh\"] += np.sum(dh, axis=1, keepdims=True)",
     "missing-factor", "dh for dhraw"),
    ("grads[\"h0\"] = dhnext", "grads[\"h0\"] = dh", "missing-factor", "the gradient of the first state, not of that before"),
    ("        dhraw = (1 - hs[t] * hs[t]) * dh\n", "        dhraw = (1 - hs[t] * hs[t]) * np.dot(Why.T, dy) + dhnext\n", "missing-factor",
     "what comes from later is added after tanh'"),
    ("dy[targets[t], np.arange(N)] -= 1", "dy[targets[t]] -= 1", "wrong-axis or wrong-shape or repeated-term",
     "whole rows are changed: no index of the column"),
    ("dy[targets[t], np.arange(N)] -= 1", "dy[targets[t - 1], np.arange(N)] -= 1", "wrong-shape or wrong-point",
     "targets of the step before"),
    ("grads[\"by\"] += np.sum(dy, axis=1, keepdims=True)", "grads[\"by\"] += np.sum(ps[t], axis=1, keepdims=True) / N",
     "missing-term", "ps for dy: the 1 of the target is missing"),
    ("        dhnext = np.dot(Whh.T, dhraw)\n    grads", "        dhnext += np.dot(Whh.T, dhraw)\n    grads", "repeated-term",
     "dhnext is accumulated like the gradients of the weights"),
]

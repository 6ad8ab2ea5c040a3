"""Unrolled by hand, the first step uses its own state for the one before.

expected kind: stale-value or wrong-point
wrong line: 72
correction 72: h_weight_grad += h0_grad[:, np.newaxis] @ h0[np.newaxis, :]
what: in the first step the recurrent weights get the state of that step itself
source: https://github.com/VikParuchuri/zero_to_gpt/issues/9
said: For t = 2 the state of t = 1 is used, rightly; for t = 1 it is used again, where the state of t = 0
    belongs.
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
    n = len(inputs)
    hiddens = np.zeros((n, h0.size)); outs = np.zeros((n, by.size))
    prev = h0
    for t in range(n):
        prev = np.tanh(Wxh[:, inputs[t]] + Whh @ prev + bh)
        hiddens[t, :] = prev
        outs[t, :] = Why @ prev + by
    outs = np.exp(outs)
    out_grads = outs / outs.sum(axis=1, keepdims=True)
    out_grads[np.arange(n), targets] -= 1

    i_weight_grad, h_weight_grad = np.zeros_like(Wxh), np.zeros_like(Whh)
    h_bias_grad = np.zeros_like(bh)
    next_grad = np.zeros_like(h0)
    for t in range(n - 1, 0, -1):
        h_grad = (Why.T @ out_grads[t] + next_grad) * (1 - hiddens[t] ** 2)
        h_weight_grad += h_grad[:, np.newaxis] @ hiddens[t - 1, :][np.newaxis, :]
        h_bias_grad += h_grad
        i_weight_grad[:, inputs[t]] += h_grad
        next_grad = Whh.T @ h_grad
    h0_grad = (Why.T @ out_grads[0] + next_grad) * (1 - hiddens[0] ** 2)
    h_weight_grad += h0_grad[:, np.newaxis] @ hiddens[0, :][np.newaxis, :]
    h_bias_grad += h0_grad
    i_weight_grad[:, inputs[0]] += h0_grad
    return i_weight_grad, h_weight_grad, out_grads.T @ hiddens, h_bias_grad, out_grads.sum(axis=0)

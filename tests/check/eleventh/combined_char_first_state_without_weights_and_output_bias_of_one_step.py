"""Combined char first state without weights and output bias of one step.

expected kind: missing-term or missing-sum + missing-factor or wrong-point
wrong line: 88 and 89
correction 88: grads["c"] = sum(p)
correction 89: grads["h0"] = W.T.dot(deltas[0])
what: The first state's gradient is that of the first step's input, without the recurrent weights; the output bias has the last step only
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["U", "W", "V", "b", "c", "h0"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 5), (3, 3), (5, 3), 3, 5, 3]
    return *(r.normal(size=s) for s in shapes), np.array([1, 4, 0, 0, 3, 2])


def sigma(a):
    return 1 / (1 + np.exp(-a))


def loss(U, W, V, b, c, h0, text):
    h, total, T = h0, 0, len(text) - 1
    for t in range(T):
        h = sigma(U[:, text[t]] + W @ h + b)
        o = V @ h + c
        total = total - (o[text[t + 1]] - np.log(np.sum(np.exp(o))))
    return total / T


def one_hot(index, size):
    v = np.zeros(size)
    v[index] = 1.0
    return v


def right(U, W, V, b, c, h0, text):
    inputs, targets = text[:-1], text[1:]
    T, K = len(inputs), len(c)
    states, outputs = [h0], []
    for index in inputs:
        states.append(sigma(U @ one_hot(index, K) + W @ states[-1] + b))
        o = V @ states[-1] + c
        outputs.append(np.exp(o) / np.exp(o).sum())

    dU, dW, dV = np.zeros(U.shape), np.zeros(W.shape), np.zeros(V.shape)
    db, dc = np.zeros(b.shape), np.zeros(c.shape)
    dh = np.zeros(h0.shape)
    while states[1:]:
        s = states.pop()
        t = len(states) - 1
        do = (outputs[t] - one_hot(targets[t], K)) / T
        dV += np.outer(do, s)
        dc += do
        dh += V.T @ do
        da = dh * s * (1 - s)
        dU += np.outer(da, one_hot(inputs[t], K))
        dW += np.outer(da, states[-1])
        db += da
        dh = W.T @ da
    return dU, dW, dV, db, dc, dh


def backprop(U, W, V, b, c, h0, text):
    T = len(text) - 1
    h, p = [h0], []
    for t in range(T):
        h.append(sigma(U[:, text[t]] + W.dot(h[t]) + b))
        z = V.dot(h[t + 1]) + c
        p.append(np.exp(z - z.max()) / np.sum(np.exp(z - z.max())))
        p[t][text[t + 1]] -= 1

    deltas = [np.zeros(len(b)) for _ in range(T + 1)]
    for t in range(T - 1, -1, -1):
        dh = V.T.dot(p[t]) + W.T.dot(deltas[t + 1])
        deltas[t] = dh * h[t + 1] * (1 - h[t + 1])
    grads = {"U": np.zeros_like(U), "W": np.zeros_like(W), "V": np.zeros_like(V)}
    for t, d in enumerate(deltas[:-1]):
        grads["U"][:, text[t]] += d
        grads["W"] += np.outer(d, h[t])
        grads["V"] += np.outer(p[t], h[t + 1])
    grads["b"] = sum(deltas)
    grads["c"] = p[-1]
    grads["h0"] = deltas[0]
    for name in PARAMETERS:
        grads[name] = grads[name] / T
    return grads

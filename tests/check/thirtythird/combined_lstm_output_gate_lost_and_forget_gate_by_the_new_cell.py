"""An LSTM with a matrix for each gate, the bias in the last row, a loss at every step.

expected kind: stale-value + missing-term or wrong-point + missing-term or stale-value + detached or wrong-point + detached
wrong line: 69 and 76
correction 69: dft = dc * c_prev * ft * (1 - ft)
correction 76: dconcat = dft @ Wf.T + dit @ Wi.T + dcct @ Wc.T + dot @ Wo.T
what: the forget gate with the cell after instead of before; what goes back through the output gate is left out of the state
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_forward(xs, Wf, Wi, Wc, Wo):
    a, c, caches = np.zeros((xs.shape[1], Wf.shape[1])), np.zeros((xs.shape[1], Wf.shape[1])), []
    for xt in xs:
        concat = np.hstack([a, xt, np.ones((len(xt), 1))])
        ft, it = sigmoid(concat @ Wf), sigmoid(concat @ Wi)
        cct, ot = np.tanh(concat @ Wc), sigmoid(concat @ Wo)
        c_prev, c = c, ft * c + it * cct
        a = ot * np.tanh(c)
        caches.append((concat, ft, it, cct, ot, c_prev, c, a))
    return caches


def loss(xs, y, Wf, Wi, Wc, Wo, Wy):
    caches = lstm_forward(xs, Wf, Wi, Wc, Wo)
    return sum(np.sum((cache[-1] @ Wy - yt) ** 2) for cache, yt in zip(caches, y)) / len(xs)


def right(xs, y, Wf, Wi, Wc, Wo, Wy):
    caches = lstm_forward(xs, Wf, Wi, Wc, Wo)
    n_a = Wf.shape[1]
    dWf, dWi, dWc, dWo, dWy = (np.zeros_like(w) for w in (Wf, Wi, Wc, Wo, Wy))
    da_next = dc_next = np.zeros((xs.shape[1], n_a))
    for yt, (concat, ft, it, cct, ot, c_prev, c, a) in zip(y[::-1], caches[::-1]):
        dy = 2 * (a @ Wy - yt) / len(xs)
        dWy += a.T @ dy
        da = dy @ Wy.T + da_next
        dc = dc_next + da * ot * (1 - np.tanh(c) ** 2)
        dot = da * np.tanh(c) * ot * (1 - ot)
        dft = dc * c_prev * ft * (1 - ft)
        dit = dc * cct * it * (1 - it)
        dcct = dc * it * (1 - cct**2)
        dWf += concat.T @ dft
        dWi += concat.T @ dit
        dWc += concat.T @ dcct
        dWo += concat.T @ dot
        dconcat = dft @ Wf.T + dit @ Wi.T + dcct @ Wc.T + dot @ Wo.T
        da_next, dc_next = dconcat[:, :n_a], dc * ft
    return {"Wf": dWf, "Wi": dWi, "Wc": dWc, "Wo": dWo, "Wy": dWy}


def backprop(xs, y, Wf, Wi, Wc, Wo, Wy):
    caches = lstm_forward(xs, Wf, Wi, Wc, Wo)
    n_a = Wf.shape[1]
    dWf, dWi, dWc, dWo, dWy = (np.zeros_like(w) for w in (Wf, Wi, Wc, Wo, Wy))
    da_next = dc_next = np.zeros((xs.shape[1], n_a))
    for yt, (concat, ft, it, cct, ot, c_prev, c, a) in zip(y[::-1], caches[::-1]):
        dy = 2 * (a @ Wy - yt) / len(xs)
        dWy += a.T @ dy
        da = dy @ Wy.T + da_next
        dc = dc_next + da * ot * (1 - np.tanh(c) ** 2)
        dot = da * np.tanh(c) * ot * (1 - ot)
        dft = dc * c * ft * (1 - ft)
        dit = dc * cct * it * (1 - it)
        dcct = dc * it * (1 - cct**2)
        dWf += concat.T @ dft
        dWi += concat.T @ dit
        dWc += concat.T @ dcct
        dWo += concat.T @ dot
        dconcat = dft @ Wf.T + dit @ Wi.T + dcct @ Wc.T
        da_next, dc_next = dconcat[:, :n_a], dc * ft
    return {"Wf": dWf, "Wi": dWi, "Wc": dWc, "Wo": dWo, "Wy": dWy}


PARAMETERS = ["Wf", "Wi", "Wc", "Wo", "Wy"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(4, 5, 3)), r.normal(size=(4, 5, 2)), *(0.6 * r.normal(size=(8, 4)) for _ in range(4)), r.normal(size=(4, 2))]

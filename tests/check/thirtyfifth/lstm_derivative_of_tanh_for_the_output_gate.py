"""An LSTM with a matrix for each gate: the output gate

expected kind: wrong-activation
wrong line: 62
correction 62: dot = da * np.tanh(c_next) * ot * (1 - ot)
what: the output gate is a sigmoid; the derivative of tanh, 1 - o^2, was copied from the line of the candidate
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["Wf", "Wi", "Wc", "Wo", "bf", "bi", "bc", "bo"]


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def lstm_cell_forward(xt, a_prev, c_prev, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
    concat = np.concatenate([a_prev, xt])
    ft, it = sigmoid(Wf @ concat + bf), sigmoid(Wi @ concat + bi)
    cct, ot = np.tanh(Wc @ concat + bc), sigmoid(Wo @ concat + bo)
    c_next = ft * c_prev + it * cct
    return ot * np.tanh(c_next), c_next, (concat, c_prev, c_next, ft, it, cct, ot)


def loss(x, y, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
    a, c, total = np.zeros((3, 2)), np.zeros((3, 2)), 0
    for t in range(4):
        a, c, cache = lstm_cell_forward(x[:, :, t], a, c, Wf, Wi, Wc, Wo, bf, bi, bc, bo)
        total = total + np.sum((a - y[:, :, t]) ** 2) / 2
    return total


def right(x, y, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
    a, c, tape, grads, da, dc = np.zeros((3, 2)), np.zeros((3, 2)), [], [0] * 8, 0, 0
    for t in range(4):
        a, c, cache = lstm_cell_forward(x[:, :, t], a, c, Wf, Wi, Wc, Wo, bf, bi, bc, bo)
        tape = [(a - y[:, :, t], *cache)] + tape
    for e, z, c0, c1, f, i, g, o in tape:
        da, tc = da + e, np.tanh(c1)
        dc = dc + da * o * (1 - tc ** 2)
        pre = [dc * c0 * f * (1 - f), dc * g * i * (1 - i), dc * i * (1 - g ** 2), da * tc * o * (1 - o)]
        grads = [s + p for s, p in zip(grads, [p @ z.T for p in pre] + [p.sum(1, keepdims=True) for p in pre])]
        da, dc = sum(W.T @ p for W, p in zip((Wf, Wi, Wc, Wo), pre))[:3], dc * f
    return grads


def backprop(x, y, Wf, Wi, Wc, Wo, bf, bi, bc, bo):
    a, c, caches, outs = np.zeros((3, 2)), np.zeros((3, 2)), [], []
    for t in range(4):
        a, c, cache = lstm_cell_forward(x[:, :, t], a, c, Wf, Wi, Wc, Wo, bf, bi, bc, bo)
        caches.append(cache)
        outs.append(a)
    g = {"d" + k: 0 for k in PARAMETERS}
    da_prev, dc_prev = np.zeros((3, 2)), np.zeros((3, 2))
    for t in reversed(range(4)):
        concat, c_old, c_next, ft, it, cct, ot = caches[t]
        da = outs[t] - y[:, :, t] + da_prev
        dc = da * ot * (1 - np.tanh(c_next) ** 2) + dc_prev
        dcct = dc * it * (1 - cct ** 2)
        dot = da * np.tanh(c_next) * (1 - ot ** 2)
        dit = dc * cct * it * (1 - it)
        dft = dc * c_old * ft * (1 - ft)
        for k, d in (("f", dft), ("i", dit), ("c", dcct), ("o", dot)):
            g["dW" + k] = g["dW" + k] + d @ concat.T
            g["db" + k] = g["db" + k] + np.sum(d, axis=1, keepdims=True)
        d_concat = Wf.T @ dft + Wi.T @ dit + Wc.T @ dcct + Wo.T @ dot
        da_prev, dc_prev = d_concat[:3], dc * ft
    return [g["d" + k] for k in PARAMETERS]


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(2, 2, 4)), rng.normal(size=(3, 2, 4)), *rng.normal(size=(4, 3, 5)), *rng.normal(size=(4, 3, 1))]

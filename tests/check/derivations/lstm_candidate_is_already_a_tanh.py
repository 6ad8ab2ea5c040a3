"""The candidate's derivative is 1 - tanh(cct)^2, and cct is a tanh.

expected kind: wrong-point or repeated-factor
wrong line: 68
correction 68: dcct = dc * it * (1 - np.square(cct))
what: tanh is applied once more to the candidate inside its derivative
source: https://github.com/jinzishuai/learn2deeplearn/issues/44
said: All works but equation (8) for dcct: a course's formula for the LSTM cell has an erratum discussed in
    its forum.
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wg", "Wo", "bf", "bi", "bg", "bo", "Wv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    xs = r.normal(size=(4, 2))
    weights = [r.normal(size=(3, 5)) for _ in range(4)]
    biases = [r.normal(size=3) for _ in range(4)]
    start = [0.5 * r.normal(size=3), r.normal(size=3)]
    return [xs, r.normal(size=(4, 2)), *start, *weights, *biases, r.normal(size=(2, 3))]


def loss(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    def sigmoid(v):
        return 1 / (1 + np.exp(-v))

    h, c, total = h0, c0, 0.0
    for t in range(4):
        z = np.concatenate([h, xs[t]])
        c = sigmoid(Wf @ z + bf) * c + sigmoid(Wi @ z + bi) * np.tanh(Wg @ z + bg)
        h = sigmoid(Wo @ z + bo) * np.tanh(c)
        total = total + np.sum((Wv @ h - ys[t]) ** 2)
    return total


def right(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    W, b = np.vstack([Wf, Wi, Wo, Wg]), np.concatenate([bf, bi, bo, bg])
    h, c, tape = h0, c0, []
    for x in xs:
        z = np.concatenate([h, x])
        a = W @ z + b
        s, g = 1 / (1 + np.exp(-a[:9])), np.tanh(a[9:])
        old, c = c, s[:3] * c + s[3:6] * g
        h = s[6:] * np.tanh(c)
        tape.append((z, s, g, old, c, h))
    dW, db, dWv, dh, dc = 0 * W, 0 * b, 0 * Wv, 0 * h, 0 * c
    for (z, s, g, old, c, h), y in zip(tape[::-1], ys[::-1]):
        e = 2 * (Wv @ h - y)
        dWv += np.outer(e, h)
        dh = dh + e @ Wv
        dc = dc + dh * s[6:] * (1 - np.tanh(c) ** 2)
        ds = np.concatenate([dc * old, dc * g, dh * np.tanh(c)])
        da = np.concatenate([ds * s * (1 - s), dc * s[3:6] * (1 - g * g)])
        dW += np.outer(da, z)
        db += da
        dh, dc = (da @ W)[:3], dc * s[:3]
    (f, i, o, g), (bf, bi, bo, bg) = np.split(dW, 4), np.split(db, 4)
    return f, i, g, o, bf, bi, bg, bo, dWv


def lstm_cell_backward(da_next, dc_next, cache):
    (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, concat) = cache
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dc = dc_next + ot * (1 - np.square(np.tanh(c_next))) * da_next
    dcct = dc * it * (1 - np.square(np.tanh(cct)))
    dit = dc * cct * it * (1 - it)
    dft = dc * c_prev * ft * (1 - ft)
    return dft, dit, dcct, dot, dc * ft


def backprop(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    a, c = h0, c0
    caches = []
    for xt in xs:
        concat = np.concatenate((a, xt))
        ft, it = sigmoid(np.dot(Wf, concat) + bf), sigmoid(np.dot(Wi, concat) + bi)
        cct, ot = np.tanh(np.dot(Wg, concat) + bg), sigmoid(np.dot(Wo, concat) + bo)
        a_prev, c_prev = a, c
        c = ft * c_prev + it * cct
        a = ot * np.tanh(c)
        caches.append((a, c, a_prev, c_prev, ft, it, cct, ot, concat))
    dW = {"f": 0.0, "i": 0.0, "c": 0.0, "o": 0.0}
    db = dict(dW)
    dWv = np.zeros_like(Wv)
    da_prev, dc_prev = np.zeros_like(a), np.zeros_like(c)
    for t in reversed(range(len(xs))):
        err = 2 * (np.dot(Wv, caches[t][0]) - ys[t])
        dWv += np.outer(err, caches[t][0])
        dft, dit, dcct, dot, dc_prev = lstm_cell_backward(da_prev + np.dot(Wv.T, err), dc_prev, caches[t])
        for key, d in zip("fico", (dft, dit, dcct, dot)):
            dW[key] = dW[key] + np.outer(d, caches[t][-1])
            db[key] = db[key] + d
        back = np.dot(Wf.T, dft) + np.dot(Wi.T, dit) + np.dot(Wg.T, dcct) + np.dot(Wo.T, dot)
        da_prev = back[:a.size]
    return dW["f"], dW["i"], dW["c"], dW["o"], db["f"], db["i"], db["c"], db["o"], dWv

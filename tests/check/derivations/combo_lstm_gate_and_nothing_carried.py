"""Two at once: no derivative at the forget gate, and dh_next and dC_next never change.

expected kind: missing-factor + detached or wrong-activation + missing-term
wrong line: 103 and 88
correction 103: d["f"] = sigmoid(gate["f"], derivative=True) * dC * c_prev
correction 88: return dh_prev, dC_prev
what: f for f(1 - f); nothing is carried from step to step
source: https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1
said: A reader's two questions: a missing derivative=True at the forget gate, and two missing lines that
    update dh_next and dC_next.
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


def sigmoid(v, derivative=False):
    if derivative:
        return v * (1 - v)
    return 1 / (1 + np.exp(-v))


class LSTM:
    def __init__(self, p):
        self.p = p

    def forward(self, xs, h, c):
        self.steps = []
        for x in xs:
            z = np.hstack([h, x])
            gate = {k: sigmoid(self.p["W" + k] @ z + self.p["b" + k]) for k in "fio"}
            gate["g"] = np.tanh(self.p["Wg"] @ z + self.p["bg"])
            c_prev = c
            c = gate["f"] * c_prev + gate["i"] * gate["g"]
            h = gate["o"] * np.tanh(c)
            self.steps.append((z, gate, c_prev, c, h))

    def next_gradients(self, dh_prev, dC_prev):
        zero = np.zeros_like(dh_prev)
        return zero, zero

    def backward(self, ys):
        grads = {k: np.zeros_like(v) for k, v in self.p.items()}
        n = self.p["bf"].size
        dh_next = dC_next = np.zeros(n)
        for (z, gate, c_prev, c, h), y in reversed(list(zip(self.steps, ys))):
            dv = 2 * (self.p["Wv"] @ h - y)
            grads["Wv"] += np.outer(dv, h)
            dh = self.p["Wv"].T @ dv + dh_next
            dC = dC_next + dh * gate["o"] * (1 - np.tanh(c) ** 2)
            d = {}
            d["o"] = sigmoid(gate["o"], derivative=True) * dh * np.tanh(c)
            d["g"] = (1 - gate["g"] ** 2) * dC * gate["i"]
            d["i"] = sigmoid(gate["i"], derivative=True) * dC * gate["g"]
            d["f"] = gate["f"] * dC * c_prev
            for k in "figo":
                grads["W" + k] += np.outer(d[k], z)
                grads["b" + k] += d[k]
            dz = sum(self.p["W" + k].T @ d[k] for k in "figo")
            dh_next, dC_next = self.next_gradients(dz[:n], gate["f"] * dC)
        return grads


def backprop(xs, ys, h0, c0, Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv):
    net = LSTM({"Wf": Wf, "Wi": Wi, "Wg": Wg, "Wo": Wo, "bf": bf, "bi": bi, "bg": bg, "bo": bo, "Wv": Wv})
    net.forward(xs, h0, c0)
    return net.backward(ys)

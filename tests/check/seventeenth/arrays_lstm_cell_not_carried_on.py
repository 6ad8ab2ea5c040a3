"""Arrays lstm cell not carried on.

expected kind: missing-term or missing-factor or detached
wrong line: 112
correction 112: dc = dc * f
given as: arrays
what: The cell's own way to the step before is cut
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wc", "Wo", "Wy"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return (*[0.7 * r.normal(size=(3, 6)) for _ in range(4)], r.normal(size=(4, 3)), r.normal(size=(5, 3, 1)), np.array([1, 3, 0, 2, 2]))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(Wf, Wi, Wc, Wo, Wy, xs, labels):
    h, c, total = np.zeros((3, 1)), np.zeros((3, 1)), 0
    for t in range(len(labels)):
        f = sigmoid(Wf[:, :3] @ h + Wf[:, 3:] @ xs[t])
        i = sigmoid(Wi[:, :3] @ h + Wi[:, 3:] @ xs[t])
        k = np.tanh(Wc[:, :3] @ h + Wc[:, 3:] @ xs[t])
        o = sigmoid(Wo[:, :3] @ h + Wo[:, 3:] @ xs[t])
        c = f * c + i * k
        h = o * np.tanh(c)
        scores = Wy @ h
        total = total + np.log(np.sum(np.exp(scores))) - scores[labels[t], 0]
    return total / len(labels)


class LSTM:
    def __init__(self, Wf, Wi, Wc, Wo, Wy):
        self.p = dict(Wf=Wf, Wi=Wi, Wc=Wc, Wo=Wo, Wy=Wy)

    def forward(self, xs):
        h, c, self.steps = np.zeros((3, 1)), np.zeros((3, 1)), []
        p = self.p
        for x in xs:
            z = np.vstack((h, x))
            f, i, o = sigmoid(p["Wf"].dot(z)), sigmoid(p["Wi"].dot(z)), sigmoid(p["Wo"].dot(z))
            k = np.tanh(p["Wc"].dot(z))
            c_prev = c
            c = f * c_prev + i * k
            h = o * np.tanh(c)
            e = np.exp(p["Wy"].dot(h))
            self.steps.append((z, f, i, k, o, c_prev, c, h, e / e.sum()))

    def backward(self, labels):
        p, d = self.p, {n: np.zeros_like(w) for n, w in self.p.items()}
        dh_next, dc_next = np.zeros((3, 1)), np.zeros((3, 1))
        for t in reversed(range(len(labels))):
            z, f, i, k, o, c_prev, c, h, prob = self.steps[t]
            dv = prob.copy()
            dv[labels[t]] -= 1
            dv /= len(labels)
            d["Wy"] += dv.dot(h.T)
            dh = p["Wy"].T.dot(dv) + dh_next
            do = dh * np.tanh(c) * o * (1 - o)
            dc = dc_next + dh * o * (1 - np.tanh(c) ** 2)
            dk = dc * i * (1 - k**2)
            di = dc * k * i * (1 - i)
            df = dc * c_prev * f * (1 - f)
            for name, delta in zip(("Wf", "Wi", "Wc", "Wo"), (df, di, dk, do)):
                d[name] += delta.dot(z.T)
            dz = p["Wf"].T.dot(df) + p["Wi"].T.dot(di) + p["Wc"].T.dot(dk) + p["Wo"].T.dot(do)
            dh_next, dc_next = dz[:3], f * dc
        return d


def right(Wf, Wi, Wc, Wo, Wy, xs, labels):
    net = LSTM(Wf, Wi, Wc, Wo, Wy)
    net.forward(xs)
    return net.backward(labels)


def backprop(Wf, Wi, Wc, Wo, Wy, xs, labels):
    T = len(labels)
    z, gate = np.zeros((T, 6)), np.zeros((T, 4, 3))
    h, c = np.zeros((T + 1, 3)), np.zeros((T + 1, 3))
    for t in range(T):
        z[t] = np.concatenate((h[t], xs[t, :, 0]))
        gate[t] = sigmoid(Wf @ z[t]), sigmoid(Wi @ z[t]), np.tanh(Wc @ z[t]), sigmoid(Wo @ z[t])
        c[t + 1] = gate[t, 0] * c[t] + gate[t, 1] * gate[t, 2]
        h[t + 1] = gate[t, 3] * np.tanh(c[t + 1])
    e = np.exp(h[1:] @ Wy.T)
    dscores = e / e.sum(axis=1, keepdims=True)
    dscores[np.arange(T), labels] -= 1
    dscores = dscores / T
    dWy = dscores.T @ h[1:]
    above = dscores @ Wy
    da = np.zeros((T, 4, 3))
    dh, dc = np.zeros(3), np.zeros(3)
    for t in range(T - 1, -1, -1):
        f, i, k, o = gate[t]
        dh = dh + above[t]
        u = np.tanh(c[t + 1])
        dc += dh * o * (1 - u * u)
        da[t, 0] = dc * c[t] * f * (1 - f)
        da[t, 1] = dc * k * i * (1 - i)
        da[t, 2] = dc * i * (1 - k * k)
        da[t, 3] = dh * u * o * (1 - o)
        dh = da[t, 0] @ Wf[:, :3] + da[t, 1] @ Wi[:, :3] + da[t, 2] @ Wc[:, :3] + da[t, 3] @ Wo[:, :3]
        dc = np.zeros(3)
    dWf, dWi, dWc, dWo = (np.einsum("th,tz->hz", da[:, j], z) for j in range(4))
    return dWf, dWi, dWc, dWo, dWy

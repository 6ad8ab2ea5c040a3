"""Forget gate passed through the sigmoid again.

expected kind: wrong-activation or missing-factor or wrong-point
wrong line: 79
correction 79: df = sigmoid(f[t], derivative=True) * dc * c[t]
what: The forget gate's gradient is multiplied by the sigmoid, not by its derivative
source: github.com/CaptainE/RNN-LSTM-in-numpy, issue 1
said: The forget gate calls the sigmoid without asking for the derivative, as the other gates do.
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wg", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return *[0.5 * r.normal(size=(3, 5)) for _ in range(4)], r.normal(size=(3, 2)), r.normal(size=3)


def loss(Wf, Wi, Wg, Wo, xs, goal):
    h, c = np.zeros(3), np.zeros(3)
    for x in xs:
        z = np.concatenate([h, x])
        f, i, o = 1 / (1 + np.exp(-(Wf @ z))), 1 / (1 + np.exp(-(Wi @ z))), 1 / (1 + np.exp(-(Wo @ z)))
        c = f * c + i * np.tanh(Wg @ z)
        h = o * np.tanh(c)
    return 0.5 * np.sum((h - goal) ** 2)


def right(Wf, Wi, Wg, Wo, xs, goal):
    W = np.vstack([Wf, Wi, Wo, Wg])
    h, c, tape = np.zeros(3), np.zeros(3), []
    for x in xs:
        z, old = np.r_[h, x], c
        a = W @ z
        s, g = 1 / (1 + np.exp(-a[:9])).reshape(3, 3), np.tanh(a[9:])
        c = s[0] * c + s[1] * g
        h = s[2] * np.tanh(c)
        tape.append((z, s, g, old, np.tanh(c)))
    dW, dh, dc = 0 * W, h - goal, 0
    for z, s, g, old, t in tape[::-1]:
        dc = dc + dh * s[2] * (1 - t * t)
        da = np.r_[(np.array([dc * old, dc * g, dh * t]) * s * (1 - s)).ravel(), dc * s[1] * (1 - g * g)]
        dW, dc, dh = dW + np.outer(da, z), dc * s[0], W[:, :3].T @ da
    return dW[:3], dW[3:6], dW[9:], dW[6:9]


def sigmoid(x, derivative=False):
    return x * (1 - x) if derivative else 1 / (1 + np.exp(-x))


def tanh(x, derivative=False):
    return 1 - x**2 if derivative else np.tanh(x)


def backprop(Wf, Wi, Wg, Wo, xs, goal):
    H = 3
    h, c = [np.zeros(H)], [np.zeros(H)]
    z, f, i, g, o = [], [], [], [], []
    for x in xs:
        z.append(np.hstack((h[-1], x)))
        f.append(sigmoid(np.dot(Wf, z[-1])))
        i.append(sigmoid(np.dot(Wi, z[-1])))
        g.append(tanh(np.dot(Wg, z[-1])))
        o.append(sigmoid(np.dot(Wo, z[-1])))
        c.append(f[-1] * c[-1] + i[-1] * g[-1])
        h.append(o[-1] * tanh(c[-1]))
    Wf_d, Wi_d, Wg_d, Wo_d = (np.zeros_like(W) for W in (Wf, Wi, Wg, Wo))
    dh_next, dc_next = h[-1] - goal, np.zeros(H)
    for t in reversed(range(len(xs))):
        do = sigmoid(o[t], derivative=True) * dh_next * tanh(c[t + 1])
        Wo_d += np.outer(do, z[t])
        dc = dc_next + dh_next * o[t] * tanh(tanh(c[t + 1]), derivative=True)
        dg = tanh(g[t], derivative=True) * dc * i[t]
        Wg_d += np.outer(dg, z[t])
        di = sigmoid(i[t], derivative=True) * dc * g[t]
        Wi_d += np.outer(di, z[t])
        df = sigmoid(f[t]) * dc * c[t]
        Wf_d += np.outer(df, z[t])
        dz = Wf.T @ df + Wi.T @ di + Wg.T @ dg + Wo.T @ do
        dh_next, dc_next = dz[:H], f[t] * dc
    return Wf_d, Wi_d, Wg_d, Wo_d

"""A recurrent network whose hidden gradient isn't passed back in time.

expected kind: detached or missing-term
wrong line: 67
correction 67: dL_ht = np.dot(np.transpose(self.Wyh), dQ) + dL_next
what: each step's hidden gradient has only its own output's share
source: https://github.com/qixianbiao/RNN/issues/2
said: The gradient of h isn't handed to the step before; the proposed code adds W_hh^T dt to it.
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


class RNN:
    def __init__(self, Wxh, Whh, Wyh, Bhh, Byh):
        self.Wxh, self.Whh, self.Wyh, self.Bhh, self.Byh = Wxh, Whh, Wyh, Bhh, Byh

    def forward(self, x, h):
        hs, outputs = [h], []
        for t in range(x.shape[1]):
            hs.append(np.tanh(np.dot(self.Wxh, x[:, t]) + np.dot(self.Whh, hs[-1]) + self.Bhh))
            z = np.dot(self.Wyh, hs[-1]) + self.Byh
            outputs.append(np.exp(z) / np.sum(np.exp(z)))
        return hs, outputs

    def backward(self, x, y, hs, output):
        D_Wyh, D_Byh = np.zeros_like(self.Wyh), np.zeros_like(self.Byh)
        D_Whh, D_Wxh, D_Bxh = np.zeros_like(self.Whh), np.zeros_like(self.Wxh), np.zeros_like(self.Bhh)
        dL_next = np.zeros_like(hs[0])
        for t in range(x.shape[1] - 1, -1, -1):
            dQ = output[t] - y[:, t]
            dL_ht = np.dot(np.transpose(self.Wyh), dQ)
            D_Wyh += np.outer(dQ, hs[t + 1])
            D_Byh += dQ
            dt = (1 - hs[t + 1] * hs[t + 1]) * dL_ht
            D_Wxh += np.outer(dt, x[:, t])
            D_Whh += np.outer(dt, hs[t])
            D_Bxh += dt
            dL_next = np.dot(np.transpose(self.Whh), dt)
        return D_Wxh, D_Whh, D_Wyh, D_Bxh, D_Byh


def backprop(inputs, targets, h0, Wxh, Whh, Why, bh, by):
    net = RNN(Wxh, Whh, Why, bh, by)
    onehot = np.eye(by.size)
    x, y = onehot[inputs].T, onehot[targets].T
    return net.backward(x, y, *net.forward(x, h0))

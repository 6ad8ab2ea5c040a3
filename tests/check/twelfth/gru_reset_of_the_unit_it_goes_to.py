"""Gru reset of the unit it goes to.

expected kind: swapped-operands or wrong-point or wrong-mask
wrong line: 102
correction 102: dh_prev += drh * r
what: What goes back through the reset state is gated before the recurrent weights, and not behind them
source: https://github.com/ooples/AiDotNet/pull/722
said: the reset gate of the unit that is computed was applied to all states, it should be that of each state
"""

import numpy as np

PARAMETERS = ["Wz", "Uz", "Wr", "Ur", "Wh", "Uh", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    H, D = 3, 2
    Wz, Wr, Wh = (r.normal(size=(H, D)) for _ in range(3))
    Uz, Ur, Uh = (r.normal(size=(H, H)) for _ in range(3))
    V, xs, ys = r.normal(size=(1, H)), r.normal(size=(4, D)), r.normal(size=(4, 1))
    return Wz, Uz, Wr, Ur, Wh, Uh, V, xs, ys


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(Wz, Uz, Wr, Ur, Wh, Uh, V, xs, ys):
    h, total = np.zeros(3), 0.0
    for x, y in zip(xs, ys):
        z = sigmoid(Wz @ x + Uz @ h)
        r = sigmoid(Wr @ x + Ur @ h)
        g = np.tanh(Wh @ x + Uh @ (r * h))
        h = (1 - z) * h + z * g
        total = total + 0.5 * np.sum((V @ h - y) ** 2)
    return total


def right(Wz, Uz, Wr, Ur, Wh, Uh, V, xs, ys):
    h, steps = np.zeros(3), []
    for x in xs:
        z = sigmoid(Wz.dot(x) + Uz.dot(h))
        r = sigmoid(Wr.dot(x) + Ur.dot(h))
        g = np.tanh(Wh.dot(x) + Uh.dot(r * h))
        steps.append((x, h, z, r, g))
        h = (1 - z) * h + z * g

    dWz, dUz, dWr, dUr, dWh, dUh, dV = map(np.zeros_like, (Wz, Uz, Wr, Ur, Wh, Uh, V))
    future = np.zeros(3)
    for t in range(len(xs) - 1, -1, -1):
        x, h_prev, z, r, g = steps[t]
        h = (1 - z) * h_prev + z * g
        error = V.dot(h) - ys[t]
        dV += np.outer(error, h)
        d3 = V.T.dot(error) + future
        d4 = (1 - z) * d3
        d5 = d3 * h_prev
        d6 = -d5
        d7 = d3 * g
        d8 = d3 * z
        d9 = d6 + d7
        d10 = d8 * (1 - g**2)
        d11 = d9 * z * (1 - z)
        d13 = Uh.T.dot(d10)
        d16 = d13 * h_prev
        d17 = d13 * r
        d18 = d16 * r * (1 - r)
        dWh += np.outer(d10, x)
        dUh += np.outer(d10, r * h_prev)
        dWz += np.outer(d11, x)
        dUz += np.outer(d11, h_prev)
        dWr += np.outer(d18, x)
        dUr += np.outer(d18, h_prev)
        future = d4 + d17 + Uz.T.dot(d11) + Ur.T.dot(d18)
    return dWz, dUz, dWr, dUr, dWh, dUh, dV


class GRUCell:
    def __init__(self, params):
        self.p = params
        self.grads = {k: np.zeros_like(v) for k, v in params.items()}

    def forward(self, x, h):
        p = self.p
        z = sigmoid(p["Wz"] @ x + p["Uz"] @ h)
        r = sigmoid(p["Wr"] @ x + p["Ur"] @ h)
        g = np.tanh(p["Wh"] @ x + p["Uh"] @ (r * h))
        return (1 - z) * h + z * g, (x, h, z, r, g)

    def backward(self, dh, cache):
        x, h, z, r, g = cache
        p, grads = self.p, self.grads
        dz = dh * (g - h) * z * (1 - z)
        dg = dh * z * (1 - g * g)
        drh = p["Uh"].T @ dg
        dr = drh * h * r * (1 - r)
        for gate, d, inner in (("z", dz, h), ("r", dr, h), ("h", dg, r * h)):
            grads["W" + gate] += np.outer(d, x)
            grads["U" + gate] += np.outer(d, inner)
        dh_prev = dh * (1 - z)
        dh_prev += p["Uh"].T @ (dg * r)
        dh_prev += p["Uz"].T @ dz + p["Ur"].T @ dr
        return dh_prev


def backprop(Wz, Uz, Wr, Ur, Wh, Uh, V, xs, ys):
    cell = GRUCell({"Wz": Wz, "Uz": Uz, "Wr": Wr, "Ur": Ur, "Wh": Wh, "Uh": Uh})
    hs, caches = [np.zeros(3)], []
    for x in xs:
        h, cache = cell.forward(x, hs[-1])
        hs.append(h)
        caches.append(cache)
    dV, dh = np.zeros_like(V), np.zeros(3)
    for t in reversed(range(len(xs))):
        dy = V @ hs[t + 1] - ys[t]
        dV += np.outer(dy, hs[t + 1])
        dh = cell.backward(dh + V.T @ dy, caches[t])
    return {**cell.grads, "V": dV}

"""Tram gate twice as steep.

expected kind: scale
wrong line: 99
correction 99: return (np.abs(a) < WIDTH) / (2 * WIDTH)
what: The straight part of the hard sigmoid rises by one over its whole width, which is twice WIDTH; the derivative has half of it
source: https://github.com/fangwei123456/spikingjelly/pull/413
said: the slope of the piecewise linear part should be one over twice the width, not one over the width
"""

import numpy as np

PARAMETERS = ["Wz", "Wr", "Wc", "bz", "br", "bc", "V"]
WIDTH = 2.5


def data(seed=0):
    r = np.random.default_rng(seed)
    # three trams, four stops; two numbers are known at each stop, how many get on is asked
    Wz, Wr, Wc = (0.7 * r.normal(size=(3 + 2, 3)) for _ in range(3))
    bz, br, bc = (0.3 * r.normal(size=3) for _ in range(3))
    return Wz, Wr, Wc, bz, br, bc, r.normal(size=3), r.normal(size=(3, 4, 2)), r.normal(size=(3, 4))


def hard(a):
    return np.minimum(np.maximum(0.5 + a / (2 * WIDTH), 0), 1)


def loss(Wz, Wr, Wc, bz, br, bc, V, stops, riders):
    n, steps = riders.shape
    h, total = np.zeros((n, 3)), 0.0
    for t in range(steps):
        both = np.concatenate([h, stops[:, t]], axis=1)
        z, r = hard(both @ Wz + bz), hard(both @ Wr + br)
        c = np.tanh(np.concatenate([r * h, stops[:, t]], axis=1) @ Wc + bc)
        h = (1 - z) * h + z * c
        total = total + 0.5 * np.sum((h @ V - riders[:, t]) ** 2)
    return total / (n * steps)


def hard_derivative(s):
    return np.where((s > 0) & (s < 1), 1 / (2 * WIDTH), 0.0)


def gru_step(x, h_prev, p):
    both = np.hstack([h_prev, x])
    z, r = hard(both @ p["Wz"] + p["bz"]), hard(both @ p["Wr"] + p["br"])
    gated = np.hstack([r * h_prev, x])
    c = np.tanh(gated @ p["Wc"] + p["bc"])
    return (1 - z) * h_prev + z * c, (h_prev, both, gated, z, r, c)


def gru_step_backward(dh, cache, p, grads):
    h_prev, both, gated, z, r, c = cache
    H = h_prev.shape[1]
    dac = dh * z * (1 - c * c)
    daz = dh * (c - h_prev) * hard_derivative(z)
    dgated = (dac @ p["Wc"].T)[:, :H]
    dr = dgated * h_prev
    dar = dr * hard_derivative(r)
    for name, da, inputs in (("z", daz, both), ("r", dar, both), ("c", dac, gated)):
        grads["W" + name] += inputs.T @ da
        grads["b" + name] += da.sum(axis=0)
    through_gates = (daz @ p["Wz"].T + dar @ p["Wr"].T)[:, :H]
    return dh * (1 - z) + dgated * r + through_gates


def right(Wz, Wr, Wc, bz, br, bc, V, stops, riders):
    p = {"Wz": Wz, "Wr": Wr, "Wc": Wc, "bz": bz, "br": br, "bc": bc, "V": V}
    grads = {name: np.zeros_like(value) for name, value in p.items()}
    N, T = riders.shape
    hs, caches = [np.zeros((N, 3))], []
    for t in range(T):
        h, cache = gru_step(stops[:, t], hs[-1], p)
        hs.append(h)
        caches.append(cache)

    dh_prev = np.zeros((N, 3))
    for t in reversed(range(T)):
        dy = (hs[t + 1] @ V - riders[:, t]) / (N * T)
        grads["V"] += hs[t + 1].T @ dy
        dh = np.outer(dy, V) + dh_prev
        dh_prev = gru_step_backward(dh, caches[t], p, grads)
    return grads


class Gate:
    """A hard sigmoid of a linear function; adds up the gradients of all steps."""

    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = np.zeros(W.shape), np.zeros(b.shape)

    def forward(self, v):
        a = v @ self.W + self.b
        return hard(a), a

    def slope(self, a):
        return (np.abs(a) < WIDTH) / WIDTH

    def backward(self, dout, a, v):
        da = dout * self.slope(a)
        self.dW += np.outer(v, da)
        self.db += da
        return self.W @ da


class TanhGate(Gate):
    def forward(self, v):
        a = v @ self.W + self.b
        return np.tanh(a), a

    def slope(self, a):
        return 1 / np.cosh(a) ** 2


def backprop(Wz, Wr, Wc, bz, br, bc, V, stops, riders):
    update, reset, new = Gate(Wz, bz), Gate(Wr, br), TanhGate(Wc, bc)
    dV = np.zeros(V.shape)
    for xs, ys in zip(stops, riders):
        h, tape = np.zeros(3), []
        for x in xs:
            v = np.append(h, x)
            z, az = update.forward(v)
            r, ar = reset.forward(v)
            w = np.append(r * h, x)
            c, ac = new.forward(w)
            tape.append((h, v, w, z, az, r, ar, c, ac))
            h = h + z * (c - h)
        dh = np.zeros(3)
        for y in ys[::-1]:
            h_prev, v, w, z, az, r, ar, c, ac = tape.pop()
            h = h_prev + z * (c - h_prev)
            dy = (h @ V - y) / riders.size
            dV += dy * h
            dh = dh + dy * V
            dw = new.backward(dh * z, ac, w)[:3]
            dv = update.backward(dh * (c - h_prev), az, v) + reset.backward(dw * h_prev, ar, v)
            dh = dh * (1 - z) + dw * r + dv[:3]
    return update.dW, reset.dW, new.dW, update.db, reset.db, new.db, dV

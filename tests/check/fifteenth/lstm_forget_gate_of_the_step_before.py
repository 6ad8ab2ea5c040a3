"""Lstm forget gate of the step before.

expected kind: wrong-point or stale-value
wrong line: 139
correction 139: dc = dc * f
what: The cell goes back through the forget gate of the step before
source: usual
said: the cell before is multiplied by the gate of this step
"""

import numpy as np

PARAMETERS = ["Wf", "bf", "Wi", "bi", "Wc", "bc", "Wo", "bo", "Wy", "by"]


def data(seed=0):
    r = np.random.default_rng(seed)
    gates = [r.normal(size=s) for _ in range(4) for s in [(3, 5), (3, 1)]]
    return *gates, r.normal(size=(2, 3)), r.normal(size=(2, 1)), r.normal(size=(4, 2, 6)), r.normal(size=(4, 2, 6))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(Wf, bf, Wi, bi, Wc, bc, Wo, bo, Wy, by, x, y):
    h, c, total = np.zeros((3, x.shape[2])), np.zeros((3, x.shape[2])), 0
    for x_t, y_t in zip(x, y):
        z = np.vstack((h, x_t))
        c = sigmoid(Wf @ z + bf) * c + sigmoid(Wi @ z + bi) * np.tanh(Wc @ z + bc)
        h = sigmoid(Wo @ z + bo) * np.tanh(c)
        total += np.sum((Wy @ h + by - y_t) ** 2)
    return total / (2 * x.shape[2])


def lstm_forward(x, p):
    n_a, m = p["Wf"].shape[0], x.shape[2]
    a, c, caches = np.zeros((n_a, m)), np.zeros((n_a, m)), []
    for t in range(x.shape[0]):
        a_prev, c_prev = a, c
        concat = np.concatenate((a_prev, x[t]), axis=0)
        ft = sigmoid(np.dot(p["Wf"], concat) + p["bf"])
        it = sigmoid(np.dot(p["Wi"], concat) + p["bi"])
        cct = np.tanh(np.dot(p["Wc"], concat) + p["bc"])
        ot = sigmoid(np.dot(p["Wo"], concat) + p["bo"])
        c = ft * c_prev + it * cct
        a = ot * np.tanh(c)
        caches.append((a, c, a_prev, c_prev, concat, ft, it, cct, ot))
    return caches


def lstm_cell_backward(da_next, dc_next, cache, p):
    a_next, c_next, a_prev, c_prev, concat, ft, it, cct, ot = cache
    n_a = a_next.shape[0]
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    dcct = dc * it * (1 - cct**2)
    dit = dc * cct * it * (1 - it)
    dft = dc * c_prev * ft * (1 - ft)
    grads = {}
    for name, dgate in [("f", dft), ("i", dit), ("c", dcct), ("o", dot)]:
        grads["W" + name] = np.dot(dgate, concat.T)
        grads["b" + name] = np.sum(dgate, axis=1, keepdims=True)
    dconcat = np.dot(p["Wf"].T, dft) + np.dot(p["Wi"].T, dit) + np.dot(p["Wc"].T, dcct) + np.dot(p["Wo"].T, dot)
    return dconcat[:n_a], dc * ft, grads


def right(Wf, bf, Wi, bi, Wc, bc, Wo, bo, Wy, by, x, y):
    p = dict(Wf=Wf, bf=bf, Wi=Wi, bi=bi, Wc=Wc, bc=bc, Wo=Wo, bo=bo, Wy=Wy, by=by)
    caches = lstm_forward(x, p)
    total = {name: np.zeros_like(value) for name, value in p.items()}
    da_prev = np.zeros_like(caches[0][0])
    dc_prev = np.zeros_like(caches[0][1])
    for t in reversed(range(len(x))):
        a = caches[t][0]
        dy = (np.dot(Wy, a) + by - y[t]) / x.shape[2]
        total["Wy"] += np.dot(dy, a.T)
        total["by"] += np.sum(dy, axis=1, keepdims=True)
        da = np.dot(Wy.T, dy) + da_prev
        da_prev, dc_prev, grads = lstm_cell_backward(da, dc_prev, caches[t], p)
        for name in grads:
            total[name] += grads[name]
    return total


class Gate:
    def __init__(self, W, b, function, slope):
        self.W, self.b, self.function, self.slope = W, b, function, slope
        self.dW, self.db, self.saved = np.zeros_like(W), np.zeros_like(b), []

    def forward(self, z):
        out = self.function(self.W @ z + self.b)
        self.saved.append((z, out))
        return out

    def backward(self, dout):
        z, out = self.saved.pop()
        dpre = dout * self.slope(out)
        self.dW += dpre @ z.T
        self.db += dpre.sum(axis=1, keepdims=True)
        return self.W.T @ dpre


def slope_of_sigmoid(s):
    return s * (1 - s)


def slope_of_tanh(t):
    return 1 - t * t


def backprop(Wf, bf, Wi, bi, Wc, bc, Wo, bo, Wy, by, x, y):
    T, _, m = x.shape
    H = len(bf)
    forget = Gate(Wf, bf, sigmoid, slope_of_sigmoid)
    write = Gate(Wi, bi, sigmoid, slope_of_sigmoid)
    candidate = Gate(Wc, bc, np.tanh, slope_of_tanh)
    read = Gate(Wo, bo, sigmoid, slope_of_sigmoid)
    output = Gate(Wy, by, lambda v: v, lambda v: 1)
    h, cells, steps, dys = np.zeros((H, m)), [np.zeros((H, m))], [], []
    for t in range(T):
        z = np.vstack((h, x[t]))
        f, i, g, o = forget.forward(z), write.forward(z), candidate.forward(z), read.forward(z)
        cells.append(f * cells[-1] + i * g)
        h = o * np.tanh(cells[-1])
        steps.append((f, i, g, o))
        dys.append((output.forward(h) - y[t]) / m)
    dh_next, dc = np.zeros((H, m)), np.zeros((H, m))
    for t in range(T - 1, -1, -1):
        f, i, g, o = steps[t]
        tc = np.tanh(cells[t + 1])
        dh = output.backward(dys[t])
        dh += dh_next
        dc += dh * o * (1 - tc**2)
        dz = read.backward(dh * tc)
        dz += candidate.backward(dc * i)
        dz += write.backward(dc * g)
        dz += forget.backward(dc * cells[t])
        dc = dc * steps[t - 1][0]
        dh_next = dz[:H]
    layers = [forget, write, candidate, read, output]
    return [grad for layer in layers for grad in (layer.dW, layer.db)]

"""Memorycell back by the weights of the input.

expected kind: wrong-parameter or wrong-point
wrong line: 113
correction 113: da_prev = Wf[:, :n_a].T.dot(dft) + Wi[:, :n_a].T.dot(dit) + Wc[:, :n_a].T.dot(dcct) + Wo[:, :n_a].T.dot(dot)
what: The error of the state before is taken from the columns of the weights that belong to the input
source: https://community.deeplearning.ai/t/dls-c5-week-1-ex7-lstm-cell-backward/405415
said: the two equations look the same, but for the state it is the first columns of each matrix, for the input the rest
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wc", "Wo", "bf", "bi", "bc", "bo", "Wy"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [0.7 * r.normal(size=(3, 6)) for _ in range(4)]
    biases = [r.normal(size=(3, 1)) for _ in range(4)]
    return *weights, *biases, r.normal(size=(1, 3)), r.normal(size=(3, 2, 4)), r.normal(size=(2, 4))


def loss(Wf, Wi, Wc, Wo, bf, bi, bc, bo, Wy, x, y):
    a, c, total = np.zeros((3, x.shape[1])), np.zeros((3, x.shape[1])), 0.0
    for t in range(x.shape[2]):
        z = np.concatenate([a, x[:, :, t]])
        f = 1 / (1 + np.exp(-(Wf @ z + bf)))
        i = 1 / (1 + np.exp(-(Wi @ z + bi)))
        o = 1 / (1 + np.exp(-(Wo @ z + bo)))
        c = f * c + i * np.tanh(Wc @ z + bc)
        a = o * np.tanh(c)
        total = total + 0.5 * np.sum(((Wy @ a)[0] - y[:, t]) ** 2)
    return total / x.shape[1]


class LstmNode:
    def __init__(self, param, diff):
        self.param, self.diff = param, diff

    def bottom_data_is(self, x, s_prev, h_prev):
        self.s_prev = s_prev
        self.xc = np.hstack((h_prev, x))
        gate = lambda name: self.param["W" + name] @ self.xc + self.param["b" + name][:, 0]
        self.f, self.i, self.o = [1.0 / (1 + np.exp(-gate(name))) for name in "fio"]
        self.g = np.tanh(gate("c"))
        self.s = self.g * self.i + s_prev * self.f
        self.h = np.tanh(self.s) * self.o

    def top_diff_is(self, top_diff_h, top_diff_s):
        ds = self.o * top_diff_h * (1 - np.tanh(self.s) ** 2) + top_diff_s
        do = np.tanh(self.s) * top_diff_h
        di = self.g * ds
        dg = self.i * ds
        df = self.s_prev * ds
        inputs = {"i": self.i * (1 - self.i) * di, "f": self.f * (1 - self.f) * df}
        inputs["o"], inputs["c"] = self.o * (1 - self.o) * do, (1 - self.g**2) * dg
        dxc = np.zeros_like(self.xc)
        for name, d in inputs.items():
            self.diff["W" + name] += np.outer(d, self.xc)
            self.diff["b" + name][:, 0] += d
            dxc += self.param["W" + name].T @ d
        self.bottom_diff_s = ds * self.f
        self.bottom_diff_h = dxc[: len(self.s)]


def right(Wf, Wi, Wc, Wo, bf, bi, bc, bo, Wy, x, y):
    names = ["Wf", "Wi", "Wc", "Wo", "bf", "bi", "bc", "bo"]
    param = dict(zip(names, [Wf, Wi, Wc, Wo, bf, bi, bc, bo]))
    diff = {name: np.zeros_like(value) for name, value in param.items()}
    dWy = np.zeros_like(Wy)
    for n in range(y.shape[0]):
        nodes, s, h = [], np.zeros(3), np.zeros(3)
        for t in range(y.shape[1]):
            nodes.append(LstmNode(param, diff))
            nodes[-1].bottom_data_is(x[:, n, t], s, h)
            s, h = nodes[-1].s, nodes[-1].h
        diff_h, diff_s = np.zeros(3), np.zeros(3)
        for t in range(y.shape[1] - 1, -1, -1):
            error = (Wy[0] @ nodes[t].h - y[n, t]) / y.shape[0]
            dWy[0] += error * nodes[t].h
            nodes[t].top_diff_is(error * Wy[0] + diff_h, diff_s)
            diff_h, diff_s = nodes[t].bottom_diff_h, nodes[t].bottom_diff_s
    return [diff[name] for name in names] + [dWy]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    concat = np.concatenate((a_prev, xt), axis=0)
    ft = sigmoid(np.dot(parameters["Wf"], concat) + parameters["bf"])
    it = sigmoid(np.dot(parameters["Wi"], concat) + parameters["bi"])
    cct = np.tanh(np.dot(parameters["Wc"], concat) + parameters["bc"])
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(parameters["Wo"], concat) + parameters["bo"])
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (c_next, c_prev, concat, ft, it, cct, ot)


def lstm_cell_backward(da_next, dc_next, cache, parameters):
    (c_next, c_prev, concat, ft, it, cct, ot) = cache
    n_a = c_next.shape[0]
    Wf, Wi, Wc, Wo = [parameters[name] for name in ("Wf", "Wi", "Wc", "Wo")]
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    dcct = dc * it * (1 - cct**2)
    dit = dc * cct * it * (1 - it)
    dft = dc * c_prev * ft * (1 - ft)
    gradients = {"Wf": dft.dot(concat.T), "Wi": dit.dot(concat.T), "Wc": dcct.dot(concat.T), "Wo": dot.dot(concat.T)}
    for name, d in zip(("bf", "bi", "bc", "bo"), (dft, dit, dcct, dot)):
        gradients[name] = np.sum(d, axis=1, keepdims=True)
    da_prev = Wf[:, n_a:].T.dot(dft) + Wi[:, n_a:].T.dot(dit) + Wc[:, n_a:].T.dot(dcct) + Wo[:, n_a:].T.dot(dot)
    dc_prev = dc * ft
    return da_prev, dc_prev, gradients


def backprop(Wf, Wi, Wc, Wo, bf, bi, bc, bo, Wy, x, y):
    parameters = {"Wf": Wf, "Wi": Wi, "Wc": Wc, "Wo": Wo, "bf": bf, "bi": bi, "bc": bc, "bo": bo}
    m, T_x = y.shape
    a, c = np.zeros((3, m)), np.zeros((3, m))
    caches, states = [], []
    for t in range(T_x):
        a, c, cache = lstm_cell_forward(x[:, :, t], a, c, parameters)
        caches.append(cache)
        states.append(a)
    grads = {name: np.zeros(value.shape) for name, value in parameters.items()}
    grads["Wy"] = np.zeros(Wy.shape)
    da_prev, dc_prev = np.zeros((3, m)), np.zeros((3, m))
    for t in reversed(range(T_x)):
        dy = (Wy.dot(states[t]) - y[:, t]) / m
        grads["Wy"] += dy.dot(states[t].T)
        da_prev, dc_prev, step = lstm_cell_backward(Wy.T.dot(dy) + da_prev, dc_prev, caches[t], parameters)
        for name in step:
            grads[name] += step[name]
    return grads

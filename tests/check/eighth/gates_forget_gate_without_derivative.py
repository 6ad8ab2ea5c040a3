"""Gates forget gate without derivative.

expected kind: missing-factor or wrong-activation
wrong line: 142
correction 142: df = sigmoid(s["f"], derivative=True) * df
what: The forget gate is sent through the sigmoid again where its derivative belongs
source: https://github.com/CaptainE/RNN-LSTM-in-numpy/issues/1
said: the line needs derivative=True for the sigmoid
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wg", "Wo", "bf", "bi", "bg", "bo", "Wv"]


H, D, T = 2, 2, 3


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(H, H + D)] * 4 + [(H, 1)] * 4 + [(D, H), (T, D, 1), (T, D, 1)]
    return tuple(r.normal(size=s) for s in shapes)


def sigmoid(x, derivative=False):
    if derivative:  # of what sigmoid has returned
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))


def tanh(x, derivative=False):
    if derivative:
        return 1 - x**2
    return np.tanh(x)


def loss(Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv, inputs, targets):
    h, C, total = np.zeros((H, 1)), np.zeros((H, 1)), 0
    for x, y in zip(inputs, targets):
        z = np.concatenate([h, x])
        f, i = sigmoid(np.dot(Wf, z) + bf), sigmoid(np.dot(Wi, z) + bi)
        g, o = tanh(np.dot(Wg, z) + bg), sigmoid(np.dot(Wo, z) + bo)
        C = f * C + i * g
        h = o * tanh(C)
        total = total + 0.5 * np.sum((np.dot(Wv, h) - y) ** 2)
    return total


class LstmLayer:
    def __init__(self, Wf, Wi, Wg, Wo, bf, bi, bg, bo):
        self.Wf, self.Wi, self.Wg, self.Wo = Wf, Wi, Wg, Wo
        self.bf, self.bi, self.bg, self.bo = bf, bi, bg, bo
        self.h_list, self.c_list = [np.zeros((H, 1))], [np.zeros((H, 1))]
        self.f_list, self.i_list, self.g_list, self.o_list = [None], [None], [None], [None]
        self.z_list = [None]

    def forward(self, x):
        z = np.concatenate((self.h_list[-1], x))
        self.z_list.append(z)
        self.f_list.append(sigmoid(self.Wf @ z + self.bf))
        self.i_list.append(sigmoid(self.Wi @ z + self.bi))
        self.g_list.append(np.tanh(self.Wg @ z + self.bg))
        self.o_list.append(sigmoid(self.Wo @ z + self.bo))
        self.c_list.append(self.f_list[-1] * self.c_list[-1] + self.i_list[-1] * self.g_list[-1])
        self.h_list.append(self.o_list[-1] * np.tanh(self.c_list[-1]))

    def calc_delta(self, dhs):
        n = len(dhs)
        self.delta_f, self.delta_i, self.delta_g, self.delta_o = ([None] * (n + 1) for _ in range(4))
        dh, dc = np.zeros((H, 1)), np.zeros((H, 1))
        for t in range(n, 0, -1):
            dh = dh + dhs[t - 1]
            f, i, g, o = self.f_list[t], self.i_list[t], self.g_list[t], self.o_list[t]
            tc = np.tanh(self.c_list[t])
            dc = dc + dh * o * (1 - tc * tc)
            self.delta_o[t] = dh * tc * o * (1 - o)
            self.delta_f[t] = dc * self.c_list[t - 1] * f * (1 - f)
            self.delta_i[t] = dc * g * i * (1 - i)
            self.delta_g[t] = dc * i * (1 - g * g)
            dz = self.Wo.T @ self.delta_o[t] + self.Wf.T @ self.delta_f[t]
            dz = dz + self.Wi.T @ self.delta_i[t] + self.Wg.T @ self.delta_g[t]
            dh, dc = dz[:H], dc * f

    def calc_gradient(self):
        self.dWf, self.dWi, self.dWg, self.dWo = 0, 0, 0, 0
        self.dbf, self.dbi, self.dbg, self.dbo = 0, 0, 0, 0
        for t in range(1, len(self.z_list)):
            self.dWf = self.dWf + self.delta_f[t] @ self.z_list[t].T
            self.dWi = self.dWi + self.delta_i[t] @ self.z_list[t].T
            self.dWg = self.dWg + self.delta_g[t] @ self.z_list[t].T
            self.dWo = self.dWo + self.delta_o[t] @ self.z_list[t].T
            self.dbf = self.dbf + self.delta_f[t]
            self.dbi = self.dbi + self.delta_i[t]
            self.dbg = self.dbg + self.delta_g[t]
            self.dbo = self.dbo + self.delta_o[t]


def right(Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv, inputs, targets):
    layer = LstmLayer(Wf, Wi, Wg, Wo, bf, bi, bg, bo)
    for x in inputs:
        layer.forward(x)
    errors = [Wv @ h - y for h, y in zip(layer.h_list[1:], targets)]
    layer.calc_delta([Wv.T @ e for e in errors])
    layer.calc_gradient()
    dWv = sum(e @ h.T for e, h in zip(errors, layer.h_list[1:]))
    weights = layer.dWf, layer.dWi, layer.dWg, layer.dWo
    return (*weights, layer.dbf, layer.dbi, layer.dbg, layer.dbo, dWv)


def lstm_forward(inputs, p):
    steps = []
    h_prev, C_prev = np.zeros((H, 1)), np.zeros((H, 1))
    for x in inputs:
        z = np.vstack((h_prev, x))
        f = sigmoid(np.dot(p["Wf"], z) + p["bf"])
        i = sigmoid(np.dot(p["Wi"], z) + p["bi"])
        g = tanh(np.dot(p["Wg"], z) + p["bg"])
        o = sigmoid(np.dot(p["Wo"], z) + p["bo"])
        C = f * C_prev + i * g
        h = o * tanh(C)
        steps.append(dict(z=z, f=f, i=i, g=g, o=o, C=C, C_prev=C_prev, h=h, v=np.dot(p["Wv"], h)))
        h_prev, C_prev = h, C
    return steps


def lstm_backward(steps, targets, p):
    d = {name: np.zeros_like(value) for name, value in p.items()}
    dh_next, dC_next = np.zeros((H, 1)), np.zeros((H, 1))
    for t in reversed(range(T)):
        s = steps[t]
        dv = s["v"] - targets[t]
        d["Wv"] += np.dot(dv, s["h"].T)
        dh = np.dot(p["Wv"].T, dv) + dh_next
        do = dh * tanh(s["C"])
        do = sigmoid(s["o"], derivative=True) * do
        dC = dC_next + dh * s["o"] * tanh(tanh(s["C"]), derivative=True)
        dg = dC * s["i"]
        dg = tanh(s["g"], derivative=True) * dg
        di = dC * s["g"]
        di = sigmoid(s["i"], derivative=True) * di
        df = dC * s["C_prev"]
        df = sigmoid(s["f"]) * df
        for gate, delta in zip("figo", (df, di, dg, do)):
            d["W" + gate] += np.dot(delta, s["z"].T)
            d["b" + gate] += delta
        dz = sum(np.dot(p["W" + gate].T, delta) for gate, delta in zip("figo", (df, di, dg, do)))
        dh_next = dz[:H]
        dC_next = s["f"] * dC
    return d


def backprop(Wf, Wi, Wg, Wo, bf, bi, bg, bo, Wv, inputs, targets):
    p = dict(Wf=Wf, Wi=Wi, Wg=Wg, Wo=Wo, bf=bf, bi=bi, bg=bg, bo=bo, Wv=Wv)
    return lstm_backward(lstm_forward(inputs, p), targets, p)

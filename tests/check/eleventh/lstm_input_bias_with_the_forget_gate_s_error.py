"""Lstm input bias with the forget gate s error.

expected kind: wrong-parameter or wrong-point
wrong line: 119 or 122
correction 119: bi_grad = sum(self.delta["i"])
correction 122: return W_grad["f"], bf_grad, W_grad["i"], sum(self.delta["i"]), W_grad["g"], bg_grad, W_grad["o"], bo_grad
what: The input gate's bias gets the errors of the forget gate
source: https://github.com/hanbt/learn_dl/issues/53
said: the biases of the input and the output gate take the forget gate's list and should take their own
"""

import numpy as np

PARAMETERS = ["Wf", "bf", "Wi", "bi", "Wg", "bg", "Wo", "bo", "Wv", "bv"]


def data(seed=0):
    r = np.random.default_rng(seed)
    gates = [r.normal(size=s) for _ in range(4) for s in [(2, 5), (2, 1)]]
    return *gates, r.normal(size=(3, 2)), r.normal(size=(3, 1)), np.array([0, 2, 2, 1, 0]), np.array([2, 2, 1, 0, 1])


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(Wf, bf, Wi, bi, Wg, bg, Wo, bo, Wv, bv, inputs, targets):
    h, C, total = np.zeros((2, 1)), np.zeros((2, 1)), 0
    for x, y in zip(inputs, targets):
        z = np.concatenate([h, np.eye(3)[:, [x]]])
        C = sigmoid(Wf @ z + bf) * C + sigmoid(Wi @ z + bi) * np.tanh(Wg @ z + bg)
        h = sigmoid(Wo @ z + bo) * np.tanh(C)
        v = Wv @ h + bv
        total = total + np.log(np.sum(np.exp(v))) - v[y, 0]
    return total


def dsigmoid(f):
    return f * (1 - f)


def forward(inputs, p):
    Wf, bf, Wi, bi, Wg, bg, Wo, bo, Wv, bv = p
    h_s, C_s, steps = [np.zeros((2, 1))], [np.zeros((2, 1))], []
    for x in inputs:
        z = np.vstack((h_s[-1], np.eye(3)[:, [x]]))
        f, i, o = sigmoid(Wf @ z + bf), sigmoid(Wi @ z + bi), sigmoid(Wo @ z + bo)
        g = np.tanh(Wg @ z + bg)
        C_s.append(f * C_s[-1] + i * g)
        h_s.append(o * np.tanh(C_s[-1]))
        v = Wv @ h_s[-1] + bv
        steps.append((z, f, i, g, o, np.exp(v) / np.sum(np.exp(v))))
    return h_s, C_s, steps


def right(Wf, bf, Wi, bi, Wg, bg, Wo, bo, Wv, bv, inputs, targets):
    h_s, C_s, steps = forward(inputs, (Wf, bf, Wi, bi, Wg, bg, Wo, bo, Wv, bv))
    grads = {name: np.zeros_like(value) for name, value in zip(PARAMETERS, (Wf, bf, Wi, bi, Wg, bg, Wo, bo, Wv, bv))}
    dh_next, dC_next = np.zeros((2, 1)), np.zeros((2, 1))
    for t in reversed(range(len(inputs))):
        z, f, i, g, o, y_hat = steps[t]
        C, C_prev = C_s[t + 1], C_s[t]
        dv = np.copy(y_hat)
        dv[targets[t]] -= 1
        grads["Wv"] += np.dot(dv, h_s[t + 1].T)
        grads["bv"] += dv
        dh = np.dot(Wv.T, dv) + dh_next
        do = dh * np.tanh(C)
        do = dsigmoid(o) * do
        dC = dC_next + dh * o * (1 - np.tanh(C) ** 2)
        dg = dC * i
        dg = (1 - g**2) * dg
        di = dC * g
        di = dsigmoid(i) * di
        df = dC * C_prev
        df = dsigmoid(f) * df
        for gate, d in zip("figo", (df, di, dg, do)):
            grads["W" + gate] += np.dot(d, z.T)
            grads["b" + gate] += d
        dz = Wf.T @ df + Wi.T @ di + Wg.T @ dg + Wo.T @ do
        dh_next = dz[:2]
        dC_next = f * dC
    return grads


class LstmLayer:
    def __init__(self, Wf, bf, Wi, bi, Wg, bg, Wo, bo):
        self.W = {"f": Wf, "i": Wi, "g": Wg, "o": Wo}
        self.b = {"f": bf, "i": bi, "g": bg, "o": bo}
        self.c_list, self.h_list = [np.zeros((2, 1))], [np.zeros((2, 1))]
        self.z_list, self.gate_list = [], []

    def forward(self, x):
        z = np.concatenate((self.h_list[-1], x))
        gate = {k: (np.tanh if k == "g" else sigmoid)(self.W[k] @ z + self.b[k]) for k in "figo"}
        self.c_list.append(gate["f"] * self.c_list[-1] + gate["i"] * gate["g"])
        self.h_list.append(gate["o"] * np.tanh(self.c_list[-1]))
        self.z_list.append(z)
        self.gate_list.append(gate)

    def calc_delta(self, errors):
        T = len(errors)
        self.delta = {k: [None] * T for k in "figo"}
        later_h, later_c = 0, 0
        for t in range(T - 1, -1, -1):
            k, tanh_c = self.gate_list[t], np.tanh(self.c_list[t + 1])
            dh = errors[t] + later_h
            dc = later_c + dh * k["o"] * (1 - tanh_c * tanh_c)
            self.delta["o"][t] = dh * tanh_c * k["o"] * (1 - k["o"])
            self.delta["f"][t] = dc * self.c_list[t] * k["f"] * (1 - k["f"])
            self.delta["i"][t] = dc * k["g"] * k["i"] * (1 - k["i"])
            self.delta["g"][t] = dc * k["i"] * (1 - k["g"] ** 2)
            later_h = sum(self.W[n].T @ self.delta[n][t] for n in "figo")[:2]
            later_c = dc * k["f"]

    def calc_gradient(self):
        W_grad = {n: sum(d @ z.T for d, z in zip(self.delta[n], self.z_list)) for n in "figo"}
        bf_grad = sum(self.delta["f"])
        bi_grad = sum(self.delta["f"])
        bg_grad = sum(self.delta["g"])
        bo_grad = sum(self.delta["o"])
        return W_grad["f"], bf_grad, W_grad["i"], bi_grad, W_grad["g"], bg_grad, W_grad["o"], bo_grad


def backprop(Wf, bf, Wi, bi, Wg, bg, Wo, bo, Wv, bv, inputs, targets):
    lstm = LstmLayer(Wf, bf, Wi, bi, Wg, bg, Wo, bo)
    dWv, dbv, errors = np.zeros_like(Wv), np.zeros_like(bv), []
    for x, y in zip(inputs, targets):
        lstm.forward(np.eye(3)[:, x].reshape(-1, 1))
        v = Wv @ lstm.h_list[-1] + bv
        dv = np.exp(v) / np.exp(v).sum() - np.eye(3)[:, y].reshape(-1, 1)
        dWv, dbv = dWv + dv @ lstm.h_list[-1].T, dbv + dv
        errors.append(Wv.T @ dv)
    lstm.calc_delta(errors)
    return *lstm.calc_gradient(), dWv, dbv

"""Gate biases all take the forget gates gradient.

expected kind: wrong-parameter + wrong-parameter
wrong line: 78 and 79
correction 78: self.bi_grad = sum(delta_i_list)
correction 79: self.bo_grad = sum(delta_o_list)
what: The biases of the input gate and of the output gate are given the gradient of the forget gate
source: github.com/hanbt/learn_dl, issue 53
said: Two lines of the LSTM hand the delta of the forget gate to the biases of the other gates.
"""

import numpy as np

PARAMETERS = ["bf", "bi", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=3), r.normal(size=3), r.normal(size=3), r.normal(size=(4, 3)), r.normal(size=3)


def loss(bf, bi, bo, xs, y):
    c, h = np.zeros(3), np.zeros(3)
    for x in xs:
        f = 1 / (1 + np.exp(-(x + bf)))
        i = 1 / (1 + np.exp(-(x + bi)))
        o = 1 / (1 + np.exp(-(h + bo)))
        c = f * c + i * x
        h = o * np.tanh(c)
    return 0.5 * np.sum((h - y) ** 2)


def right(bf, bi, bo, xs, y):
    s = lambda a: 1 / (1 + np.exp(-a))
    C, Hs = [np.zeros(3)], [np.zeros(3)]
    for x in xs:
        C.append(s(x + bf) * C[-1] + s(x + bi) * x)
        Hs.append(s(Hs[-1] + bo) * np.tanh(C[-1]))
    g, dh, dc = np.zeros((3, 3)), Hs[-1] - y, 0
    for t in range(len(xs), 0, -1):
        f, i, o = s(xs[t - 1] + bf), s(xs[t - 1] + bi), s(Hs[t - 1] + bo)
        dc = dc + dh * o * (1 - np.tanh(C[t]) ** 2)
        dh = dh * np.tanh(C[t]) * o * (1 - o)
        g += [dc * C[t - 1] * f * (1 - f), dc * xs[t - 1] * i * (1 - i), dh]
        dc = dc * f
    return tuple(g)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


class LstmBiases:
    def __init__(self, bf, bi, bo):
        self.bf, self.bi, self.bo = bf, bi, bo
        self.f_list, self.i_list, self.o_list = [], [], []
        self.c_list, self.h_list = [np.zeros(3)], [np.zeros(3)]

    def forward(self, x):
        self.f_list.append(sigmoid(x + self.bf))
        self.i_list.append(sigmoid(x + self.bi))
        self.o_list.append(sigmoid(self.h_list[-1] + self.bo))
        self.c_list.append(self.f_list[-1] * self.c_list[-1] + self.i_list[-1] * x)
        self.h_list.append(self.o_list[-1] * np.tanh(self.c_list[-1]))

    def backward(self, xs, dh):
        delta_f_list, delta_i_list, delta_o_list = [], [], []
        dc = np.zeros(3)
        for t in reversed(range(len(xs))):
            f, i, o, c = self.f_list[t], self.i_list[t], self.o_list[t], self.c_list[t + 1]
            dc = dc + dh * o * (1 - np.tanh(c) ** 2)
            delta_f_list.append(dc * self.c_list[t] * f * (1 - f))
            delta_i_list.append(dc * xs[t] * i * (1 - i))
            delta_o_list.append(dh * np.tanh(c) * o * (1 - o))
            dh = delta_o_list[-1]
            dc = dc * f
        self.bf_grad = sum(delta_f_list)
        self.bi_grad = sum(delta_f_list)
        self.bo_grad = sum(delta_f_list)


def backprop(bf, bi, bo, xs, y):
    layer = LstmBiases(bf, bi, bo)
    for x in xs:
        layer.forward(x)
    layer.backward(xs, layer.h_list[-1] - y)
    return layer.bf_grad, layer.bi_grad, layer.bo_grad

"""Lstm bias of the output gate from the forget gate.

expected kind: wrong-parameter
wrong line: 118
correction 118: b_grad["o"] += delta_o
what: The bias of the output gate gets the error of the forget gate
source: https://github.com/hanbt/learn_dl/issues/53
said: the gradients of the biases bi and bo are both read from delta_f_list
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wg", "Wo", "bf", "bi", "bg", "bo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    H, D, T = 3, 2, 4
    weights = [0.6 * r.normal(size=(H, H + D)) for _ in range(4)]
    biases = [r.normal(size=(H, 1)) for _ in range(4)]
    return *weights, *biases, r.normal(size=(T, D, 1)), r.normal(size=(T, H, 1))


def loss(Wf, Wi, Wg, Wo, bf, bi, bg, bo, x, y):
    h, c = np.zeros_like(y[0]), np.zeros_like(y[0])
    total = 0.0
    for t in range(len(x)):
        z = np.concatenate([h, x[t]])
        f = 1 / (1 + np.exp(-(Wf @ z + bf)))
        i = 1 / (1 + np.exp(-(Wi @ z + bi)))
        g = np.tanh(Wg @ z + bg)
        o = 1 / (1 + np.exp(-(Wo @ z + bo)))
        c = f * c + i * g
        h = o * np.tanh(c)
        total = total + 0.5 * np.sum((h - y[t]) ** 2)
    return total


def sigmoid(x, derivative=False):
    return x * (1 - x) if derivative else 1 / (1 + np.exp(-x))


def tanh(x, derivative=False):
    return 1 - x**2 if derivative else np.tanh(x)


def right(Wf, Wi, Wg, Wo, bf, bi, bg, bo, x, y):
    T, H = len(x), len(bf)
    z_s, f_s, i_s, g_s, o_s, C_s, h_s = [], [], [], [], [], [np.zeros((H, 1))], [np.zeros((H, 1))]
    for t in range(T):
        z_s.append(np.vstack([h_s[-1], x[t]]))
        f_s.append(sigmoid(Wf @ z_s[t] + bf))
        i_s.append(sigmoid(Wi @ z_s[t] + bi))
        g_s.append(tanh(Wg @ z_s[t] + bg))
        o_s.append(sigmoid(Wo @ z_s[t] + bo))
        C_s.append(f_s[t] * C_s[-1] + i_s[t] * g_s[t])
        h_s.append(o_s[t] * tanh(C_s[-1]))
    Wf_d, Wi_d, Wg_d, Wo_d, bf_d, bi_d, bg_d, bo_d = (np.zeros_like(p) for p in (Wf, Wi, Wg, Wo, bf, bi, bg, bo))
    dh_next, dC_next = np.zeros((H, 1)), np.zeros((H, 1))
    for t in reversed(range(T)):
        dh = h_s[t + 1] - y[t] + dh_next
        do = sigmoid(o_s[t], derivative=True) * dh * tanh(C_s[t + 1])
        dC = dC_next + dh * o_s[t] * tanh(tanh(C_s[t + 1]), derivative=True)
        dg = tanh(g_s[t], derivative=True) * dC * i_s[t]
        di = sigmoid(i_s[t], derivative=True) * dC * g_s[t]
        df = sigmoid(f_s[t], derivative=True) * dC * C_s[t]
        Wf_d += df @ z_s[t].T
        Wi_d += di @ z_s[t].T
        Wg_d += dg @ z_s[t].T
        Wo_d += do @ z_s[t].T
        bf_d += df
        bi_d += di
        bg_d += dg
        bo_d += do
        dz = Wf.T @ df + Wi.T @ di + Wg.T @ dg + Wo.T @ do
        dh_next = dz[:H]
        dC_next = f_s[t] * dC
    return Wf_d, Wi_d, Wg_d, Wo_d, bf_d, bi_d, bg_d, bo_d


def sigma(v):
    return 1.0 / (1.0 + np.exp(-v))


class LstmLayer:
    def __init__(self, Wf, Wi, Wg, Wo, bf, bi, bg, bo):
        self.W = {"f": Wf, "i": Wi, "g": Wg, "o": Wo}
        self.b = {"f": bf, "i": bi, "g": bg, "o": bo}
        self.times = []

    def forward(self, x):
        zero = np.zeros_like(self.b["f"])
        state = {"h": zero, "c": zero}
        for x_t in x:
            z = np.concatenate((state["h"], x_t), axis=0)
            net = {k: self.W[k].dot(z) + self.b[k] for k in "figo"}
            gate = {k: np.tanh(v) if k == "g" else sigma(v) for k, v in net.items()}
            c = gate["f"] * state["c"] + gate["i"] * gate["g"]
            h = gate["o"] * np.tanh(c)
            self.times.append((z, gate, state["c"], c, h))
            state = {"h": h, "c": c}

    def backward(self, y):
        W_grad = {k: np.zeros_like(w) for k, w in self.W.items()}
        b_grad = {k: np.zeros_like(b) for k, b in self.b.items()}
        dh, dc = 0.0, 0.0
        for (z, gate, c_prev, c, h), y_t in zip(self.times[::-1], y[::-1]):
            dh = dh + h - y_t
            tanh_c = np.tanh(c)
            dc = dc + dh * gate["o"] * (1 - tanh_c**2)
            delta_f = dc * c_prev * gate["f"] * (1 - gate["f"])
            delta_i = dc * gate["g"] * gate["i"] * (1 - gate["i"])
            delta_g = dc * gate["i"] * (1 - gate["g"] ** 2)
            delta_o = dh * tanh_c * gate["o"] * (1 - gate["o"])
            b_grad["f"] += delta_f
            b_grad["i"] += delta_i
            b_grad["g"] += delta_g
            b_grad["o"] += delta_f
            back = 0.0
            for k, delta in zip("figo", (delta_f, delta_i, delta_g, delta_o)):
                W_grad[k] += delta.dot(z.T)
                back = back + self.W[k].T.dot(delta)
            dh, dc = back[: len(dc)], dc * gate["f"]
        return [W_grad[k] for k in "figo"] + [b_grad[k] for k in "figo"]


def backprop(Wf, Wi, Wg, Wo, bf, bi, bg, bo, x, y):
    layer = LstmLayer(Wf, Wi, Wg, Wo, bf, bi, bg, bo)
    layer.forward(x)
    return tuple(layer.backward(y))

"""Lstm steps walked forward once more.

expected kind: reversed or wrong-point or stale-value or missing-term
wrong line: 105
correction 105: for t in reversed(range(len(nodes))):
what: The way back goes through the steps in the order of the way forward
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Wi", "Wg", "Wo", "bf", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 5), (3, 5), (3, 5), (3, 5), 3, (2, 3), (4, 2), (4, 2)]
    return tuple(r.normal(size=s) for s in shapes)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(Wf, Wi, Wg, Wo, bf, V, x, y):
    h, c, total = np.zeros(3), np.zeros(3), 0.0
    for t in range(len(x)):
        z = np.concatenate([h, x[t]])
        c = sigmoid(Wf @ z + bf) * c + sigmoid(Wi @ z) * np.tanh(Wg @ z)
        h = sigmoid(Wo @ z) * np.tanh(c)
        total = total + np.sum((V @ h - y[t]) ** 2)
    return total / len(x)


def right(Wf, Wi, Wg, Wo, bf, V, x, y):
    T, H = len(x), 3
    hs, cs = np.zeros((T + 1, H)), np.zeros((T + 1, H))
    zs, fs, is_, gs, os_ = [], [], [], [], []
    for t in range(T):
        zs.append(np.append(hs[t], x[t]))
        fs.append(sigmoid(Wf.dot(zs[t]) + bf))
        is_.append(sigmoid(Wi.dot(zs[t])))
        gs.append(np.tanh(Wg.dot(zs[t])))
        os_.append(sigmoid(Wo.dot(zs[t])))
        cs[t + 1] = fs[t] * cs[t] + is_[t] * gs[t]
        hs[t + 1] = os_[t] * np.tanh(cs[t + 1])

    dWf, dWi, dWg, dWo, dbf, dV = [np.zeros_like(p) for p in (Wf, Wi, Wg, Wo, bf, V)]
    dh, dc = np.zeros(H), np.zeros(H)
    for t in reversed(range(T)):
        dy = 2 / T * (V.dot(hs[t + 1]) - y[t])
        dV += np.outer(dy, hs[t + 1])
        dh = dh + V.T.dot(dy)
        tc = np.tanh(cs[t + 1])
        dao = dh * tc * os_[t] * (1 - os_[t])
        dc = dc + dh * os_[t] * (1 - tc**2)
        daf = dc * cs[t] * fs[t] * (1 - fs[t])
        dai = dc * gs[t] * is_[t] * (1 - is_[t])
        dag = dc * is_[t] * (1 - gs[t] ** 2)
        dbf += daf
        dWf += np.outer(daf, zs[t])
        dWi += np.outer(dai, zs[t])
        dWg += np.outer(dag, zs[t])
        dWo += np.outer(dao, zs[t])
        dz = Wf.T.dot(daf) + Wi.T.dot(dai) + Wg.T.dot(dag) + Wo.T.dot(dao)
        dh = dz[:H]
        dc = dc * fs[t]
    return dWf, dWi, dWg, dWo, dbf, dV


class LstmNode:
    def __init__(self, param, h_prev, c_prev, x):
        self.param, self.c_prev = param, c_prev
        self.z = np.hstack((h_prev, x))
        self.f = sigmoid(param["Wf"] @ self.z + param["bf"])
        self.i = sigmoid(param["Wi"] @ self.z)
        self.g = np.tanh(param["Wg"] @ self.z)
        self.o = sigmoid(param["Wo"] @ self.z)
        self.c = self.f * c_prev + self.i * self.g
        self.h = self.o * np.tanh(self.c)

    def top_diff_is(self, dh, dc, diff):
        do = dh * np.tanh(self.c) * self.o * (1 - self.o)
        dc = dc + dh * self.o * (1 - np.tanh(self.c) ** 2)
        df = dc * self.c_prev * self.f * (1 - self.f)
        di = dc * self.g * self.i * (1 - self.i)
        dg = dc * self.i * (1 - self.g**2)
        dz = np.zeros_like(self.z)
        for name, d in (("Wf", df), ("Wi", di), ("Wg", dg), ("Wo", do)):
            diff[name] += np.outer(d, self.z)
            dz += self.param[name].T @ d
        diff["bf"] += df
        return dz[: len(dh)], dc * self.f


def backprop(Wf, Wi, Wg, Wo, bf, V, x, y):
    param = {"Wf": Wf, "Wi": Wi, "Wg": Wg, "Wo": Wo, "bf": bf, "V": V}
    diff = {name: np.zeros_like(value) for name, value in param.items()}
    h, c, nodes = np.zeros(3), np.zeros(3), []
    for xt in x:
        nodes.append(LstmNode(param, h, c, xt))
        h, c = nodes[-1].h, nodes[-1].c
    dh_next, dc_next = np.zeros(3), np.zeros(3)
    for t in range(len(nodes)):
        dy = 2 * (V @ nodes[t].h - y[t]) / len(nodes)
        diff["V"] += np.outer(dy, nodes[t].h)
        dh_next, dc_next = nodes[t].top_diff_is(V.T @ dy + dh_next, dc_next, diff)
    return diff

"""Combined rnn state after the step and words twice.

expected kind: wrong-point or stale-value + missing-term or detached
wrong line: 76 and 78
correction 76: dW += hs[t].T @ dz
correction 78: dE[tokens[n, t]] += dz[n] @ U.T
what: The recurrent weights see the state after the step; a word that comes again is written over
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "U", "W", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    E, U, W, V, y = (r.normal(size=s) for s in [(4, 3), (3, 5), (5, 5), (5, 2), (3, 2)])
    return E, U, 0.6 * W, V, np.array([[0, 3, 3, 1], [2, 2, 0, 2], [1, 0, 1, 3]]), y


def loss(E, U, W, V, tokens, y):
    h = np.zeros((len(tokens), 5))
    for t in range(tokens.shape[1]):
        h = 1 / (1 + np.exp(-(E[tokens[:, t]] @ U + h @ W)))
    return np.sum((h @ V - y) ** 2) / len(y)


class Elman:
    def __init__(self, U, W):
        self.U, self.W = U, W

    def run(self, x):
        N, T, _ = x.shape
        self.x = x
        self.states = np.zeros((T + 1, N, self.W.shape[0]))
        for t in range(T):
            self.states[t + 1] = 1 / (1 + np.exp(-(x[:, t].dot(self.U) + self.states[t].dot(self.W))))
        return self.states[-1]

    def bptt(self, grad):
        dz = np.zeros_like(self.states[1:])
        for t in range(len(dz) - 1, -1, -1):
            s = self.states[t + 1]
            dz[t] = grad * s * (1 - s)
            grad = np.dot(dz[t], self.W.T)
        self.dW = np.einsum("tni,tnj->ij", self.states[:-1], dz)
        self.dU = np.einsum("nti,tnj->ij", self.x, dz)
        return np.einsum("tnj,ij->nti", dz, self.U)


def right(E, U, W, V, tokens, y):
    rnn = Elman(U, W)
    last = rnn.run(E[tokens])
    d_out = 2 * (last.dot(V) - y) / y.shape[0]
    dx = rnn.bptt(d_out.dot(V.T))
    dE = np.zeros_like(E)
    np.add.at(dE, tokens, dx)
    return {"E": dE, "U": rnn.dU, "W": rnn.dW, "V": last.T.dot(d_out)}


def backprop(E, U, W, V, tokens, y):
    N, T = tokens.shape
    hs = [np.zeros((N, 5))]
    for t in range(T):
        z = E[tokens[:, t]] @ U + hs[t] @ W
        hs.append(1 / (1 + np.exp(-z)))
    dy = 2 * (hs[T] @ V - y) / N
    dE, dU, dW = np.zeros_like(E), np.zeros_like(U), np.zeros_like(W)
    dV = hs[T].T @ dy
    dh = dy @ V.T
    for t in reversed(range(T)):
        dz = dh * hs[t + 1] * (1 - hs[t + 1])
        dU += E[tokens[:, t]].T @ dz
        dW += hs[t + 1].T @ dz
        for n in range(N):
            dE[tokens[n, t]] = dz[n] @ U.T
        dh = dz @ W.T
    return dE, dU, dW, dV

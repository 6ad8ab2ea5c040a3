"""Bidirectional recurrent weights of the same step.

expected kind: wrong-point or wrong-shape
wrong line: 114
correction 114: dUb += np.outer(da, hb[t + 1])
what: The state before, going from right to left, is that of the next word; the line was copied from the other direction
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["Wf", "Uf", "Wb", "Ub", "V", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    weights = [0.6 * r.normal(size=shape) for shape in ((3, 2), (3, 3), (3, 2), (3, 3), (4, 6), 4)]
    return *weights, r.normal(size=(5, 2)), np.array([0, 3, 1, 1, 2])


def loss(Wf, Uf, Wb, Ub, V, c, X, labels):
    T, n = len(X), len(Uf)
    h, left = np.zeros(n), []
    for x in X:
        h = np.tanh(Wf @ x + Uf @ h)
        left.append(h)
    h, back = np.zeros(n), []
    for x in X[::-1]:
        h = np.tanh(Wb @ x + Ub @ h)
        back.append(h)
    total = 0.0
    for t in range(T):
        scores = V @ np.concatenate([left[t], back[T - 1 - t]]) + c
        total = total + np.log(np.sum(np.exp(scores))) - scores[labels[t]]
    return total / T


def unroll(W, U, xs):
    states = [np.zeros(len(U))]
    for x in xs:
        states.append(np.tanh(W @ x + U @ states[-1]))
    return np.array(states)


def unroll_backward(U, xs, states, dstates):
    dW, dU = 0, 0
    carry = np.zeros(len(U))
    for t in reversed(range(len(xs))):
        dz = (dstates[t] + carry) * (1 - states[t + 1] ** 2)
        dW = dW + dz[:, None] * xs[t]
        dU = dU + dz[:, None] * states[t]
        carry = dz @ U
    return dW, dU


def right(Wf, Uf, Wb, Ub, V, c, X, labels):
    T, n = len(X), len(Uf)
    forwards = unroll(Wf, Uf, X)
    backwards = unroll(Wb, Ub, X[::-1])
    H = np.hstack([forwards[1:], backwards[1:][::-1]])
    P = np.exp(H @ V.T + c)
    P /= P.sum(axis=1, keepdims=True)
    dS = (P - np.eye(len(c))[labels]) / T
    dH = dS @ V
    dWf, dUf = unroll_backward(Uf, X, forwards, dH[:, :n])
    dWb, dUb = unroll_backward(Ub, X[::-1], backwards, dH[::-1, n:])
    return dWf, dUf, dWb, dUb, dS.T @ H, dS.sum(axis=0)


class BiRNN:
    def __init__(self, Wf, Uf, Wb, Ub, V, c):
        self.Wf, self.Uf, self.Wb, self.Ub, self.V, self.c = Wf, Uf, Wb, Ub, V, c
        self.n = Uf.shape[0]

    def forward(self, X):
        T = X.shape[0]
        hf, hb = np.zeros((T + 1, self.n)), np.zeros((T + 1, self.n))
        for t in range(T):
            hf[t + 1] = np.tanh(self.Wf @ X[t] + self.Uf @ hf[t])
        for t in range(T - 1, -1, -1):
            hb[t] = np.tanh(self.Wb @ X[t] + self.Ub @ hb[t + 1])
        probs = []
        for t in range(T):
            y = self.V @ np.concatenate([hf[t + 1], hb[t]]) + self.c
            e = np.exp(y - y.max())
            probs.append(e / e.sum())
        self.cache = X, hf, hb, probs

    def backward(self, labels):
        X, hf, hb, probs = self.cache
        T = X.shape[0]
        dWf, dUf = np.zeros_like(self.Wf), np.zeros_like(self.Uf)
        dWb, dUb = np.zeros_like(self.Wb), np.zeros_like(self.Ub)
        dV, dc = np.zeros_like(self.V), np.zeros_like(self.c)
        dhf, dhb = np.zeros((T, self.n)), np.zeros((T, self.n))
        for t in range(T):
            dy = probs[t].copy()
            dy[labels[t]] -= 1
            dy /= T
            dV += np.outer(dy, np.concatenate([hf[t + 1], hb[t]]))
            dc += dy
            dhf[t], dhb[t] = np.split(self.V.T @ dy, 2)
        dh_next = np.zeros(self.n)
        for t in range(T - 1, -1, -1):
            da = (dhf[t] + dh_next) * (1 - hf[t + 1] ** 2)
            dWf += np.outer(da, X[t])
            dUf += np.outer(da, hf[t])
            dh_next = self.Uf.T @ da
        dh_next = np.zeros(self.n)
        for t in range(T):
            da = (dhb[t] + dh_next) * (1 - hb[t] ** 2)
            dWb += np.outer(da, X[t])
            dUb += np.outer(da, hb[t])
            dh_next = self.Ub.T @ da
        return dWf, dUf, dWb, dUb, dV, dc


def backprop(Wf, Uf, Wb, Ub, V, c, X, labels):
    net = BiRNN(Wf, Uf, Wb, Ub, V, c)
    net.forward(X)
    return net.backward(labels)

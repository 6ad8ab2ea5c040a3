"""Char rnn walks forward in time.

expected kind: reversed or stale-value
wrong line: 72
correction 72: for t in reversed(range(T)):
what: The loop of the backward pass begins at the first step, so every step gets what the step before it hands on
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["E", "W", "U", "b", "V"]


def data(seed=0):
    r = np.random.default_rng(seed)
    tokens = np.array([[0, 1, 1, 4], [3, 1, 2, 0], [0, 1, 3, 3]])
    labels = np.array([[1, 1, 4, 2], [1, 2, 0, 3], [1, 3, 3, 4]])
    shapes = (5, 3), (3, 4), (4, 4), (4,), (4, 5)
    return (*(r.normal(size=s) * 0.8 for s in shapes), tokens, labels)


def loss(E, W, U, b, V, tokens, labels):
    N, T = tokens.shape
    h, total = np.zeros((N, len(b))), 0
    for t in range(T):
        h = np.tanh(E[tokens[:, t]] @ W + h @ U + b)
        s = h @ V
        total = total + np.sum(np.log(np.sum(np.exp(s), axis=1)) - s[np.arange(N), labels[:, t]])
    return total / (N * T)


def right(E, W, U, b, V, tokens, labels):
    grads = [np.zeros_like(p) for p in (E, W, U, b, V)]
    count = tokens.size
    for words, wanted in zip(tokens, labels):
        hs = [np.zeros(len(b))]
        for word in words:
            hs.append(np.tanh(E[word] @ W + hs[-1] @ U + b))
        carry = np.zeros(len(b))
        for k in range(len(words), 0, -1):
            q = np.exp(hs[k] @ V)
            q = q / q.sum() - (np.arange(5) == wanted[k - 1])
            a = (V @ q / count + carry) * (1 - hs[k] ** 2)
            carry = U @ a
            grads[0][words[k - 1]] += W @ a
            grads[1] += np.outer(E[words[k - 1]], a)
            grads[2] += np.outer(hs[k - 1], a)
            grads[3] += a
            grads[4] += np.outer(hs[k], q) / count
    return tuple(grads)


class CharRNN:
    def __init__(self, E, W, U, b, V):
        self.E, self.W, self.U, self.b, self.V = E, W, U, b, V

    def forward(self, tokens):
        self.tokens = tokens
        self.h = [np.zeros((len(tokens), len(self.b)))]
        self.p = []
        for step in tokens.T:
            self.h.append(np.tanh(self.E[step] @ self.W + self.h[-1] @ self.U + self.b))
            e = np.exp(self.h[-1] @ self.V)
            self.p.append(e / e.sum(axis=1, keepdims=True))

    def backward(self, labels):
        N, T = labels.shape
        dE, dW, dU, db, dV = (np.zeros_like(p) for p in (self.E, self.W, self.U, self.b, self.V))
        dh_next = np.zeros((N, len(self.b)))
        for t in range(T):
            ds = self.p[t].copy()
            ds[np.arange(N), labels[:, t]] -= 1
            ds /= N * T
            dV += self.h[t + 1].T @ ds
            dh = ds @ self.V.T + dh_next
            dz = dh * (1 - self.h[t + 1] ** 2)
            words = self.tokens[:, t]
            dW += self.E[words].T @ dz
            dU += self.h[t].T @ dz
            db += dz.sum(axis=0)
            np.add.at(dE, words, dz @ self.W.T)
            dh_next = dz @ self.U.T
        return dE, dW, dU, db, dV


def backprop(E, W, U, b, V, tokens, labels):
    net = CharRNN(E, W, U, b, V)
    net.forward(tokens)
    return net.backward(labels)

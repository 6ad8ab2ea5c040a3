"""Crf a transition before the first label.

expected kind: repeated-term or repeated-factor
wrong line: 73
correction 73: for t in range(T - 1, 0, -1):
what: The loop goes to the first label, which no transition leads to, and takes the last for the one before it
source: https://github.com/neoml-lib/neoml/pull/70
said: there was excessive addition to the gradients at the first step, where there are no transitions
"""

import numpy as np

PARAMETERS = ["W", "A", "start"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W, A, start, X = (r.normal(size=s) for s in [(3, 4), (4, 4), 4, (6, 3)])
    return W, A, start, X, np.array([1, 0, 3, 3, 2, 1])


def lse(a, axis):
    top = np.max(a, axis=axis, keepdims=True)
    return np.log(np.sum(np.exp(a - top), axis=axis)) + np.squeeze(top, axis=axis)


def loss(W, A, start, X, tags):
    E = X @ W
    alpha = start + E[0]
    for t in range(1, len(tags)):
        alpha = E[t] + lse(alpha[:, None] + A, 0)
    score = start[tags[0]] + np.sum(E[np.arange(len(tags)), tags]) + np.sum(A[tags[:-1], tags[1:]])
    return lse(alpha, 0) - score


def right(W, A, start, X, tags):
    T, K = len(tags), len(start)
    E = X @ W
    alpha, beta = np.zeros((T, K)), np.zeros((T, K))
    alpha[0] = start + E[0]
    for t in range(1, T):
        for j in range(K):
            alpha[t, j] = E[t, j] + lse(alpha[t - 1] + A[:, j], 0)
    for t in range(T - 2, -1, -1):
        for i in range(K):
            beta[t, i] = lse(A[i] + beta[t + 1] + E[t + 1], 0)
    log_Z = lse(alpha[-1], 0)
    unary = np.exp(alpha + beta - log_Z)
    dA = np.zeros_like(A)
    for t in range(1, T):
        dA += np.exp(alpha[t - 1][:, None] + A + E[t] + beta[t] - log_Z)
        dA[tags[t - 1], tags[t]] -= 1
    unary[np.arange(T), tags] -= 1
    dstart = unary[0].copy()
    return X.T @ unary, dA, dstart


class CRF:
    def __init__(self, A, start):
        self.A, self.start = A, start

    def forward(self, emissions):
        self.alphas = [self.start + emissions[0]]
        for e in emissions[1:]:
            scores = self.alphas[-1][:, None] + self.A
            self.alphas.append(e + lse(scores, 0))

    def backward(self):
        last = self.alphas[-1]
        d = np.exp(last - lse(last, 0))
        T = len(self.alphas)
        dA, dE = np.zeros_like(self.A), np.zeros((T, len(d)))
        for t in range(T - 1, -1, -1):
            dE[t] = d
            scores = self.alphas[t - 1][:, None] + self.A
            weights = np.exp(scores - lse(scores, 0))
            flow = weights * d
            dA += flow
            d = flow.sum(axis=1)
        dE[0] = d
        return dE, dA, d.copy()


def backprop(W, A, start, X, tags):
    crf = CRF(A, start)
    crf.forward(X.dot(W))
    dE, dA, dstart = crf.backward()
    for t, tag in enumerate(tags):
        dE[t, tag] -= 1
        if t > 0:
            dA[tags[t - 1], tag] -= 1
    dstart[tags[0]] -= 1
    return X.T.dot(dE), dA, dstart

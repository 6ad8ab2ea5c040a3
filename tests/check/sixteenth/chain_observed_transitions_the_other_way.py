"""Chain observed transitions the other way.

expected kind: transpose or swapped-operands or wrong-parameter
wrong line: 90
correction 90: np.add.at(dA, (y[:-1], y[1:]), -1)
what: The transitions that were seen are taken away with from and to exchanged
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "A"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=(3, 3)), r.normal(size=(5, 4)), np.array([0, 2, 2, 1, 0])


def loss(W, A, X, y):
    U = X @ W
    alpha = U[0]
    for t in range(1, len(y)):
        alpha = U[t] + np.log(np.sum(np.exp(alpha[:, None] + A), axis=0))
    path = np.sum(U[np.arange(len(y)), y]) + np.sum(A[y[:-1], y[1:]])
    return np.log(np.sum(np.exp(alpha))) - path


def logsumexp(v):
    top = v.max()
    return top + np.log(np.sum(np.exp(v - top)))


def forward_backward(U, A):
    T, K = U.shape
    alpha, beta = np.zeros((T, K)), np.zeros((T, K))
    alpha[0] = U[0]
    for t in range(1, T):
        for j in range(K):
            alpha[t, j] = U[t, j] + logsumexp(alpha[t - 1] + A[:, j])
    for t in range(T - 2, -1, -1):
        for i in range(K):
            beta[t, i] = logsumexp(A[i] + U[t + 1] + beta[t + 1])
    return alpha, beta, logsumexp(alpha[-1])


def right(W, A, X, y):
    U = np.dot(X, W)
    T, K = U.shape
    alpha, beta, logZ = forward_backward(U, A)
    dU, dA = np.exp(alpha + beta - logZ), np.zeros_like(A)
    for t in range(T - 1):
        for i in range(K):
            for j in range(K):
                dA[i, j] += np.exp(alpha[t, i] + A[i, j] + U[t + 1, j] + beta[t + 1, j] - logZ)
    for t in range(T):
        dU[t, y[t]] -= 1
        if t > 0:
            dA[y[t - 1], y[t]] -= 1
    return np.dot(X.T, dU), dA


class LinearChainCRF:
    def __init__(self, W, A):
        self.W, self.A = W, A

    def forward(self, X):
        self.U = X @ self.W
        self.alphas = [self.U[0]]
        self.moves = []
        for u in self.U[1:]:
            scores = self.alphas[-1][:, None] + self.A
            weight = np.exp(scores - scores.max(axis=0))
            self.moves.append(weight / weight.sum(axis=0))
            self.alphas.append(u + scores.max(axis=0) + np.log(weight.sum(axis=0)))

    def backward(self, y):
        dU, dA = np.zeros_like(self.U), np.zeros_like(self.A)
        d = np.exp(self.alphas[-1] - self.alphas[-1].max())
        d /= d.sum()
        for t in reversed(range(len(y))):
            dU[t] = d
            if t == 0:
                break
            edge = self.moves[t - 1] * d
            dA += edge
            d = edge.sum(axis=1)
        dU[np.arange(len(y)), y] -= 1
        np.add.at(dA, (y[1:], y[:-1]), -1)
        return dU, dA


def backprop(W, A, X, y):
    crf = LinearChainCRF(W, A)
    crf.forward(X)
    dU, dA = crf.backward(y)
    return X.T @ dU, dA

"""Jacobian input for the probability.

expected kind: wrong-point or stale-value
wrong line: 53
correction 53: gradient[i, j] = self.value[i] * (1 - self.value[i])
what: The diagonal of the Jacobian has what went into the softmax in place of what came out
source: https://newbe.dev/numpy-calculate-the-derivative-of-the-softmax-function
said: it should be the value, not the input, in both cases
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    T = np.eye(3)[r.integers(0, 3, size=4)]
    return (*(r.normal(size=s) for s in [(2, 4), (4,), (4, 3), (3,), (4, 2)]), T)


def loss(W1, b1, W2, b2, X, T):
    H = 1 / (1 + np.exp(-(X @ W1 + b1)))
    Z = H @ W2 + b2
    Q = np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)
    return -np.sum(T * np.log(Q)) / 4


def right(W1, b1, W2, b2, X, T):
    H = 1 / (1 + np.exp(-(X @ W1 + b1)))
    Q = np.exp(H @ W2 + b2)
    Q /= Q.sum(axis=1, keepdims=True)
    J = np.einsum("ni,ij->nij", Q, np.eye(3)) - np.einsum("ni,nj->nij", Q, Q)
    dQ = -T / Q / len(X)
    dZ = np.einsum("ni,nij->nj", dQ, J)
    dH = np.einsum("nj,kj->nk", dZ, W2)
    dA = dH * H * (1 - H)
    return X.T @ dA, dA.sum(axis=0), H.T @ dZ, dZ.sum(axis=0)


class Softmax:
    def forward(self, x):
        self.input = x
        self.value = np.exp(x) / np.sum(np.exp(x))
        return self.value

    def backward(self):
        n = len(self.value)
        gradient = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                if i == j:
                    gradient[i, j] = self.value[i] * (1 - self.input[i])
                else:
                    gradient[i, j] = -self.value[i] * self.value[j]
        return gradient


def backprop(W1, b1, W2, b2, X, T):
    dW1, db1, dW2, db2 = [np.zeros(p.shape) for p in (W1, b1, W2, b2)]
    for x, t in zip(X, T):
        layer = Softmax()
        h = 1 / (1 + np.exp(-x @ W1 - b1))
        q = layer.forward(h @ W2 + b2)
        dz = layer.backward() @ (-t / q) / len(X)
        db2 += dz
        dW2 += np.outer(h, dz)
        da = W2 @ dz * h * (1 - h)
        db1 += da
        dW1 += np.outer(x, da)
    return dW1, db1, dW2, db2

"""Sparse divergence of each example.

expected kind: wrong-point or another-loss
wrong line: 62
correction 62: d_h += BETA * ((1 - RHO) / (1 - usage) - RHO / usage) / len(batch)
what: The penalty is derived at the code of the example, not at the mean of all
source: https://github.com/nndl/nndl/issues/466
said: the sparsity is written as one of a single code, but the divergence depends on those of all examples
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
RHO, BETA = 0.2, 0.7


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(5, 4))


def loss(W1, b1, W2, b2, X):
    h = 1 / (1 + np.exp(-(X @ W1 + b1)))
    reconstruction = 0.5 * np.sum((h @ W2 + b2 - X) ** 2) / len(X)
    rho_hat = np.mean(h, axis=0)
    kl = np.sum(RHO * np.log(RHO / rho_hat) + (1 - RHO) * np.log((1 - RHO) / (1 - rho_hat)))
    return reconstruction + BETA * kl


def right(W1, b1, W2, b2, X):
    data = X.T
    m = data.shape[1]
    # one example in each column
    a2 = 1 / (1 + np.exp(-(W1.T.dot(data) + b1[:, None])))
    a3 = W2.T.dot(a2) + b2[:, None]
    rho_hat = a2.sum(axis=1, keepdims=True) / m
    delta3 = a3 - data
    sparsity = BETA * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))
    delta2 = (W2.dot(delta3) + sparsity) * a2 * (1 - a2)
    W2grad = a2.dot(delta3.T) / m
    W1grad = data.dot(delta2.T) / m
    return W1grad, delta2.mean(axis=1), W2grad, delta3.mean(axis=1)


class SparseAutoencoder:
    def __init__(self, W1, b1, W2, b2):
        self.W1, self.b1, self.W2, self.b2 = W1, b1, W2, b2
        self.grads = [np.zeros_like(p) for p in (W1, b1, W2, b2)]

    def encode(self, x):
        return 1 / (1 + np.exp(-(x @ self.W1 + self.b1)))

    def decode(self, h):
        return h @ self.W2 + self.b2

    def backward(self, batch):
        codes = [self.encode(x) for x in batch]
        usage = sum(codes) / len(batch)
        for x, h in zip(batch, codes):
            d_out = (self.decode(h) - x) / len(batch)
            d_h = self.W2 @ d_out
            d_h += BETA * ((1 - RHO) / (1 - h) - RHO / h) / len(batch)
            d_z = d_h * h * (1 - h)
            for grad, step in zip(self.grads, (np.outer(x, d_z), d_z, np.outer(h, d_out), d_out)):
                grad += step
        return self.grads


def backprop(W1, b1, W2, b2, X):
    return SparseAutoencoder(W1, b1, W2, b2).backward(X)

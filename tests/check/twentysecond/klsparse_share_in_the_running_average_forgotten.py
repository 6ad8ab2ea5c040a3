"""Klsparse share in the running average forgotten.

expected kind: missing-factor or scale
wrong line: 74 or 80
correction 74: return MIX * WEIGHT * ((self.p - RHO) / (self.p * (1 - self.p)))
correction 80: error += MIX * self.penalty_slope() / m
what: The batch has only a share in the running average of the activations, which is left out on the way back
source: https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/151
said: the average activation is a running one, most of it old; does that give the real average, and how can it ensure sparsity?
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
RHO, WEIGHT, DECAY, MIX = 0.2, 0.8, 0.05, 0.3


def data(seed=0):
    rng = np.random.default_rng(seed)
    W1, b1, W2, b2 = rng.normal(size=(3, 4)), rng.normal(size=(3, 1)), rng.normal(size=(4, 3)), rng.normal(size=(4, 1))
    return W1, b1, W2, b2, rng.uniform(size=(4, 6)), rng.uniform(0.2, 0.8, size=(3, 1))


def loss(W1, b1, W2, b2, X, running):
    m = X.shape[1]
    a = 1 / (1 + np.exp(-(W1 @ X + b1)))
    out = 1 / (1 + np.exp(-(W2 @ a + b2)))
    q = (1 - MIX) * running + MIX * np.mean(a, axis=1, keepdims=True)
    kl = np.sum(RHO * np.log(RHO / q) + (1 - RHO) * np.log((1 - RHO) / (1 - q)))
    return 0.5 / m * np.sum((out - X) ** 2) + 0.5 * DECAY * (np.sum(W1**2) + np.sum(W2**2)) + WEIGHT * kl


def sigm(z):
    return 1 / (1 + np.exp(-z))


def sparse_cost_gradient(W1, b1, W2, b2, patches, running):
    m = patches.shape[1]
    a2 = sigm(W1 @ patches + np.repeat(b1, m, axis=1))
    a3 = sigm(W2 @ a2 + np.repeat(b2, m, axis=1))
    rho_hat = MIX * a2.sum(axis=1, keepdims=True) / m + (1 - MIX) * running
    delta3 = -(patches - a3) * a3 * (1 - a3)
    sparsity = WEIGHT * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))
    delta2 = (W2.T @ delta3 + MIX * sparsity) * a2 * (1 - a2)
    W1grad = delta2 @ patches.T / m + DECAY * W1
    W2grad = delta3 @ a2.T / m + DECAY * W2
    b1grad = delta2.sum(axis=1, keepdims=True) / m
    b2grad = delta3.sum(axis=1, keepdims=True) / m
    return np.concatenate([g.ravel() for g in (W1grad, b1grad, W2grad, b2grad)])


def right(W1, b1, W2, b2, X, running):
    theta = sparse_cost_gradient(W1, b1, W2, b2, X, running)
    pieces = []
    for p in (W1, b1, W2, b2):
        pieces.append(theta[: p.size].reshape(p.shape))
        theta = theta[p.size :]
    return pieces


class SparseCoder:
    def __init__(self, W1, b1, W2, b2, running):
        self.W = [W1, W2]
        self.b = [b1, b2]
        self.running = running

    def feedforward(self, X):
        self.a = [X]
        for W, b in zip(self.W, self.b):
            self.a.append(1 / (1 + np.exp(-(np.dot(W, self.a[-1]) + b))))
        self.p = (1 - MIX) * self.running + MIX * self.a[1].mean(axis=1)[:, None]

    def penalty_slope(self):
        return WEIGHT * ((self.p - RHO) / (self.p * (1 - self.p)))

    def backpropagate(self):
        m = self.a[0].shape[1]
        d = [None, (self.a[2] - self.a[0]) * self.a[2] * (1 - self.a[2]) / m]
        error = np.dot(self.W[1].T, d[1])
        error += self.penalty_slope() / m
        d[0] = error * self.a[1] * (1 - self.a[1])
        dW = [np.dot(d[i], self.a[i].T) + DECAY * self.W[i] for i in (0, 1)]
        db = [d[i].sum(axis=1)[:, None] for i in (0, 1)]
        return dW, db


def backprop(W1, b1, W2, b2, X, running):
    coder = SparseCoder(W1, b1, W2, b2, running)
    coder.feedforward(X)
    dW, db = coder.backpropagate()
    return dW[0], db[0], dW[1], db[1]

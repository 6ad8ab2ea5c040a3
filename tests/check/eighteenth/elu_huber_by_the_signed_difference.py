"""Elu huber by the signed difference.

expected kind: wrong-mask or wrong-point
wrong line: 78 or 79
correction 78: small = np.abs(err) < DELTA
correction 79: derr = np.clip(err, -DELTA, DELTA)
what: In Huber's loss the signed difference is held against the threshold: large differences below count as if the square went on
source: https://github.com/BobMcDear/attorch/issues/13
said: the signed difference is held against the threshold, so all far below it take the branch of the squares
"""

import numpy as np

PARAMETERS = ["W1", "W2", "w3"]
ALPHA, DELTA = 1.5, 0.8


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(8, 3)), 5 * r.normal(size=8)


def loss(W1, W2, w3, X, t):
    z1 = X @ W1
    h1 = np.where(z1 > 0, z1, ALPHA * (np.exp(z1) - 1))
    h2 = np.log(1 + np.exp(h1 @ W2))
    e = h2 @ w3 - t
    return np.mean(np.where(np.abs(e) < DELTA, 0.5 * e**2, DELTA * (np.abs(e) - 0.5 * DELTA)))


def clip_gradient(e):
    return max(min(e, DELTA), -DELTA)


def right(W1, W2, w3, X, t):
    n = len(t)
    grads = {"W1": np.zeros_like(W1), "W2": np.zeros_like(W2), "w3": np.zeros_like(w3)}
    for i in range(n):
        z1 = X[i] @ W1
        h1 = z1.copy()
        below = z1 <= 0
        h1[below] = ALPHA * np.expm1(z1[below])
        z2 = h1 @ W2
        h2 = np.logaddexp(0, z2)
        g = clip_gradient(h2 @ w3 - t[i]) / n
        grads["w3"] += g * h2
        g2 = g * w3 * (1 - np.exp(-h2))
        grads["W2"] += np.outer(h1, g2)
        g1 = W2 @ g2
        g1[below] *= ALPHA * np.exp(z1[below])
        grads["W1"] += np.outer(X[i], g1)
    return grads


class ELU:
    def __call__(self, x):
        return np.where(x >= 0.0, x, ALPHA * (np.exp(x) - 1))

    def gradient(self, x):
        return np.where(x >= 0.0, 1, self.__call__(x) + ALPHA)


class SoftPlus:
    def __call__(self, x):
        return np.log(1 + np.exp(x))

    def gradient(self, x):
        return 1 / (1 + np.exp(-x))


def backprop(W1, W2, w3, X, t):
    elu, softplus = ELU(), SoftPlus()
    z1 = X.dot(W1)
    h1 = elu(z1)
    z2 = h1.dot(W2)
    h2 = softplus(z2)
    err = h2.dot(w3) - t
    small = err < DELTA
    derr = np.where(small, err, DELTA * np.sign(err))
    derr = derr / len(t)
    dw3 = h2.T.dot(derr)
    dz2 = np.outer(derr, w3) * softplus.gradient(z2)
    dW2 = h1.T.dot(dz2)
    dz1 = dz2.dot(W2.T) * elu.gradient(z1)
    dW1 = X.T.dot(dz1)
    return dW1, dW2, dw3

"""Words centre pulled by its own vector.

expected kind: missing-term or diagonal-jacobian or missing-sum or elementwise-for-matmul
wrong line: 62
correction 62: grad_center = np.dot(U.T, y_hat)
what: The centre word hears of the word that was there only, not of all others
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["V", "U"]


def data(seed=0):
    r = np.random.default_rng(seed)
    V, U = r.normal(size=(5, 3)), r.normal(size=(5, 3))
    return V, U, np.array([1, 3, 1, 0, 4, 3]), np.array([0, 2, 4, 2, 1, 1])


def loss(V, U, centers, outsides):
    scores = V[centers] @ U.T
    return np.sum(np.log(np.sum(np.exp(scores), axis=1)) - scores[np.arange(len(centers)), outsides])


class SkipGram:
    def __init__(self, V, U):
        self.V, self.U = V, U

    def forward(self, centers):
        self.centers = centers
        self.h = self.V[centers]
        scores = self.h @ self.U.T
        scores -= scores.max(axis=1, keepdims=True)
        self.probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)

    def backward(self, outsides):
        targets = np.zeros_like(self.probs)
        targets[np.arange(len(outsides)), outsides] = 1
        error = self.probs - targets
        dU = error.T @ self.h
        dV = np.zeros_like(self.V)
        np.add.at(dV, self.centers, error @ self.U)
        return dV, dU


def right(V, U, centers, outsides):
    model = SkipGram(V, U)
    model.forward(centers)
    return model.backward(outsides)


def softmax(x):
    x = np.exp(x - x.max())
    return x / x.sum()


def naive_softmax_gradient(center_vec, outside_idx, U):
    y_hat = softmax(np.dot(U, center_vec))
    y_hat[outside_idx] -= 1
    grad_center = y_hat[outside_idx] * U[outside_idx]
    grad_outside = np.outer(y_hat, center_vec)
    return grad_center, grad_outside


def backprop(V, U, centers, outsides):
    grad_V, grad_U = np.zeros(V.shape), np.zeros(U.shape)
    for center, outside in zip(centers, outsides):
        g_center, g_outside = naive_softmax_gradient(V[center], outside, U)
        grad_V[center] += g_center
        grad_U += g_outside
    return grad_V, grad_U

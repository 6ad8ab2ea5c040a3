"""Tied sparsity not in the hidden layer.

expected kind: missing-term or detached
wrong line: 73
correction 73: delta2 = (delta3 @ W + sparsity_delta) * a2 * (1 - a2)
what: The gradient of the sparsity is worked out and doesn't go into the hidden layer's
source: https://github.com/jatinshah/ufldl_tutorial/issues/9
said: the derivatives with respect to z2 leave the loss of the sparsity out
"""

import numpy as np

PARAMETERS = ["W", "b", "c"]


RHO, BETA = 0.2, 0.5


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.random((6, 4)), r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=4)


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


def loss(X, W, b, c):
    H = sigmoid(X @ W + b)
    R = sigmoid(H @ W.T + c)
    rho_hat = np.mean(H, axis=0)
    kl = np.sum(RHO * np.log(RHO / rho_hat) + (1 - RHO) * np.log((1 - RHO) / (1 - rho_hat)))
    return 0.5 * np.sum((R - X) ** 2) / len(X) + BETA * kl


class TiedAutoencoder:
    def __init__(self, W, b, c):
        self.W, self.b, self.c = W, b, c

    def encode(self, X):
        return sigmoid(np.dot(X, self.W) + self.b)

    def decode(self, hidden):
        return sigmoid(np.dot(hidden, self.W.T) + self.c)

    def gradient(self, X):
        n = X.shape[0]
        hidden = self.encode(X)
        output = self.decode(hidden)
        error = (output - X) * output * (1 - output) / n
        dW = np.dot(hidden.T, error).T
        dc = error.sum(0)
        mean = hidden.sum(0) / n
        dhidden = error.dot(self.W)
        dhidden += BETA / n * ((1 - RHO) / (1 - mean) - RHO / mean)
        dpre = dhidden * hidden * (1 - hidden)
        dW += np.dot(X.T, dpre)
        db = dpre.sum(0)
        return {"W": dW, "b": db, "c": dc}


def right(X, W, b, c):
    return TiedAutoencoder(W, b, c).gradient(X)


def backprop(X, W, b, c):
    m = len(X)
    a2 = sigmoid(X @ W + b)
    a3 = sigmoid(a2 @ W.T + c)
    rho_hat = a2.mean(axis=0)
    delta3 = (a3 - X) * a3 * (1 - a3)
    sparsity_delta = BETA * (-RHO / rho_hat + (1 - RHO) / (1 - rho_hat))
    delta2 = delta3 @ W * a2 * (1 - a2)
    W_grad = (X.T @ delta2 + delta3.T @ a2) / m
    return W_grad, delta2.sum(axis=0) / m, delta3.sum(axis=0) / m

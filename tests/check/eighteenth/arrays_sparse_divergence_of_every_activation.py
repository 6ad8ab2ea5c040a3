"""Arrays sparse divergence of every activation.

expected kind: wrong-point or stale-value
wrong line: 58
correction 58: average = activations.mean(axis=1, keepdims=True)
given as: arrays
what: The divergence is taken of each activation for itself, not of the mean over the examples
source: https://github.com/syorami/Autoencoders-Variants/issues/4
said: what the sparsity is counted of isn't what the method has
"""

import numpy as np

PARAMETERS = ["W1", "W2", "b1", "b2"]
RHO, BETA, LAM = 0.2, 0.8, 0.05


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=(3, 1)), r.normal(size=(4, 1)), r.uniform(size=(4, 6))


def loss(W1, W2, b1, b2, X):
    m = X.shape[1]
    a2 = 1 / (1 + np.exp(-(W1 @ X + b1)))
    a3 = 1 / (1 + np.exp(-(W2 @ a2 + b2)))
    rho = np.mean(a2, axis=1)
    kl = np.sum(RHO * np.log(RHO / rho) + (1 - RHO) * np.log((1 - RHO) / (1 - rho)))
    return 0.5 / m * np.sum((a3 - X) ** 2) + 0.5 * LAM * (np.sum(W1**2) + np.sum(W2**2)) + BETA * kl


def sparse_autoencoder_cost_grad(W1, W2, b1, b2, X):
    m = X.shape[1]
    z2 = W1.dot(X) + np.tile(b1, (1, m))
    a2 = 1 / (1 + np.exp(-z2))
    z3 = W2.dot(a2) + np.tile(b2, (1, m))
    a3 = 1 / (1 + np.exp(-z3))
    rho_hat = np.sum(a2, axis=1) / m
    delta3 = -(X - a3) * a3 * (1 - a3)
    sparsity = -RHO / rho_hat + (1 - RHO) / (1 - rho_hat)
    delta2 = (W2.T.dot(delta3) + BETA * sparsity[:, None]) * a2 * (1 - a2)
    W1grad = delta2.dot(X.T) / m + LAM * W1
    W2grad = delta3.dot(a2.T) / m + LAM * W2
    b1grad = np.sum(delta2, axis=1, keepdims=True) / m
    b2grad = np.sum(delta3, axis=1, keepdims=True) / m
    return W1grad, W2grad, b1grad, b2grad


def right(W1, W2, b1, b2, X):
    return sparse_autoencoder_cost_grad(W1, W2, b1, b2, X)


class KLPenalty:
    def __init__(self, target, weight):
        self.target, self.weight = target, weight

    def gradient(self, activations):
        average = activations
        pull = (average - self.target) / (average * (1 - average))
        return self.weight * pull / activations.shape[1]


def backprop(W1, W2, b1, b2, X):
    params = {"W1": W1, "W2": W2, "b1": b1, "b2": b2}
    code = 1 / (1 + np.exp(-(W1 @ X + b1)))
    output = 1 / (1 + np.exp(-(W2 @ code + b2)))
    doutput = (output - X) / X.shape[1]
    dz2 = doutput * output * (1 - output)
    dcode = W2.T @ dz2
    dcode += KLPenalty(RHO, BETA).gradient(code)
    dz1 = dcode * code * (1 - code)
    grads = {"W1": dz1 @ X.T, "W2": dz2 @ code.T}
    grads["b1"] = dz1.sum(axis=1)[:, None]
    grads["b2"] = dz2.sum(axis=1)[:, None]
    for key in ("W1", "W2"):
        grads[key] += LAM * params[key]
    return grads

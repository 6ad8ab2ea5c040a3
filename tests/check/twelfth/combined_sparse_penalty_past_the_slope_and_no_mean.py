"""Combined sparse penalty past the slope and no mean.

expected kind: missing-factor + sum-for-mean or scale
wrong line: 83 and 81
correction 81: penalty = beta / N * ((1 - rho) / (1 - self.rho_hat) - rho / self.rho_hat)
correction 83: dz = (dh + penalty) * self.h * (1 - self.h)
what: The penalty is added behind the slope of the sigmoid; and it is not shared out to the examples, whose mean it is
    of
source: https://github.com/april-org/april-ann/pull/120
said: the derivative of the activation has to come after the penalty's is added, at the end of the function; the mean
    is made up
"""

import numpy as np

PARAMETERS = ["W1", "W2", "b1", "b2"]

rho, beta, lambda_ = 0.1, 0.7, 0.2


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, W2, b1, b2 = (r.normal(size=s) for s in [(3, 5), (5, 3), 3, 5])
    return W1, W2, b1, b2, r.uniform(size=(5, 8))


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def loss(W1, W2, b1, b2, data):
    m = data.shape[1]
    a2 = sigmoid(W1 @ data + b1[:, None])
    a3 = sigmoid(W2 @ a2 + b2[:, None])
    rho_hat = np.mean(a2, axis=1)
    kl = np.sum(rho * np.log(rho / rho_hat) + (1 - rho) * np.log((1 - rho) / (1 - rho_hat)))
    squares = np.sum((a3 - data) ** 2) / (2 * m)
    return squares + lambda_ / 2 * (np.sum(W1**2) + np.sum(W2**2)) + beta * kl


def sparse_autoencoder_grad(theta, data):
    W1, W2, b1, b2 = theta
    m = data.shape[1]
    z2 = W1.dot(data) + np.tile(b1, (m, 1)).transpose()
    a2 = sigmoid(z2)
    z3 = W2.dot(a2) + np.tile(b2, (m, 1)).transpose()
    h = sigmoid(z3)

    rho_hat = np.sum(a2, axis=1) / m
    sparsity_delta = np.tile(-rho / rho_hat + (1 - rho) / (1 - rho_hat), (m, 1)).transpose()
    delta3 = -(data - h) * sigmoid(z3) * (1 - sigmoid(z3))
    delta2 = W2.transpose().dot(delta3) + beta * sparsity_delta
    delta2 = delta2 * sigmoid(z2) * (1 - sigmoid(z2))
    W1grad = delta2.dot(data.transpose()) / m + lambda_ * W1
    W2grad = delta3.dot(a2.transpose()) / m + lambda_ * W2
    b1grad = np.sum(delta2, axis=1) / m
    b2grad = np.sum(delta3, axis=1) / m
    return W1grad, W2grad, b1grad, b2grad


def right(W1, W2, b1, b2, data):
    return sparse_autoencoder_grad((W1, W2, b1, b2), data)


class SparseAutoencoder:
    def __init__(self, W1, W2, b1, b2):
        self.W1, self.W2 = W1, W2
        self.b1, self.b2 = b1.reshape(-1, 1), b2.reshape(-1, 1)

    def forward(self, x):
        self.x = x
        self.h = sigmoid(self.W1 @ x + self.b1)
        self.y = sigmoid(self.W2 @ self.h + self.b2)
        self.rho_hat = self.h.mean(axis=1, keepdims=True)

    def backward(self):
        N = self.x.shape[1]
        dout = (self.y - self.x) / N * self.y * (1 - self.y)
        dW2 = dout @ self.h.T + lambda_ * self.W2
        db2 = dout.sum(axis=1)
        penalty = beta * ((1 - rho) / (1 - self.rho_hat) - rho / self.rho_hat)
        dh = self.W2.T @ dout
        dz = dh * self.h * (1 - self.h) + penalty
        dW1 = dz @ self.x.T + lambda_ * self.W1
        db1 = dz.sum(axis=1)
        return dW1, dW2, db1, db2


def backprop(W1, W2, b1, b2, data):
    model = SparseAutoencoder(W1, W2, b1, b2)
    model.forward(data)
    return model.backward()

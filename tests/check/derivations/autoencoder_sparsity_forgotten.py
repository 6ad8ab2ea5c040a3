"""The sparsity penalty isn't in the hidden delta.

expected kind: missing-term
wrong line: 56
correction 56: delta2 = (W2.transpose().dot(delta3) + BETA * sparsity_delta) * a2 * (1 - a2)
what: the penalty's derivative isn't added to the hidden layer's gradient
source: https://github.com/jatinshah/ufldl_tutorial/issues/9
said: A reader: the gradient doesn't take the sparsity loss into consideration.
"""

import numpy as np

PARAMETERS = ["W1", "W2", "b1", "b2"]
RHO, BETA, LAM = 0.1, 0.5, 0.01


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(3, 4), (4, 3), (3, 1), (4, 1)]
    return [r.uniform(size=(4, 7)), *(r.normal(size=shape) for shape in shapes)]


def loss(x, W1, W2, b1, b2):
    a2 = 1 / (1 + np.exp(-(W1 @ x + b1)))
    a3 = 1 / (1 + np.exp(-(W2 @ a2 + b2)))
    r = np.mean(a2, axis=1)
    kl = np.sum(RHO * np.log(RHO / r) + (1 - RHO) * np.log((1 - RHO) / (1 - r)))
    return 0.5 * np.sum((a3 - x) ** 2) / 7 + LAM / 2 * (np.sum(W1**2) + np.sum(W2**2)) + BETA * kl


def right(x, W1, W2, b1, b2):
    m = x.shape[1]
    a2 = 1 / (1 + np.exp(-W1 @ x - b1))
    a3 = 1 / (1 + np.exp(-W2 @ a2 - b2))
    d3 = (a3 - x) / m * a3 * (1 - a3)
    r = a2.mean(1, keepdims=True)
    da2 = W2.T @ d3 + BETA / m * (r - RHO) / (r * (1 - r))
    d2 = da2 * a2 * (1 - a2)
    return d2 @ x.T + LAM * W1, d3 @ a2.T + LAM * W2, d2.sum(1)[:, None], d3.sum(1)[:, None]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sparse_autoencoder_gradient(theta, data):
    W1, W2, b1, b2 = theta
    m = data.shape[1]
    z2 = W1.dot(data) + np.tile(b1, (1, m))
    a2 = sigmoid(z2)
    z3 = W2.dot(a2) + np.tile(b2, (1, m))
    h = sigmoid(z3)
    rho_hat = np.sum(a2, axis=1) / m
    sparsity_delta = np.tile(-RHO / rho_hat + (1 - RHO) / (1 - rho_hat), (m, 1)).transpose()
    delta3 = -(data - h) * h * (1 - h)
    delta2 = W2.transpose().dot(delta3) * a2 * (1 - a2)
    W1grad = delta2.dot(data.transpose()) / m + LAM * W1
    W2grad = delta3.dot(a2.transpose()) / m + LAM * W2
    b1grad = np.sum(delta2, axis=1).reshape(-1, 1) / m
    b2grad = np.sum(delta3, axis=1).reshape(-1, 1) / m
    return W1grad, W2grad, b1grad, b2grad


def backprop(x, W1, W2, b1, b2):
    return sparse_autoencoder_gradient((W1, W2, b1, b2), x)

"""l2 logistic bias twice.

expected kind: repeated-term or scale
wrong line: 42
correction 42: grad[0] = (1 / num_examples) * np.sum(delta * data[:, 0:1])
what: the loop has given theta_0 its part already, and it is added once more after it
source: https://github.com/trekhleb/homemade-machine-learning/issues/17
said: theta[0] is calculated twice in a step: in the vectorised line and again in the line for theta_zero
"""
import numpy as np

reg = 0.5


def sigm(t):
    return 1.0 / (1.0 + np.exp(-t))


def loss(theta, data, labels):
    n = data.shape[0]
    p = sigm(data @ theta)
    cost = -np.sum(labels * np.log(p) + (1 - labels) * np.log(1 - p)) / n
    return cost + reg / (2 * n) * np.sum(theta[1:, 0] ** 2)


def right(theta, data, labels):
    n = data.shape[0]
    g = data.T @ (sigm(data @ theta) - labels) / n
    g[1:] += reg / n * theta[1:]
    return g


def backprop(theta, data, labels):
    num_examples, num_features = data.shape
    delta = sigm(data @ theta) - labels
    grad = np.zeros_like(theta)
    for j in range(num_features):
        grad[j] = (1 / num_examples) * np.sum(delta * data[:, j : j + 1])
        if j > 0:
            grad[j] += reg / num_examples * theta[j]
    # theta_zero isn't regularised
    grad[0] = grad[0] + (1 / num_examples) * np.sum(delta * data[:, 0:1])
    return grad


PARAMETERS = ["theta"]


def data(seed=0):
    rng = np.random.default_rng(seed)
    features = np.hstack([np.ones((9, 1)), rng.normal(size=(9, 4))])
    return [rng.normal(size=(5, 1)), features, 1.0 * (rng.random((9, 1)) < 0.5)]

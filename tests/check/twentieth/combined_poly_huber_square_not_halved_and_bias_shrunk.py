"""Combined poly huber square not halved and bias shrunk.

expected kind: scale + repeated-term
wrong line: 75 and 81
correction 75: slope = error
correction 81: return grad_theta, grad_bias
what: Small errors are taken as squares, not as halves of squares; the bias is penalised too, which the loss does not
source: https://github.com/chiphuyen/stanford-tensorflow-tutorials/issues/123
said: Huber's loss has the whole square of a small error where it should have half of it; the other mistake is made up
"""

import numpy as np

PARAMETERS = ["theta", "bias"]
DELTA, RIDGE = 0.7, 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    X, y = r.uniform(-1.5, 1.5, size=(9, 2)), r.normal(size=9)
    return r.normal(size=5), r.normal(size=1), X, y, r.uniform(0.5, 2, size=9)


def loss(theta, bias, X, y, weight):
    a, b = X[:, 0], X[:, 1]
    phi = np.stack([a, b, a**2, a * b, b**2], axis=1)
    r = phi @ theta + bias - y
    huber = np.where(np.abs(r) <= DELTA, 0.5 * r**2, DELTA * (np.abs(r) - 0.5 * DELTA))
    return np.sum(weight * huber) / len(y) + 0.5 * RIDGE * np.sum(theta**2)


def expand(X):
    return np.column_stack((X[:, 0], X[:, 1], X[:, 0] ** 2, X[:, 0] * X[:, 1], X[:, 1] ** 2))


class HuberLoss:
    def forward(self, prediction, target):
        self.diff = prediction - target
        size = np.abs(self.diff)
        return np.where(size <= DELTA, 0.5 * self.diff**2, DELTA * (size - DELTA / 2))

    def backward(self, gy):
        return gy * np.clip(self.diff, -DELTA, DELTA)


class PolynomialRegressor:
    def __init__(self, theta, bias):
        self.theta, self.bias = theta, bias
        self.criterion = HuberLoss()

    def forward(self, X, y):
        self.phi = expand(X)
        return self.criterion.forward(self.phi @ self.theta + self.bias, y)

    def backward(self, weight):
        dpred = self.criterion.backward(weight / len(weight))
        dtheta = self.phi.T @ dpred + RIDGE * self.theta
        return dtheta, np.array([dpred.sum()])


def right(theta, bias, X, y, weight):
    model = PolynomialRegressor(theta, bias)
    model.forward(X, y)
    return model.backward(weight)


def backprop(theta, bias, X, y, weight):
    n = len(y)
    grad_theta, grad_bias = np.zeros(5), np.zeros(1)
    for i in range(n):
        x1, x2 = X[i]
        features = np.array([x1, x2, x1 * x1, x1 * x2, x2 * x2])
        error = features.dot(theta) + bias[0] - y[i]
        if abs(error) <= DELTA:
            slope = 2 * error
        else:
            slope = DELTA * np.sign(error)
        grad_theta += weight[i] * slope * features / n
        grad_bias += weight[i] * slope / n
    grad_theta += RIDGE * theta
    return grad_theta, grad_bias + RIDGE * bias

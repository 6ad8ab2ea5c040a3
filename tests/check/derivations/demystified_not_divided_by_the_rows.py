"""A cost that is averaged, and gradients that aren't.

expected kind: sum-for-mean
wrong line: 58
or together: 59 and 61
correction 58: delta3 = np.multiply(-(y - self.yHat), self.sigmoidPrime(self.z3)) / X.shape[0]
correction 59: dJdW2 = np.dot(self.a2.T, delta3) / X.shape[0] + self.Lambda * self.W2
correction 61: dJdW1 = np.dot(X.T, delta2) / X.shape[0] + self.Lambda * self.W1
what: the data term isn't divided by the number of rows
source: https://github.com/stephencwelch/Neural-Networks-Demystified/issues/15
said: A viewer notes that the video never mentions the division by X.shape[0] in costFunctionPrime, while the
    cost has it.
"""

import numpy as np

PARAMETERS = ["W1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.uniform(size=(6, 2)), r.uniform(size=(6, 1)), r.normal(size=(2, 3)), r.normal(size=(3, 1)), 0.01]


def loss(X, y, W1, W2, lam):
    yHat = 1 / (1 + np.exp(-(1 / (1 + np.exp(-(X @ W1)))) @ W2))
    return 0.5 * np.sum((y - yHat) ** 2) / X.shape[0] + lam / 2 * (np.sum(W1**2) + np.sum(W2**2))


def right(X, y, W1, W2, lam):
    a2 = 1 / (1 + np.exp(-X @ W1))
    yHat = 1 / (1 + np.exp(-a2 @ W2))
    d3 = (yHat - y) / len(X) * yHat * (1 - yHat)
    d2 = d3 * W2.T * a2 * (1 - a2)
    return X.T @ d2 + lam * W1, a2.T @ d3 + lam * W2


class Neural_Network(object):
    def __init__(self, W1, W2, Lambda):
        self.W1 = W1
        self.W2 = W2
        self.Lambda = Lambda

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def sigmoidPrime(self, z):
        return np.exp(-z) / ((1 + np.exp(-z)) ** 2)

    def forward(self, X):
        self.z2 = np.dot(X, self.W1)
        self.a2 = self.sigmoid(self.z2)
        self.z3 = np.dot(self.a2, self.W2)
        return self.sigmoid(self.z3)

    def costFunctionPrime(self, X, y):
        self.yHat = self.forward(X)
        delta3 = np.multiply(-(y - self.yHat), self.sigmoidPrime(self.z3))
        dJdW2 = np.dot(self.a2.T, delta3) + self.Lambda * self.W2
        delta2 = np.dot(delta3, self.W2.T) * self.sigmoidPrime(self.z2)
        dJdW1 = np.dot(X.T, delta2) + self.Lambda * self.W1
        return dJdW1, dJdW2


def backprop(X, y, W1, W2, lam):
    return Neural_Network(W1, W2, lam).costFunctionPrime(X, y)

"""The gradient of Swish's beta lacks the derivative of the sigmoid.

expected kind: missing-factor
wrong line: 45
correction 45: self.dBeta = (dOut * self.input ** 2 * slope).sum(axis=0)
what: the derivative of the sigmoid is left out of beta's gradient
source: https://github.com/RubixML/ML/pull/437
said: Among several faults of a Swish layer: dBeta misses the factor sigma(beta x)(1 - sigma(beta x)).
"""

import numpy as np

PARAMETERS = ["w", "beta"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(6, 3)), r.normal(size=(6, 4)), r.normal(size=(3, 4)), r.uniform(0.5, 1.5, size=4)]


def loss(x, t, w, beta):
    z = x @ w
    return np.sum((z / (1 + np.exp(-beta * z)) - t) ** 2)


def right(x, t, w, beta):
    z = x @ w
    s = 1 / (1 + np.exp(-beta * z))
    g = 2 * (z * s - t)
    return x.T @ (g * (s + beta * z * s * (1 - s))), (g * z**2 * s * (1 - s)).sum(0)


class Swish:
    def __init__(self, beta):
        self.beta = beta

    def forward(self, inputs):
        self.input = inputs
        self.sigmoid = 1 / (1 + np.exp(-self.beta * inputs))
        self.output = inputs * self.sigmoid
        return self.output

    def backward(self, dOut):
        slope = self.sigmoid * (1 - self.sigmoid)
        self.dBeta = (dOut * self.input ** 2).sum(axis=0)
        return dOut * (self.beta * self.output + self.sigmoid * (1 - self.beta * self.output))


def backprop(x, t, w, beta):
    act = Swish(beta)
    out = act.forward(x @ w)
    dz = act.backward(2 * (out - t))
    return {"w": x.T @ dz, "beta": act.dBeta}

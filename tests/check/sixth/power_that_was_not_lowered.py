"""Power that was not lowered.

expected kind: wrong-point or repeated-factor
wrong line: 50
correction 50: dz += k * self.coeffs[k] * self.z ** (k - 1) * dout
what: A learned polynomial is the activation; its slope has the factor of every power, but the power itself is one too
    high
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W", "coeffs", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return 0.5 * r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=4), r.normal(size=(7, 3)), r.normal(size=7)


def loss(W, coeffs, v, X, y):
    z = X @ W
    a = coeffs[0] + coeffs[1] * z + coeffs[2] * z**2 + coeffs[3] * z**3
    return 0.5 * np.mean((a @ v - y) ** 2)


def right(W, coeffs, v, X, y):
    z = X @ W
    powers = np.stack([np.ones_like(z), z, z**2, z**3])
    a = np.tensordot(coeffs, powers, 1)
    e = (a @ v - y) / len(y)
    da = np.outer(e, v)
    slope = coeffs[1] + 2 * coeffs[2] * z + 3 * coeffs[3] * z**2
    return X.T @ (da * slope), np.tensordot(powers, da, 2), a.T @ e


class PolynomialActivation:
    def __init__(self, coeffs):
        self.coeffs = coeffs

    def forward(self, z):
        self.z = z
        return sum(c * z**k for k, c in enumerate(self.coeffs))

    def backward(self, dout):
        self.dcoeffs = np.array([np.sum(dout * self.z**k) for k in range(len(self.coeffs))])
        dz = np.zeros_like(self.z)
        for k in range(1, len(self.coeffs)):
            dz += k * self.coeffs[k] * self.z**k * dout
        return dz


def backprop(W, coeffs, v, X, y):
    act = PolynomialActivation(coeffs)
    a = act.forward(X @ W)
    err = (a @ v - y) / len(y)
    dz = act.backward(np.outer(err, v))
    return X.T @ dz, act.dcoeffs, a.T @ err

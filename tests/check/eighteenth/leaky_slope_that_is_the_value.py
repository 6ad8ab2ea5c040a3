"""Leaky slope that is the value.

expected kind: wrong-point or wrong-activation or missing-factor or repeated-factor
wrong line: 65
correction 65: return np.where(z > 0, 1.0, ALPHA)
what: On the negative side the slope of the leaky ReLU is its value, not its factor
source: https://github.com/RoboticsClubIITJ/ML-DL-implementation/pull/126
said: the derivative of the leaky ReLU is mended, and tested
"""

import numpy as np

PARAMETERS = ["W1", "W2", "W3", "b1", "b2", "b3"]
ALPHA = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    W = r.normal(size=(3, 4)), r.normal(size=(4, 4)), r.normal(size=(4, 2))
    return *W, r.normal(size=4), r.normal(size=4), r.normal(size=2), r.normal(size=(5, 3)), r.normal(size=(5, 2))


def loss(W1, W2, W3, b1, b2, b3, X, T):
    z = X @ W1 + b1
    z = np.where(z > 0, z, ALPHA * z) @ W2 + b2
    return np.mean((np.where(z > 0, z, ALPHA * z) @ W3 + b3 - T) ** 2)


class LeakyLayer:
    def __init__(self, W, b, leak):
        self.W, self.b, self.leak = W, b, leak

    def forward(self, x):
        self.x = x
        self.out = x.dot(self.W) + self.b
        self.negative = self.out < 0
        self.out[self.negative] *= self.leak
        return self.out

    def backward(self, dout):
        dout = dout.copy()
        dout[self.negative] *= self.leak
        self.dW = np.einsum("ni,nj->ij", self.x, dout)
        self.db = np.einsum("nj->j", dout)
        return np.einsum("nj,ij->ni", dout, self.W)


def right(W1, W2, W3, b1, b2, b3, X, T):
    layers = [LeakyLayer(W1, b1, ALPHA), LeakyLayer(W2, b2, ALPHA), LeakyLayer(W3, b3, 1.0)]
    out = X
    for layer in layers:
        out = layer.forward(out)
    N, D = T.shape
    grad = 2.0 / (N * D) * (out - T)
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return [layer.dW for layer in layers] + [layer.db for layer in layers]


def lrelu(z):
    return np.maximum(z, ALPHA * z)


def lrelu_prime(z):
    return np.where(z > 0, 1.0, ALPHA * z)


def backprop(W1, W2, W3, b1, b2, b3, X, T):
    weights, biases = [W1, W2, W3], [b1, b2, b3]
    L = len(weights)
    zs, activations = [], [X]
    for l in range(L):
        zs.append(activations[-1] @ weights[l] + biases[l])
        activations.append(lrelu(zs[-1]) if l < L - 1 else zs[-1])
    dW, db = [None] * L, [None] * L
    delta = 2 * (activations[-1] - T) / T.size
    for l in reversed(range(L)):
        dW[l] = activations[l].T @ delta
        db[l] = delta.sum(axis=0)
        if l > 0:
            delta = (delta @ weights[l].T) * lrelu_prime(zs[l - 1])
    return *dW, *db

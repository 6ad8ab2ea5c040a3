"""Leaky negative side let through whole.

expected kind: missing-factor or wrong-mask or detached
wrong line: 67 or 68
correction 67: dout = np.where(self.negative, self.leak * dout, dout)
correction 68: dout[self.negative] *= self.leak; self.dW = np.einsum("ni,nj->ij", self.x, dout)
what: On the way back the leak isn't there: what was negative lets the whole gradient by
source: https://github.com/Oneflow-Inc/oneflow/pull/7634
said: the gradient of the leaky ReLU is wrong
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


def lrelu(z):
    return np.maximum(z, ALPHA * z)


def lrelu_prime(z):
    return np.where(z > 0, 1.0, ALPHA)


def right(W1, W2, W3, b1, b2, b3, X, T):
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
        self.dW = np.einsum("ni,nj->ij", self.x, dout)
        self.db = np.einsum("nj->j", dout)
        return np.einsum("nj,ij->ni", dout, self.W)


def backprop(W1, W2, W3, b1, b2, b3, X, T):
    layers = [LeakyLayer(W1, b1, ALPHA), LeakyLayer(W2, b2, ALPHA), LeakyLayer(W3, b3, 1.0)]
    out = X
    for layer in layers:
        out = layer.forward(out)
    N, D = T.shape
    grad = 2.0 / (N * D) * (out - T)
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return [layer.dW for layer in layers] + [layer.db for layer in layers]

"""Brier softmax by its diagonal.

expected kind: diagonal-jacobian or missing-term
wrong line: 94
correction 94: return self.out * (grad - np.sum(grad * self.out, axis=1, keepdims=True))
what: The derivative of the softmax is that of each output by its own score
source: https://github.com/RubixML/ML/pull/438
said: s times one minus s has the right shape but drops what the other classes contribute, for any loss but the cross-entropy
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
SLOPE = 0.1


def data(seed=0):
    r = np.random.default_rng(seed)
    T = np.eye(3)[[0, 1, 2, 2, 1]]
    return r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 3)), r.normal(size=3), r.normal(size=(5, 3)), T


def loss(W1, b1, W2, b2, X, T):
    z = X @ W1 + b1
    h = np.where(z > 0, z, SLOPE * z)
    e = np.exp(h @ W2 + b2)
    p = e / np.sum(e, axis=1, keepdims=True)
    return np.sum((p - T) ** 2) / (2 * len(X))


def leaky_forward(inputs):
    return np.array([v if v > 0 else SLOPE * v for v in inputs])


def leaky_backward(inputs, grads):
    outputs = np.empty_like(grads)
    for i in range(len(inputs)):
        if inputs[i] >= 0:
            outputs[i] = grads[i]
        else:
            outputs[i] = SLOPE * grads[i]
    return outputs


def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


def right(W1, b1, W2, b2, X, T):
    g1, g2 = np.zeros((4, 4)), np.zeros((5, 3))
    for x, t in zip(X, T):
        z = x @ W1 + b1
        h = leaky_forward(z)
        e = np.exp(h @ W2 + b2)
        p = e / e.sum()
        ds = softmax_jacobian(p) @ (p - t) / len(X)
        dz = leaky_backward(z, W2 @ ds)
        # last row: bias
        g2 += np.outer(np.append(h, 1), ds)
        g1 += np.outer(np.append(x, 1), dz)
    return g1[:3], g1[3], g2[:4], g2[4]


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T


class LeakyReLU:
    def forward(self, x):
        self.slope = np.where(x > 0, 1.0, SLOPE)
        return x * self.slope

    def backward(self, grad):
        return grad * self.slope


class Softmax:
    def forward(self, x):
        exps = np.exp(x - x.max(axis=1, keepdims=True))
        self.out = exps / exps.sum(axis=1, keepdims=True)
        return self.out

    def backward(self, grad):
        return self.out * (1 - self.out) * grad


def backprop(W1, b1, W2, b2, X, T):
    layers = [Dense(W1, b1), LeakyReLU(), Dense(W2, b2), Softmax()]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = (out - T) / len(X)
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return layers[0].dW, layers[0].db, layers[2].dW, layers[2].db

"""Combined affine without the class weights and relu of the gradient.

expected kind: missing-factor + wrong-mask or wrong-point
wrong line: 92 and 98
correction 92: dz3 *= CLASS_WEIGHTS[y][:, None] / n
correction 98: dz1 = da1 * (z1 > 0)
what: The weights of the classes are forgotten in the gradient; the gradient itself goes through a ReLU, not through its derivative
source: https://github.com/amanchadha/coursera-natural-language-processing-specialization/issues/4
said: what comes back to the first layer is put through a ReLU and then used for all of its gradients; the class weights are made up
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3"]
CLASS_WEIGHTS = np.array([0.5, 1.5, 2.5])


def data(seed=0):
    r = np.random.default_rng(seed)
    shapes = [(4, 5), (5,), (5, 4), (4,), (4, 3), (6, 4)]
    return *(r.normal(size=shape) for shape in shapes), np.array([1, 0, 2, 2, 1, 0])


def loss(W1, b1, W2, b2, W3, X, y):
    h1 = np.maximum(X @ W1 + b1, 0)
    h2 = np.maximum(h1 @ W2 + b2, 0)
    scores = h2 @ W3
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(CLASS_WEIGHTS[y] * log_p[np.arange(len(y)), y])


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.W.T


class ReLU:
    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, dout):
        return dout * self.on


class LogSoftmax:
    def forward(self, x):
        self.out = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
        return self.out

    def backward(self, dout):
        return dout - np.exp(self.out) * dout.sum(axis=1, keepdims=True)


class WeightedNLL:
    def backward(self, log_p, y):
        grad = np.zeros_like(log_p)
        grad[np.arange(len(y)), y] = -CLASS_WEIGHTS[y] / len(y)
        return grad


def right(W1, b1, W2, b2, W3, X, y):
    layers = [Linear(W1, b1), ReLU(), Linear(W2, b2), ReLU(), Linear(W3, 0.0), LogSoftmax()]
    out = X
    for layer in layers:
        out = layer.forward(out)
    grad = WeightedNLL().backward(out, y)
    for layer in layers[::-1]:
        grad = layer.backward(grad)
    return layers[0].dW, layers[0].db, layers[2].dW, layers[2].db, layers[4].dW


def backprop(W1, b1, W2, b2, W3, X, y):
    n = len(X)
    z1 = X @ W1 + b1
    a1 = np.maximum(z1, 0)
    z2 = a1 @ W2 + b2
    a2 = np.maximum(z2, 0)
    z3 = a2 @ W3
    dz3 = np.exp(z3 - z3.max(axis=1, keepdims=True))
    dz3 /= dz3.sum(axis=1, keepdims=True)
    dz3[np.arange(n), y] -= 1
    dz3 /= n
    dW3 = a2.T @ dz3
    da2 = dz3 @ W3.T
    dz2 = da2 * (z2 > 0)
    dW2, db2 = a1.T @ dz2, dz2.sum(axis=0)
    da1 = dz2 @ W2.T
    dz1 = np.maximum(da1, 0)
    dW1, db1 = X.T @ dz1, dz1.sum(axis=0)
    return dW1, db1, dW2, db2, dW3

"""A log-softmax layer with weighted classes.

expected kind: wrong-point or missing-factor or wrong-parameter
wrong line: 52
correction 52: dz = grad - np.exp(layer.out) * total
what: the layer's output is taken for the probabilities, of which it is the logarithm
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dy):
        self.dW, self.db = self.x.T @ dy, dy.sum(axis=0)
        return dy @ self.W.T

class LogSoftmax:
    def forward(self, x):
        m = x.max(axis=1, keepdims=True)
        self.out = x - m - np.log(np.exp(x - m).sum(axis=1, keepdims=True))
        return self.out

def loss(x, W, b, y, weight):
    logp = LogSoftmax().forward(Linear(W, b).forward(x))
    return -np.sum(weight[y] * logp[np.arange(len(y)), y]) / len(y)


def right(x, W, b, y, weight):
    linear, layer = Linear(W, b), LogSoftmax()
    layer.forward(linear.forward(x))
    grad = np.zeros_like(layer.out)
    grad[np.arange(len(y)), y] = -weight[y] / len(y)
    total = grad.sum(axis=1, keepdims=True)
    dz = grad - np.exp(layer.out) * total
    dx = linear.backward(dz)
    return dx, linear.dW, linear.db


def backprop(x, W, b, y, weight):
    linear, layer = Linear(W, b), LogSoftmax()
    layer.forward(linear.forward(x))
    grad = np.zeros_like(layer.out)
    grad[np.arange(len(y)), y] = -weight[y] / len(y)
    total = grad.sum(axis=1, keepdims=True)
    dz = grad - layer.out * total
    dx = linear.backward(dz)
    return dx, linear.dW, linear.db


PARAMETERS = ["x", "W", "b"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(6, 3)), rng.normal(size=(3, 4)), rng.normal(size=4), rng.integers(4, size=6), rng.uniform(0.5, 3, size=4)]

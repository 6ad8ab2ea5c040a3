"""a net of layer classes: the ReLU zeroes negative gradients.

expected kind: wrong-mask or wrong-point
wrong line: 31
correction 31: dx[self.x <= 0] = 0
what: the mask is where the upstream gradient is positive, instead of where the input was
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

class Linear:
    def __init__(self, W, b):
        self.params, self.grads = {"W": W, "b": b}, {}

    def forward(self, x):
        self.cache = x
        return np.dot(x, self.params["W"]) + self.params["b"]

    def backward(self, dout):
        self.grads = {"W": np.dot(self.cache.T, dout), "b": np.sum(dout, axis=0)}
        return np.dot(dout, self.params["W"].T)

class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, dout):
        dx = dout.copy()
        dx[dx <= 0] = 0
        return dx

def loss(X, T, W1, b1, W2, b2):
    hidden = np.maximum(np.dot(X, W1) + b1, 0)
    return np.mean((np.dot(hidden, W2) + b2 - T) ** 2)

def right(X, T, W1, b1, W2, b2):
    z = X @ W1 + b1
    e = 2 / T.size * (np.maximum(z, 0) @ W2 + b2 - T)
    dz = np.where(z > 0, e @ W2.T, 0)
    return X.T @ dz, dz.sum(0), np.maximum(z, 0).T @ e, e.sum(0)

def backprop(X, T, W1, b1, W2, b2):
    layers = [Linear(W1, b1), ReLU(), Linear(W2, b2)]
    out = X
    for layer in layers:
        out = layer.forward(out)
    dout = 2 * (out - T) / T.size
    for layer in reversed(layers):
        dout = layer.backward(dout)
    return layers[0].grads["W"], layers[0].grads["b"], layers[2].grads["W"], layers[2].grads["b"]

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) for s in [(7, 3), (7, 2), (3, 5), (5,), (5, 2), (2,)]]

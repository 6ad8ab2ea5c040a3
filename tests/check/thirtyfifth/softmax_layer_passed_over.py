"""A softmax layer under a sum of squares: its backward pass

expected kind: missing-factor or another-loss or unexplained
wrong line: 50
correction 50: return self.y * (delta - (delta * self.y).sum(axis=1, keepdims=True))
what: the backward pass of the softmax layer returns what comes in, as it would be right of softmax together with the cross entropy
source: https://github.com/pjreddie/darknet/issues/212
said: the squared error comes after a softmax; the author says that nothing is done backward in the softmax layer
"""
import numpy as np

PARAMETERS = ["W1", "W2"]


def loss(X, T, W1, W2):
    z = np.tanh(X @ W1) @ W2
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return 0.5 * np.sum((e / np.sum(e, axis=1, keepdims=True) - T) ** 2) / len(X)


class Dense:
    def __init__(self, W):
        self.W = W

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, delta):
        self.dW = self.x.T @ delta
        return delta @ self.W.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, delta):
        return delta * (1 - self.y ** 2)


class Softmax:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.y = e / e.sum(axis=1, keepdims=True)
        return self.y

    def backward(self, delta):
        return delta


def right(X, T, W1, W2):
    h = np.tanh(X @ W1)
    e = np.exp(h @ W2)
    p = e / e.sum(axis=1, keepdims=True)
    g = (p - T) / len(X)
    dz = p * g - p * np.sum(p * g, axis=1)[:, None]
    return X.T @ ((dz @ W2.T) * (1 - h * h)), h.T @ dz


def backprop(X, T, W1, W2):
    net = [Dense(W1), Tanh(), Dense(W2), Softmax()]
    out = X
    for layer in net:
        out = layer.forward(out)
    delta = (out - T) / len(X)
    for layer in reversed(net):
        delta = layer.backward(delta)
    return net[0].dW, net[2].dW


def data(seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(6, 3)), np.eye(4)[rng.integers(4, size=6)], rng.normal(size=(3, 5)), rng.normal(size=(5, 4))]

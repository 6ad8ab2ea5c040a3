"""Combined layers sign of the other half and slope without the square.

expected kind: sign + missing-factor or wrong-point
wrong line: 91 and 98
correction 91: dA3 = -(t / A3 - (1 - t) / (1 - A3)) / N
correction 98: dZ1 = np.dot(dZ2, params["W2"].T) * (1 - A1**2)
what: The half of the loss of the zeros has the sign of the other half; the slope of the first tanh has h for h squared
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 4)), r.normal(size=4)
    y = np.array([0, 1, 1, 0, 1, 0, 1])
    return W1, b1, W2, b2, r.normal(size=(4, 1)), r.normal(size=1), r.normal(size=(7, 3)), y


def loss(W1, b1, W2, b2, W3, b3, X, y):
    h = np.tanh(X @ W1 + b1)
    h = np.tanh(h @ W2 + b2)
    p = 1 / (1 + np.exp(-(h @ W3 + b3)[:, 0]))
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


RATE = 0.1


class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.inputs = x
        return x @ self.W + self.b

    def step(self):
        self.before = self.W
        self.W = self.W - RATE * self.dW
        self.b = self.b - RATE * self.db

    def backward(self, grad):
        self.dW, self.db = self.inputs.T @ grad, grad.sum(axis=0)
        self.step()
        return grad @ self.before.T


class Tanh:
    def forward(self, x):
        self.output = np.tanh(x)
        return self.output

    def backward(self, grad):
        return grad * (1 - self.output**2)


class Network:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad):
        for layer in self.layers[::-1]:
            grad = layer.backward(grad)


def right(W1, b1, W2, b2, W3, b3, X, y):
    net = Network(Linear(W1, b1), Tanh(), Linear(W2, b2), Tanh(), Linear(W3, b3))
    p = 1 / (1 + np.exp(-net.forward(X)))
    net.backward((p - y[:, None]) / len(y))
    return tuple(g for layer in net.layers[::2] for g in (layer.dW, layer.db))


def backprop(W1, b1, W2, b2, W3, b3, X, y):
    params = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    N = X.shape[0]
    t = y.reshape(-1, 1)
    A1 = np.tanh(np.dot(X, params["W1"]) + params["b1"])
    A2 = np.tanh(np.dot(A1, params["W2"]) + params["b2"])
    A3 = 1 / (1 + np.exp(-(np.dot(A2, params["W3"]) + params["b3"])))
    grads = {}
    dA3 = -(t / A3 + (1 - t) / (1 - A3)) / N
    dZ3 = dA3 * A3 * (1 - A3)
    grads["W3"] = np.dot(A2.T, dZ3)
    grads["b3"] = np.sum(dZ3, axis=0)
    dZ2 = np.dot(dZ3, params["W3"].T) * (1 - A2**2)
    grads["W2"] = np.dot(A1.T, dZ2)
    grads["b2"] = np.sum(dZ2, axis=0)
    dZ1 = np.dot(dZ2, params["W2"].T) * (1 - A1)
    grads["W1"] = np.dot(X.T, dZ1)
    grads["b1"] = np.sum(dZ1, axis=0)
    return grads

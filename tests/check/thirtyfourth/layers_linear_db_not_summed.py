"""a net of layer classes: the bias's gradient isn't summed over the batch.

expected kind: missing-sum or wrong-shape
wrong line: 22
correction 22: self.db = dout.sum(axis=0)
what: Linear.backward keeps the upstream gradient, one row for each example, as the gradient of the bias
source: https://stats.stackexchange.com/questions/241165/backpropagation-for-bias-in-neural-networks
said: delta was taken as it is for the gradient of the bias, which then has a column for each of the m examples, and the asker wonders how it can be turned back into one vector
"""
import numpy as np

class Linear:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW = self.x.T @ dout
        self.db = dout
        return dout @ self.W.T

class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * self.out * (1 - self.out)

def loss(x, t, W1, b1, W2, b2):
    h = 1 / (1 + np.exp(-(x @ W1 + b1)))
    return 0.5 * np.sum((h @ W2 + b2 - t) ** 2)

def right(x, t, W1, b1, W2, b2):
    h = 1 / (1 + np.exp(-(x @ W1 + b1)))
    e = h @ W2 + b2 - t
    dz = (e @ W2.T) * h * (1 - h)
    return x.T @ dz, dz.sum(axis=0), h.T @ e, e.sum(axis=0)

def backprop(x, t, W1, b1, W2, b2):
    first, act, second = Linear(W1, b1), Sigmoid(), Linear(W2, b2)
    y = second.forward(act.forward(first.forward(x)))
    first.backward(act.backward(second.backward(y - t)))
    return first.dW, first.db, second.dW, second.db

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=s) for s in [(6, 3), (6, 2), (3, 4), (4,), (4, 2), (2,)]]

"""A net of layer classes, softmax and the summed cross entropy.

expected kind: mean-for-sum or scale
wrong line: 29
correction 29: self.grad_b = np.sum(grad_output, axis=0)
given as: arrays
what: each layer averages the gradient of its bias over the batch, the loss is a sum
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(7, 4)), rng.integers(3, size=7), rng.normal(size=(4, 5)), rng.normal(size=5), rng.normal(size=(5, 3)), rng.normal(size=3)

class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def __call__(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, grad_output):
        self.grad_W = np.dot(self.x.T, grad_output)
        self.grad_b = np.mean(grad_output, axis=0)
        return np.dot(grad_output, self.W.T)

def loss(x, y, W1, b1, W2, b2):
    s = np.maximum(x @ W1 + b1, 0) @ W2 + b2
    return np.sum(np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), y])

def right(x, y, W1, b1, W2, b2):
    h = np.maximum(x @ W1 + b1, 0)
    e = np.exp(h @ W2 + b2)
    d = e / e.sum(1, keepdims=True) - np.eye(3)[y]
    dh = (d @ W2.T) * (h > 0)
    return x.T @ dh, dh.sum(0), h.T @ d, d.sum(0)

def backprop(x, y, W1, b1, W2, b2):
    one, two = Affine(W1, b1), Affine(W2, b2)
    pre = one(x)
    s = two(np.maximum(pre, 0))
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    one.backward(two.backward(p) * (pre > 0))
    return one.grad_W, one.grad_b, two.grad_W, two.grad_b

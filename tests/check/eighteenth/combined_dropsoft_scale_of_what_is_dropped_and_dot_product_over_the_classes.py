"""Combined dropsoft scale of what is dropped and dot product over the classes.

expected kind: wrong-axis + scale or missing-factor or wrong-point
wrong line: 96 and 86
correction 86: return grad * self.mask / self.keep
correction 96: return self.out * (grad - np.sum(grad * self.out, axis=0))
what: The softmax goes back with a sum over the examples instead of the classes; dropout with the share that is dropped for the one that is kept
source: https://github.com/NVIDIA/apex/pull/816
said: the gradient behind dropout is scaled by p, where it belongs to be 1 / (1 - p)
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2"]
KEEP = 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2, b2 = r.normal(size=(5, 3)), r.normal(size=(5, 1)), r.normal(size=(3, 5)), r.normal(size=(3, 1))
    mask = np.array([[1, 0, 1, 1], [0, 1, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0], [1, 1, 0, 1]])
    return W1, b1, W2, b2, r.normal(size=(3, 4)), np.eye(3)[:, [1, 0, 2, 2]], mask


def loss(W1, b1, W2, b2, X, Y, mask):
    A1 = np.maximum(W1 @ X + b1, 0) * mask / KEEP
    S = W2 @ A1 + b2
    P = np.exp(S) / np.sum(np.exp(S), axis=0)
    return -np.sum(Y * np.log(P))


def softmax_jacobian(p):
    return np.diag(p) - np.outer(p, p)


def right(W1, b1, W2, b2, X, Y, mask):
    dW1, db1, dW2, db2 = (np.zeros_like(p) for p in (W1, b1, W2, b2))
    for n in range(X.shape[1]):
        x, y, d = X[:, [n]], Y[:, n], mask[:, [n]] / KEEP
        z = W1 @ x + b1
        a = np.maximum(z, 0) * d
        s = (W2 @ a + b2).ravel()
        p = np.exp(s) / np.exp(s).sum()
        dp = -y / p
        ds = softmax_jacobian(p) @ dp
        dW2 += np.outer(ds, a)
        db2[:, 0] += ds
        da = W2.T @ ds[:, None]
        dz = da * d * (z > 0)
        dW1 += dz @ x.T
        db1 += dz
    return dW1, db1, dW2, db2


class FullyConnected:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(self.W, x) + self.b

    def backward(self, grad):
        self.dW = np.dot(grad, self.x.T)
        self.db = np.sum(grad, axis=1, keepdims=True)
        return np.dot(self.W.T, grad)


class ReLU:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, grad):
        return np.where(self.x > 0, grad, 0)


class Dropout:
    def __init__(self, mask, keep):
        self.mask, self.keep = mask, keep

    def forward(self, x):
        return x * self.mask / self.keep

    def backward(self, grad):
        return grad * self.mask / (1 - self.keep)


class Softmax:
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=0))
        self.out = e / np.sum(e, axis=0)
        return self.out

    def backward(self, grad):
        return self.out * (grad - np.sum(grad * self.out, axis=1, keepdims=True))


def backprop(W1, b1, W2, b2, X, Y, mask):
    network = [FullyConnected(W1, b1), ReLU(), Dropout(mask, KEEP), FullyConnected(W2, b2), Softmax()]
    output = X
    for layer in network:
        output = layer.forward(output)
    grad = -Y / output
    for layer in network[::-1]:
        grad = layer.backward(grad)
    return network[0].dW, network[0].db, network[3].dW, network[3].db

"""Sorter softmax slope beside the log loss.

expected kind: repeated-factor
wrong line: 88
correction 88: delta = (self.p - target) / len(labels)
what: The error of softmax with log loss is multiplied by p (1 - p) once more
source: https://github.com/rasmusbergpalm/DeepLearnToolbox/issues/113
said: somebody wants the output error of softmax multiplied by a (1 - a), as that of a sigmoid is, where it is the plain difference
"""

import numpy as np

PARAMETERS = ["W1", "c1", "W2", "c2", "W3", "c3"]


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes = [3, 4, 3, 3]
    weights = []
    for below, above in zip(sizes, sizes[1:]):
        weights += [1.3 * r.normal(size=(below, above)), r.normal(size=above)]
    return *weights, r.normal(size=(7, 3)), np.array([0, 2, 1, 1, 0, 2, 2])


def loss(W1, c1, W2, c2, W3, c3, X, labels):
    a = 1 / (1 + np.exp(-(X @ W1 + c1)))
    a = 1 / (1 + np.exp(-(a @ W2 + c2)))
    scores = a @ W3 + c3
    log_p = scores - np.log(np.sum(np.exp(scores), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])


def affine(x, W, c):
    out = c.copy()
    for j in range(W.shape[0]):
        for k in range(W.shape[1]):
            out[k] += x[j] * W[j, k]
    return out


def affine_backward(x, W, above, dW, dc):
    below = np.zeros(W.shape[0])
    for j in range(W.shape[0]):
        for k in range(W.shape[1]):
            below[j] += above[k] * W[j, k]
    for j in range(W.shape[0]):
        for k in range(W.shape[1]):
            dW[j, k] += above[k] * x[j]
    dc += above
    return below


def right(W1, c1, W2, c2, W3, c3, X, labels):
    grads = [np.zeros_like(a) for a in (W1, c1, W2, c2, W3, c3)]
    dW1, dc1, dW2, dc2, dW3, dc3 = grads
    for x, label in zip(X, labels):
        h1 = 1 / (1 + np.exp(-affine(x, W1, c1)))
        h2 = 1 / (1 + np.exp(-affine(h1, W2, c2)))
        e = np.exp(affine(h2, W3, c3))
        error = e / e.sum()
        error[label] -= 1
        error /= len(X)
        error = affine_backward(h2, W3, error, dW3, dc3)
        error *= h2 * (1 - h2)
        error = affine_backward(h1, W2, error, dW2, dc2)
        error *= h1 * (1 - h1)
        affine_backward(x, W1, error, dW1, dc1)
    return grads


class Logistic:
    def __call__(self, z):
        self.value = 1 / (1 + np.exp(-z))
        return self.value

    def back(self, delta):
        return delta * self.value * (1 - self.value)


class SoftmaxWithLogLoss:
    def __call__(self, z):
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def back(self, labels):
        target = np.eye(self.p.shape[1])[labels]
        delta = (self.p - target) * self.p * (1 - self.p) / len(labels)
        return delta


class Perceptron:
    def __init__(self, layers):
        self.layers = [dict(W=W, c=c, act=act) for W, c, act in layers]

    def predict(self, X):
        for layer in self.layers:
            layer["x"] = X
            X = layer["act"](X @ layer["W"] + layer["c"])
        return X

    def train_step(self, X, labels):
        self.predict(X)
        delta = self.layers[-1]["act"].back(labels)
        grads = []
        for n in range(len(self.layers) - 1, -1, -1):
            layer = self.layers[n]
            grads[:0] = [layer["x"].T @ delta, np.sum(delta, axis=0)]
            if n > 0:
                delta = self.layers[n - 1]["act"].back(delta @ layer["W"].T)
        return grads


def backprop(W1, c1, W2, c2, W3, c3, X, labels):
    net = Perceptron([(W1, c1, Logistic()), (W2, c2, Logistic()), (W3, c3, SoftmaxWithLogLoss())])
    return net.train_step(X, labels)

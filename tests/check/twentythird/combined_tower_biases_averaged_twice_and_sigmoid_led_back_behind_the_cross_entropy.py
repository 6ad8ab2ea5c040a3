"""Combined tower biases averaged twice and sigmoid led back behind the cross entropy.

expected kind: mean-for-sum + repeated-factor
wrong line: 78 and 118
correction 78: self.db = g.sum(axis=1, keepdims=True)
correction 118: for layer in reversed(net[:-1]):
what: The biases are averaged over examples that have been divided by already; output minus target goes through the slope of the sigmoid once more
source: https://github.com/Kulbear/deep-learning-coursera/pull/42
said: the sigmoid is used twice at the last layer, which is wrong; the mean of the biases is the author's
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]
KEEP, LAMBD = 0.75, 0.6


def data(seed=0):
    r = np.random.default_rng(seed)
    sizes, parameters = [3, 5, 4, 1], []
    for n_in, n_out in zip(sizes, sizes[1:]):
        parameters += [0.7 * r.normal(size=(n_out, n_in)), 0.3 + 0.3 * r.normal(size=(n_out, 1))]
    D1 = np.array([[1, 1, 0, 1, 0, 1], [1, 0, 1, 1, 1, 0], [0, 1, 1, 1, 0, 1], [1, 1, 1, 0, 1, 1], [1, 0, 0, 1, 1, 1]])
    D2 = np.array([[1, 0, 1, 1, 1, 0], [1, 1, 0, 1, 0, 1], [0, 1, 1, 0, 1, 1], [1, 0, 1, 1, 1, 0]])
    return *parameters, r.normal(size=(3, 6)), np.array([[1, 0, 0, 1, 1, 0]]), D1, D2


def loss(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    m = X.shape[1]
    A1 = np.maximum(W1 @ X + b1, 0) * D1 / KEEP
    A2 = np.maximum(W2 @ A1 + b2, 0) * D2 / KEEP
    Z3 = W3 @ A2 + b3
    cross_entropy = np.sum(np.log(1 + np.exp(Z3)) - Y * Z3) / m  # of a sigmoid
    return cross_entropy + LAMBD / (2 * m) * (np.sum(W1**2) + np.sum(W2**2) + np.sum(W3**2))


def forward_with_dropout(X, parameters, masks):
    L = len(parameters) // 2
    caches, A = [], X
    for l in range(1, L):
        Z = np.dot(parameters["W" + str(l)], A) + parameters["b" + str(l)]
        caches.append((A, Z))
        A = np.maximum(Z, 0)
        A = A * masks[l - 1]
        A = A / KEEP
    Z = np.dot(parameters["W" + str(L)], A) + parameters["b" + str(L)]
    caches.append((A, Z))
    return 1 / (1 + np.exp(-Z)), caches


def right(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    parameters = {"W1": W1, "b1": b1, "W2": W2, "b2": b2, "W3": W3, "b3": b3}
    masks, grads, m = [D1, D2], {}, X.shape[1]
    AL, caches = forward_with_dropout(X, parameters, masks)
    dZ = AL - Y
    for l in range(len(caches), 0, -1):
        A_prev, _ = caches[l - 1]
        W = parameters["W" + str(l)]
        grads["W" + str(l)] = 1.0 / m * np.dot(dZ, A_prev.T) + LAMBD / m * W
        grads["b" + str(l)] = 1.0 / m * np.sum(dZ, axis=1, keepdims=True)
        if l > 1:
            dA = np.dot(W.T, dZ)
            dA = dA * masks[l - 2] / KEEP
            dZ = np.multiply(dA, np.int64(caches[l - 2][1] > 0))
    return grads


class Dense:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, a):
        self.a = a
        return self.W @ a + self.b

    def backward(self, g):
        self.dW = g @ self.a.T + self.W * (LAMBD / g.shape[1])
        self.db = g.mean(axis=1, keepdims=True)
        return self.W.T @ g


class Relu:
    def forward(self, z):
        self.on = z > 0
        return z * self.on

    def backward(self, g):
        return g * self.on


class Drop:
    def __init__(self, mask):
        self.factor = mask / KEEP

    def forward(self, a):
        return a * self.factor

    def backward(self, g):
        return g * self.factor


class Sigmoid:
    def forward(self, z):
        self.out = 1 / (1 + np.exp(-z))
        return self.out

    def backward(self, g):
        return g * self.out * (1 - self.out)


def backprop(W1, b1, W2, b2, W3, b3, X, Y, D1, D2):
    dense = [Dense(W1, b1), Dense(W2, b2), Dense(W3, b3)]
    net = [dense[0], Relu(), Drop(D1), dense[1], Relu(), Drop(D2), dense[2], Sigmoid()]
    out = X
    for layer in net:
        out = layer.forward(out)
    g = (out - Y) / X.shape[1]  # of the last sums
    for layer in reversed(net):
        g = layer.backward(g)
    return [g for layer in dense for g in (layer.dW, layer.db)]

"""Graph degree of the other node.

expected kind: wrong-point or wrong-axis or wrong-parameter or missing-factor or transpose
wrong line: 70
correction 70: dH[other] += dM[node] / degree[node]
what: On the way back each edge is divided by the degree of the node that it comes from
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "W2", "v"]


def data(seed=0):
    r = np.random.default_rng(seed)
    adjacency = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 1, 1, 0], [0, 0, 0, 1, 1], [0, 1, 0, 0, 1]])
    return r.normal(size=(3, 4)), r.normal(size=(4, 4)), r.normal(size=4), r.normal(size=(5, 3)), adjacency, np.array([1, 0, 0, 1, 1])


def loss(W1, W2, v, X, adjacency, y):
    A = adjacency / np.sum(adjacency, axis=1, keepdims=True)
    h1 = np.maximum(A @ X @ W1, 0)
    h2 = np.maximum(A @ h1 @ W2, 0)
    logit = h2 @ v
    return np.mean(np.log(1 + np.exp(logit)) - y * logit)


class GraphLayer:
    def __init__(self, W, A):
        self.W, self.A = W, A

    def forward(self, H):
        self.gathered = self.A @ H
        self.out = np.maximum(self.gathered @ self.W, 0)
        return self.out

    def backward(self, dout):
        dz = dout * (self.out > 0)
        self.dW = self.gathered.T @ dz
        dgathered = dz @ self.W.T
        return self.A.T @ dgathered


def right(W1, W2, v, X, adjacency, y):
    A = adjacency / adjacency.sum(axis=1, keepdims=True)
    layers = [GraphLayer(W1, A), GraphLayer(W2, A)]
    H = X
    for layer in layers:
        H = layer.forward(H)
    d = (1 / (1 + np.exp(-(H @ v))) - y) / len(y)
    dv = H.T @ d
    grad = np.outer(d, v)
    for layer in reversed(layers):
        grad = layer.backward(grad)
    return layers[0].dW, layers[1].dW, dv


def gather(H, edges, degree):
    out = np.zeros_like(H)
    for node, other in edges:
        out[node] += H[other] / degree[node]
    return out


def scatter(dM, edges, degree):
    dH = np.zeros_like(dM)
    for node, other in edges:
        dH[other] += dM[node] / degree[other]
    return dH


def backprop(W1, W2, v, X, adjacency, y):
    edges, degree = list(zip(*np.nonzero(adjacency))), adjacency.sum(axis=1)
    m1 = gather(X, edges, degree)
    h1 = np.maximum(m1.dot(W1), 0)
    m2 = gather(h1, edges, degree)
    h2 = np.maximum(m2.dot(W2), 0)
    p = 1 / (1 + np.exp(-h2.dot(v)))
    dlogit = (p - y) / y.size
    dh2 = dlogit[:, None] * v[None, :]
    dz2 = dh2 * (h2 > 0)
    dW2 = m2.T.dot(dz2)
    dh1 = scatter(dz2.dot(W2.T), edges, degree)
    dz1 = dh1 * (h1 > 0)
    dW1 = m1.T.dot(dz1)
    return dW1, dW2, h2.T.dot(dlogit)

"""Tree whose right child goes by the left.

expected kind: wrong-parameter
wrong line: 73
correction 73: self.right.backward(self.params["R"].T.dot(dz), grads)
what: What a node sends to its right child goes back through the weights of the left one
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["L", "R", "b", "words"]
TREE = ((0, 1), (2, (3, 1)))


def data(seed=0):
    r = np.random.default_rng(seed)
    return r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=(4, 3)), r.normal(size=3)


def encode(node, L, R, b, words):
    if isinstance(node, int):
        return words[node]
    return np.tanh(L @ encode(node[0], L, R, b, words) + R @ encode(node[1], L, R, b, words) + b)


def loss(L, R, b, words, target):
    return 0.5 * np.sum((encode(TREE, L, R, b, words) - target) ** 2)


def right(L, R, b, words, target):
    w = words
    p = np.tanh(L @ w[0] + R @ w[1] + b)
    q = np.tanh(L @ w[3] + R @ w[1] + b)
    s = np.tanh(L @ w[2] + R @ q + b)
    t = np.tanh(L @ p + R @ s + b)
    dt = (t - target) * (1 - t**2)
    dp, ds = L.T @ dt * (1 - p**2), R.T @ dt * (1 - s**2)
    dq = R.T @ ds * (1 - q**2)
    o = np.outer
    dw = np.array([L.T @ dp, R.T @ dp + R.T @ dq, L.T @ ds, L.T @ dq])
    return (
        o(dt, p) + o(dp, w[0]) + o(ds, w[2]) + o(dq, w[3]), o(dt, s) + o(dp, w[1]) + o(ds, q) + o(dq, w[1]),
        dt + dp + ds + dq, dw,
    )


class Node:
    def __init__(self, tree, params):
        self.params = params
        self.word = tree if isinstance(tree, int) else None
        if self.word is None:
            self.left, self.right = Node(tree[0], params), Node(tree[1], params)

    def forward(self):
        p = self.params
        if self.word is not None:
            self.h = p["words"][self.word]
        else:
            self.h = np.tanh(p["L"].dot(self.left.forward()) + p["R"].dot(self.right.forward()) + p["b"])
        return self.h

    def backward(self, dh, grads):
        if self.word is not None:
            grads["words"][self.word] += dh
            return
        dz = dh * (1 - self.h**2)
        grads["L"] += np.outer(dz, self.left.h)
        grads["R"] += np.outer(dz, self.right.h)
        grads["b"] += dz
        self.left.backward(self.params["L"].T.dot(dz), grads)
        self.right.backward(self.params["L"].T.dot(dz), grads)


def backprop(L, R, b, words, target):
    params = {"L": L, "R": R, "b": b, "words": words}
    grads = {name: np.zeros_like(value) for name, value in params.items()}
    root = Node(TREE, params)
    root.backward(root.forward() - target, grads)
    return grads

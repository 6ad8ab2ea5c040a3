"""Tree child without the way through its gate.

expected kind: missing-term or detached
wrong line: 80 or 81
correction 80: dchild = dsum * child.gate + p["Wf"].T @ dpre
correction 81: child.backward(dchild + p["Wf"].T @ dpre, p, g)
what: The child gets nothing by way of its own gate
source: https://github.com/dmlc/dgl/issues/7848
said: the weights of the gate that forgets each child are missing
"""

import numpy as np

PARAMETERS = ["W", "U", "Wf", "c"]


def data(seed=0):
    r = np.random.default_rng(seed)
    parent = np.array([4, 4, 5, 5, 6, 6, 6])  # of each node; the last is the root, its own parent
    return r.normal(size=(3, 2)), 0.7 * r.normal(size=(3, 3)), r.normal(size=(3, 3)), r.normal(size=3), r.normal(size=(7, 2)), parent, r.normal(size=3)


def loss(W, U, Wf, c, X, parent, target):
    below = [0 * c for _ in parent]
    for n in range(len(parent)):
        h = np.tanh(W @ X[n] + U @ below[n] + c)
        gate = 1 / (1 + np.exp(-(Wf @ h)))
        below[parent[n]] = below[parent[n]] + gate * h
    return np.sum((h - target) ** 2)


def right(W, U, Wf, c, X, parent, target):
    N = len(parent)
    below, h, gate = np.zeros((N, 3)), np.zeros((N, 3)), np.zeros((N, 3))
    for n in range(N):
        h[n] = np.tanh(W.dot(X[n]) + U.dot(below[n]) + c)
        gate[n] = 1 / (1 + np.exp(-Wf.dot(h[n])))
        if n < N - 1:
            below[parent[n]] += gate[n] * h[n]
    dW, dU, dWf, dc = np.zeros_like(W), np.zeros_like(U), np.zeros_like(Wf), np.zeros_like(c)
    dbelow = np.zeros((N, 3))
    for n in range(N - 1, -1, -1):
        if n == N - 1:
            dh = 2 * (h[n] - target)
        else:
            message = dbelow[parent[n]]
            dgate = message * h[n] * gate[n] * (1 - gate[n])
            dWf += np.outer(dgate, h[n])
            dh = message * gate[n] + Wf.T.dot(dgate)
        da = dh * (1 - h[n] ** 2)
        dW += np.outer(da, X[n])
        dU += np.outer(da, below[n])
        dc += da
        dbelow[n] = U.T.dot(da)
    return dW, dU, dWf, dc


class Node:
    def __init__(self, x):
        self.x, self.children = x, []

    def forward(self, p):
        self.sum = np.zeros(3)
        for child in self.children:
            self.sum = self.sum + child.forward(p)
        self.h = np.tanh(p["W"] @ self.x + p["U"] @ self.sum + p["c"])
        self.gate = 1 / (1 + np.exp(-(p["Wf"] @ self.h)))
        return self.gate * self.h

    def backward(self, dh, p, g):
        delta = dh * (1 - self.h * self.h)
        g["W"] += np.outer(delta, self.x)
        g["U"] += np.outer(delta, self.sum)
        g["c"] += delta
        dsum = p["U"].T @ delta
        for child in self.children:
            dgate = dsum * child.h
            dpre = dgate * child.gate * (1 - child.gate)
            g["Wf"] += np.outer(dpre, child.h)
            dchild = dsum * child.gate
            child.backward(dchild, p, g)


def backprop(W, U, Wf, c, X, parent, target):
    p = {"W": W, "U": U, "Wf": Wf, "c": c}
    g = {name: np.zeros_like(value) for name, value in p.items()}
    nodes = [Node(x) for x in X]
    for n in range(len(nodes) - 1):
        nodes[parent[n]].children.append(nodes[n])
    root = nodes[-1]
    root.forward(p)
    root.backward(2 * (root.h - target), p, g)
    return g

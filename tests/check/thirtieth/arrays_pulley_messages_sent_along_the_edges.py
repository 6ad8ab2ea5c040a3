"""Arrays pulley messages sent along the edges.

expected kind: transpose
wrong line: 94
correction 94: dx[j] += weight * dmail[i]
given as: arrays
what: The slopes run along the edges as the messages did, not against them: the adjacency isn't transposed
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["N1", "R1", "N2", "R2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    # seven pulleys and the ropes from one to another; three kinds, known of five
    N1, R1, N2, R2 = r.normal(size=(3, 4)), r.normal(size=(3, 4)), r.normal(size=(4, 3)), r.normal(size=(4, 3))
    ropes = np.zeros((7, 7))
    for i, j in ((0, 1), (0, 4), (1, 2), (2, 0), (2, 5), (3, 2), (3, 6), (4, 1), (4, 3), (5, 4), (6, 0), (6, 5)):
        ropes[i, j] = r.uniform(0.5, 1.5)
    return N1, R1, N2, R2, r.normal(size=(7, 3)), ropes, r.integers(0, 3, size=7), np.array([1, 1, 0, 1, 1, 0, 1])


def loss(N1, R1, N2, R2, wheels, ropes, kind, known):
    share = ropes / np.sum(ropes, axis=1, keepdims=True)
    h = np.maximum(share @ wheels @ N1 + wheels @ R1, 0)
    z = share @ h @ N2 + h @ R2
    each = np.log(np.sum(np.exp(z), axis=1)) - z[np.arange(kind.shape[0]), kind]
    return np.sum(known * each) / np.sum(known)


def normalise(adjacency):
    degree = adjacency.sum(axis=1)
    return adjacency / degree.reshape(-1, 1)


def sage_forward(X, A, params):
    cache = {"X": X, "AX": A @ X}
    cache["Z1"] = cache["AX"] @ params["N1"] + X @ params["R1"]
    cache["H"] = np.maximum(cache["Z1"], 0)
    cache["AH"] = A @ cache["H"]
    Z2 = cache["AH"] @ params["N2"] + cache["H"] @ params["R2"]
    Z2 = Z2 - Z2.max(axis=1, keepdims=True)
    probs = np.exp(Z2)
    cache["probs"] = probs / probs.sum(axis=1, keepdims=True)
    return cache


def sage_backward(A, params, cache, y, mask):
    grads = {}
    dZ2 = cache["probs"].copy()
    dZ2[np.arange(len(y)), y] -= 1
    dZ2 *= mask[:, None] / mask.sum()
    grads["N2"] = cache["AH"].T @ dZ2
    grads["R2"] = cache["H"].T @ dZ2
    # to the hidden layer: by way of the neighbours, and directly
    dAH = dZ2 @ params["N2"].T
    dH = A.T @ dAH
    dH += dZ2 @ params["R2"].T
    dZ1 = dH * (cache["Z1"] > 0)
    grads["N1"] = cache["AX"].T @ dZ1
    grads["R1"] = cache["X"].T @ dZ1
    return grads


def right(N1, R1, N2, R2, wheels, ropes, kind, known):
    params = {"N1": N1, "R1": R1, "N2": N2, "R2": R2}
    A = normalise(ropes)
    cache = sage_forward(wheels, A, params)
    return sage_backward(A, params, cache, kind, known)


class MessageLayer:
    """Each node i takes in its neighbours j, edge by edge, and itself."""

    def __init__(self, N, R, edges):
        self.N, self.R, self.edges = N, R, edges

    def forward(self, x):
        self.x, self.mail = x, np.zeros_like(x)
        for i, j, weight in self.edges:
            self.mail[i] += weight * x[j]
        return self.mail @ self.N + x @ self.R

    def backward(self, dz):
        self.dN = self.mail.T @ dz
        self.dR = self.x.T @ dz
        dx = dz @ self.R.T
        dmail = dz @ self.N.T
        for i, j, weight in self.edges:
            dx[i] += weight * dmail[j]
        return dx


def edges_of(ropes):
    out = []
    for i in range(len(ropes)):
        total = sum(ropes[i])
        for j in np.flatnonzero(ropes[i]):
            out.append((i, j, ropes[i, j] / total))
    return out


def backprop(N1, R1, N2, R2, wheels, ropes, kind, known):
    edges = edges_of(ropes)
    lower, upper = MessageLayer(N1, R1, edges), MessageLayer(N2, R2, edges)
    pre = lower.forward(wheels)
    z = upper.forward(np.maximum(pre, 0))
    dz = np.zeros_like(z)
    for node in np.flatnonzero(known):
        e = np.exp(z[node])
        dz[node] = e / e.sum()
        dz[node, kind[node]] -= 1
    dh = upper.backward(dz / known.sum())
    dh[pre < 0] = 0
    lower.backward(dh)
    return lower.dN, lower.dR, upper.dN, upper.dR

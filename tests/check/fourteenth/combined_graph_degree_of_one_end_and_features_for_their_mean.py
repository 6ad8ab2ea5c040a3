"""Combined graph degree of one end and features for their mean.

expected kind: wrong-point or wrong-parameter or missing-factor + wrong-point or stale-value or missing-factor
wrong line: 89 and 92
correction 89: dH[j] += W2 @ g / np.sqrt(len(near[i]) * len(near[j]))
correction 92: dW1 += np.outer(M1[i], dz)
what: Back over an edge the degree of one end stands for both; behind that the first weights meet a node's own features
source: usual
said: a usual mistake, made up by the author
"""

import numpy as np

PARAMETERS = ["W1", "b1", "W2"]


def data(seed=0):
    r = np.random.default_rng(seed)
    W1, b1, W2 = r.normal(size=(3, 4)), r.normal(size=4), r.normal(size=(4, 2))
    edges = np.array([[0, 1], [1, 2], [2, 3], [3, 0], [0, 4], [4, 5], [2, 5]])
    weight = np.array([1, 0, 3, 2, 0, 2])
    return W1, b1, W2, r.normal(size=(6, 3)), r.normal(size=(6, 2)), edges, weight


def adjacency(edges, n):
    A = np.eye(n)
    A[edges[:, 0], edges[:, 1]] = 1
    A[edges[:, 1], edges[:, 0]] = 1
    d = A.sum(axis=0)
    return A / np.sqrt(np.outer(d, d))


def loss(W1, b1, W2, X, Y, edges, weight):
    S = adjacency(edges, len(X))
    hidden = np.tanh(S @ X @ W1 + b1)
    out = S @ hidden @ W2
    return 0.5 * np.sum(weight[:, None] * (out - Y) ** 2)


def weighted_error(out, Y, weight):
    masked = (out - Y) * weight.reshape(-1, 1)
    return masked


def right(W1, b1, W2, X, Y, edges, weight):
    S = adjacency(edges, X.shape[0])
    SX = S.dot(X)
    H = np.tanh(SX.dot(W1) + b1)
    SH = S.dot(H)
    d_out = weighted_error(SH.dot(W2), Y, weight)
    dW2 = SH.T.dot(d_out)
    dH = S.T.dot(d_out.dot(W2.T))
    dZ = dH * (1 - H**2)
    dW1 = SX.T.dot(dZ)
    db1 = dZ.sum(axis=0)
    return dW1, db1, dW2


def neighbourhoods(edges, n):
    near = [[i] for i in range(n)]
    for i, j in edges:
        near[i].append(j)
        near[j].append(i)
    return near


def gather(near, H):
    deg = [len(js) for js in near]
    out = np.zeros_like(H)
    for i, js in enumerate(near):
        for j in js:
            out[i] += H[j] / np.sqrt(deg[i] * deg[j])
    return out


def backprop(W1, b1, W2, X, Y, edges, weight):
    n = len(X)
    near = neighbourhoods(edges, n)
    M1 = gather(near, X)
    H = np.tanh(M1 @ W1 + b1)
    M2 = gather(near, H)
    err = M2 @ W2 - Y
    dW1, db1, dW2 = np.zeros_like(W1), np.zeros_like(b1), np.zeros_like(W2)
    dH = np.zeros_like(H)
    for i in range(n):
        g = weight[i] * err[i]
        dW2 += np.outer(M2[i], g)
        for j in near[i]:
            dH[j] += W2 @ g / len(near[i])
    for i in range(n):
        dz = dH[i] * (1 - H[i] ** 2)
        dW1 += np.outer(X[i], dz)
        db1 += dz
    return dW1, db1, dW2

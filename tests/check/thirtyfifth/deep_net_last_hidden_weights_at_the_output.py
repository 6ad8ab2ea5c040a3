"""A deep net with lists; the output layer comes after the loop over the hidden ones.

expected kind: wrong-parameter or another-loss or wrong-point or stale-value or unexplained
wrong line: 55
correction 55: Z = Ws[L - 1] @ A + bs[L - 1]
what: after the loop the index of the loop is used for the output layer, so that its weights are those of the last
    hidden layer
source: https://community.deeplearning.ai/t/course-1-week-4-assignment-1/6615
said: in the loop of an L-layer model the output layer, which comes after the loop, is given the weights of index l,
    the loop's last, instead of L
"""
import numpy as np

PARAMETERS = ["W1", "b1", "W2", "b2", "W3", "b3"]

def data(seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(3, 6))
    Y = (rng.random((4, 6)) > 0.5) * 1.0
    return X, Y, *[rng.normal(size=s) for s in [(4, 3), (4, 1), (4, 4), (4, 1), (4, 4), (4, 1)]]

def sigma(Z):
    return 1.0 / (1.0 + np.exp(-Z))

def loss(X, Y, W1, b1, W2, b2, W3, b3):
    A = np.tanh(W2 @ np.tanh(W1 @ X + b1) + b2)
    P = sigma(W3 @ A + b3)
    return -np.mean(np.sum(Y * np.log(P) + (1 - Y) * np.log(1 - P), axis=0))

def right(X, Y, W1, b1, W2, b2, W3, b3):
    Ws, bs = [W1, W2, W3], [b1, b2, b3]
    L, m = len(Ws), X.shape[1]
    activations = [X]
    A = X
    for l in range(L - 1):
        A = np.tanh(Ws[l] @ A + bs[l])
        activations.append(A)
    Z = Ws[L - 1] @ A + bs[L - 1]
    dZ = (sigma(Z) - Y) / m
    dWs, dbs = [None] * L, [None] * L
    for l in range(L - 1, -1, -1):
        dWs[l] = dZ @ activations[l].T
        dbs[l] = dZ.sum(axis=1, keepdims=True)
        dZ = (Ws[l].T @ dZ) * (1 - activations[l] ** 2)
    return dWs[0], dbs[0], dWs[1], dbs[1], dWs[2], dbs[2]

def backprop(X, Y, W1, b1, W2, b2, W3, b3):
    Ws, bs = [W1, W2, W3], [b1, b2, b3]
    L, m = len(Ws), X.shape[1]
    activations = [X]
    A = X
    for l in range(L - 1):
        A = np.tanh(Ws[l] @ A + bs[l])
        activations.append(A)
    Z = Ws[l] @ A + bs[L - 1]
    dZ = (sigma(Z) - Y) / m
    dWs, dbs = [None] * L, [None] * L
    for l in range(L - 1, -1, -1):
        dWs[l] = dZ @ activations[l].T
        dbs[l] = dZ.sum(axis=1, keepdims=True)
        dZ = (Ws[l].T @ dZ) * (1 - activations[l] ** 2)
    return dWs[0], dbs[0], dWs[1], dbs[1], dWs[2], dbs[2]

"""Scaled dot-product attention, one head, with an output matrix.

expected kind: transpose + missing-factor or transpose + scale
wrong line: 49 and 53
correction 49: dV = A.T @ dO
correction 53: dK = dS.T @ Q * scale
what: the attention weights aren't transposed for the values; the gradient of the keys isn't scaled
source: usual
said: a usual mistake, made up by the author
"""
import numpy as np


def softmax(s):
    e = np.exp(s - s.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def loss(x, target, Wq, Wk, Wv, Wo):
    Q, K, V = x @ Wq, x @ Wk, x @ Wv
    A = softmax(Q @ K.T / np.sqrt(Q.shape[1]))
    return 0.5 * np.sum((A @ V @ Wo - target) ** 2)


def right(x, target, Wq, Wk, Wv, Wo):
    Q, K, V = x @ Wq, x @ Wk, x @ Wv
    scale = 1 / np.sqrt(Q.shape[1])
    A = softmax(Q @ K.T * scale)
    O = A @ V
    dY = O @ Wo - target
    dWo = O.T @ dY
    dO = dY @ Wo.T
    dV = A.T @ dO
    dA = dO @ V.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
    dQ = dS @ K * scale
    dK = dS.T @ Q * scale
    return {"Wq": x.T @ dQ, "Wk": x.T @ dK, "Wv": x.T @ dV, "Wo": dWo}


def backprop(x, target, Wq, Wk, Wv, Wo):
    Q, K, V = x @ Wq, x @ Wk, x @ Wv
    scale = 1 / np.sqrt(Q.shape[1])
    A = softmax(Q @ K.T * scale)
    O = A @ V
    dY = O @ Wo - target
    dWo = O.T @ dY
    dO = dY @ Wo.T
    dV = A @ dO
    dA = dO @ V.T
    dS = A * (dA - (dA * A).sum(axis=1, keepdims=True))
    dQ = dS @ K * scale
    dK = dS.T @ Q
    return {"Wq": x.T @ dQ, "Wk": x.T @ dK, "Wv": x.T @ dV, "Wo": dWo}


PARAMETERS = ["Wq", "Wk", "Wv", "Wo"]


def data(seed=0):
    r = np.random.default_rng(seed)
    return [r.normal(size=(5, 4)), r.normal(size=(5, 2)), *(r.normal(size=s) for s in [(4, 3), (4, 3), (4, 3), (3, 2)])]
